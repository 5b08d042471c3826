"""Reads Word documents (.docx, ECMA-376): paragraphs, automatic numbers, tables, text boxes; not what was deleted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from knowledge.readers.docx_styles import Numbering, Styles, W, flag, value
from knowledge.readers.laying import MARKED, Block, Line, Row, flattened, reading_of
from knowledge.readers.legible import Legible
from knowledge.readers.reading import Reading, Unreadable
from knowledge.readers.zipped import is_zip, package, part_names, xml

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MAIN = "word/document.xml"
_LEFT_OUT = frozenset({W + name for name in ("del", "moveFrom", "rPr", "pPr", "sectPr", "instrText", "delText", "rt")})
_BREAKS = frozenset({W + "br", W + "cr"})
_SIGNS = {W + "tab": " ", W + "ptab": " ", W + "noBreakHyphen": "-"}
_SYMBOLS = range(0xF020, 0xF100)  # letters of a font of symbols stand in Unicode's private area
_BULLETS = re.compile("[\u00b7\u2022\u25cf\u25cb\u25aa\u25a0\u2756\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf02d]\\s*")
_PAGE = re.compile(r"\t(\d{1,4})\s*\Z")


class DocxReader:
    def reads(self, name: str, source: bytes) -> bool:
        """Know a Word document by what is in it; by its name where that cannot be opened."""
        return is_zip(source) and (_MAIN in part_names(source) or name.lower().endswith((".docx", ".docm", ".dotx")))

    def read(self, name: str, source: bytes) -> Reading:
        with package(source) as opened:
            root = xml(opened, _MAIN)
            if root is None:
                raise Unreadable("broken", format="Word (.docx)")
            document = _Document(Styles(xml(opened, "word/styles.xml")), Numbering(xml(opened, "word/numbering.xml")))
        body = root.find(W + "body")
        blocks = list(document.blocks(body)) if body is not None else []
        blocks, warnings = document.legible.blocks(blocks)
        return reading_of(blocks, name, warnings=warnings)


@dataclass(slots=True)
class _Words:
    """A paragraph while its runs go by; `lines` parted by line breaks."""

    parts: list[str] = field(default_factory=list)
    plain: bool = False  # some of it is not bold
    boxes: list[Element] = field(default_factory=list)


class _Document:
    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self.legible = Legible()

    def blocks(self, parent: Element) -> Iterator[Block]:
        """Yield paragraphs and rows, through content controls and whatever else only wraps them."""
        for child in parent:
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif child.tag == _MC + "AlternateContent":
                yield from self.blocks(next(iter(child), Element("none")))
            elif child.tag not in _LEFT_OUT:
                yield from self.blocks(child)

    def _table(self, table: Element) -> Iterator[Block]:
        for row in _inner(table, W + "tr", stop=W + "tbl"):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            cells = [list(self.blocks(cell)) for cell in _inner(row, W + "tc", stop=W + "tbl")]
            if len(cells) == 1:  # a frame around text
                yield from cells[0]
            else:
                yield Row(tuple(flattened(cell) for cell in cells))

    def _paragraph(self, paragraph: Element) -> Iterator[Block]:
        properties = paragraph.find(W + "pPr")
        style = value(properties, W + "pStyle")
        words = _Words()
        self._collect(paragraph, words, style)
        text = "".join(words.parts)
        listed = self._styles.list_of(properties, style)
        if listed and text.strip():
            label = self._numbering.label(*listed)
            text = text if MARKED.match(text.lstrip()) else label + text.lstrip()
        named = self._styles.named(style)
        contents = named.startswith(("toc ", "contents "))
        level = 0 if contents else self._styles.level(properties, style)
        text = _PAGE.sub(r" ..... \1", text) if contents else text
        lines = text.split("\n") if not level else [text.replace("\n", " ")]
        for line in lines:
            line = _BULLETS.sub("- ", line, count=1) if _BULLETS.match(line.lstrip()) else line  # noqa: PLW2901  the line as it will stand
            yield Line(line.replace("\t", " "), bool(line.strip()) and not words.plain and not contents, level)
        for box in words.boxes:
            yield from self.blocks(box)

    def _collect(self, parent: Element, words: _Words, style: str | None) -> None:
        for child in parent:
            if child.tag == W + "r":
                self._run(child, words, style)
            elif child.tag == W + "txbxContent":
                words.boxes.append(child)
            elif child.tag == _MATHS + "t":
                words.parts.append(child.text or "")
            elif child.tag == _MC + "AlternateContent":
                self._collect(next(iter(child), Element("none")), words, style)
            elif child.tag not in _LEFT_OUT:
                self._collect(child, words, style)

    def _run(self, run: Element, words: _Words, style: str | None) -> None:
        properties = run.find(W + "rPr")
        said = list(self._styles.run(properties, (value(properties, W + "rStyle"), style)))
        if _first(said, "vanish"):
            return
        font = next((found for one in said if (found := _font(one))), "")
        text = ""
        for child in run:
            if child.tag == W + "t":
                text += child.text or ""
            elif child.tag == W + "tab":
                text += "\t"
            elif child.tag in _BREAKS:
                text += "\n"
            elif child.tag in _SIGNS:
                text += _SIGNS[child.tag]
            elif child.tag == W + "softHyphen":
                text += "\u00ad"  # a letter in TCVN3
            elif child.tag == W + "sym":
                text += "•"
            elif child.tag not in _LEFT_OUT:
                self._collect_within(child, words, style)
        text = self.legible.text(_unsymbolised(text, font), font)
        words.parts.append(text.upper() if _first(said, "caps") else text)
        words.plain = words.plain or (bool(text.strip()) and not _first(said, "b"))

    def _collect_within(self, child: Element, words: _Words, style: str | None) -> None:
        """Find the text boxes in a drawing; a drawing that is there twice, for old programs too, is read once."""
        if child.tag == _MC + "AlternateContent":
            child = next(iter(child), child)
        self._collect(child, words, style)


def _inner(parent: Element, tag: str, *, stop: str) -> Iterator[Element]:
    """Yield the rows of a table or the cells of a row, through content controls, not those of tables within."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag != stop and child.tag not in _LEFT_OUT:
            yield from _inner(child, tag, stop=stop)


def _first(said: list[Element], name: str) -> bool:
    return next((found for one in said if (found := flag(one, name)) is not None), False)


def _font(properties: Element) -> str:
    found = properties.find(W + "rFonts")
    return "" if found is None else found.get(W + "ascii") or found.get(W + "hAnsi") or ""


def _unsymbolised(text: str, font: str) -> str:
    """Word keeps what is in an old font in the private area where the font says that it is one of symbols."""
    if not font.lower().startswith((".vn", "vni")):
        return text
    return "".join(chr(ord(letter) - 0xF000) if ord(letter) in _SYMBOLS else letter for letter in text)
