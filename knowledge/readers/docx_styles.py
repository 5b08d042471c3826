"""What the styles and the numbering of a Word document say of a paragraph: heading, bold, font, number (ECMA-376)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from knowledge.readers.outline import DEEP

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off", "none"})
_LONGEST_CHAIN = 12  # of styles based on styles
_MOST_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_SMALL = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_ROMAN = 4000
_LETTERS = 26


def value(element: Element | None, path: str, attribute: str = "val") -> str | None:
    found = element.find(path) if element is not None else None
    return found.get(W + attribute) if found is not None else None


def flag(properties: Element | None, name: str) -> bool | None:
    """Return whether `<w:b/>` and its like are on; None where nothing is said."""
    found = properties.find(W + name) if properties is not None else None
    return None if found is None else (found.get(W + "val") or "1").lower() not in _OFF


def number(said: str | None, otherwise: int = 0) -> int:
    try:
        return int(said or "")
    except ValueError:
        return otherwise


class Styles:
    """The styles of a document; a style says what its base says, unless it says otherwise."""

    def __init__(self, root: Element | None) -> None:
        found = root.iter(W + "style") if root is not None else ()
        self._styles = {style.get(W + "styleId") or "": style for style in found}
        self._default = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
        self._normal = next(
            (name for name, s in self._styles.items() if s.get(W + "default") and s.get(W + "type") == "paragraph"), ""
        )

    def chain(self, style: str | None) -> Iterator[Element]:
        """Yield a style and what it is based on, nearest first; the default one where none is named."""
        name: str | None = style if style in self._styles else self._normal
        for _ in range(_LONGEST_CHAIN):
            found = self._styles.get(name or "")
            if found is None:
                return
            yield found
            name = value(found, W + "basedOn")

    def level(self, paragraph: Element | None, style: str | None) -> int:
        """Return the level of a heading, 1 to 9; 0 for any other paragraph."""
        said = [value(paragraph, W + "outlineLvl")]
        said += [value(one, f"{W}pPr/{W}outlineLvl") for one in self.chain(style)]
        level = next((number(one, _MOST_LEVELS) for one in said if one is not None), _MOST_LEVELS)
        if level < _MOST_LEVELS:
            return level + 1
        names = [(value(one, W + "name") or "").lower() for one in self.chain(style)]
        heading = next((name.removeprefix("heading ") for name in names if name.startswith("heading ")), "")
        return min(int(heading), DEEP) if heading.isdecimal() and heading.isascii() else int("title" in names[:1])

    def named(self, style: str | None) -> str:
        return next(((value(one, W + "name") or "").lower() for one in self.chain(style)), "")

    def run(self, run: Element | None, styles: Sequence[str | None]) -> Iterator[Element]:
        """Yield what is said of the letters of a run: by itself, its style, its paragraph's style, the document."""
        if run is not None:
            yield run
        for style in styles:
            if style is not None:
                yield from (found for one in self.chain(style) if (found := one.find(W + "rPr")) is not None)
        if self._default is not None:
            yield self._default

    def list_of(self, paragraph: Element | None, style: str | None) -> tuple[str, int] | None:
        """Return the numbering and the level of a paragraph in it; None for one without."""
        places = [paragraph, *(one.find(W + "pPr") for one in self.chain(style))]
        given = next((n for p in places if p is not None and (n := p.find(W + "numPr")) is not None), None)
        if given is None:
            return None
        name = value(given, W + "numId") or next(
            (found for p in places if (found := value(p, f"{W}numPr/{W}numId")) is not None), None
        )
        return (name, number(value(given, W + "ilvl"))) if name not in {None, "", "0"} and name else None


@dataclass(slots=True)
class _Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the automatic numbers of a document, which its text does not hold."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        kinds = {
            kind.get(W + "abstractNumId"): _List(
                {number(one.get(W + "ilvl")): _level(one) for one in kind.iter(W + "lvl")}
            )
            for kind in root.iter(W + "abstractNum")
        }
        for numbered in root.iter(W + "num"):
            kind = kinds.get(value(numbered, W + "abstractNumId") or "")
            if kind is None:
                continue
            overrides = list(numbered.iter(W + "lvlOverride"))
            self._lists[numbered.get(W + "numId") or ""] = _overridden(kind, overrides) if overrides else kind

    def label(self, name: str, level: int) -> str:
        """Count a paragraph and return its number as it is shown ("1.2.", "a)"), "- " for a bullet, "" for nothing."""
        found = self._lists.get(name)
        said = found.levels.get(level) if found else None
        if found is None or said is None:
            return ""
        if said.format == "bullet":
            return "- "
        found.counts[level] = found.counts.get(level, said.start - 1) + 1
        for deeper in [one for one in found.counts if one > level]:
            del found.counts[deeper]
        label = said.text
        for at in range(_MOST_LEVELS):
            one = found.levels.get(at, _Level())
            label = label.replace(f"%{at + 1}", shown(found.counts.get(at, one.start), one.format))
        return label.strip() + " " if label.strip() else ""


def _level(one: Element) -> _Level:
    return _Level(
        value(one, W + "numFmt") or "decimal", value(one, W + "lvlText") or "", number(value(one, W + "start"), 1)
    )


def _overridden(kind: _List, overrides: Sequence[Element]) -> _List:
    made = _List(dict(kind.levels))
    for override in overrides:
        at = number(override.get(W + "ilvl"))
        given = override.find(W + "lvl")
        old = _level(given) if given is not None else made.levels.get(at, _Level())
        made.levels[at] = _Level(old.format, old.text, number(value(override, W + "startOverride"), old.start))
    return made


def shown(count: int, format_: str) -> str:
    """Return a number as a list shows it: 3, "c", "III"."""
    if format_ in {"lowerLetter", "upperLetter"} and 0 < count <= _LETTERS * 20:
        letter = chr(ord("a") + (count - 1) % _LETTERS) * ((count - 1) // _LETTERS + 1)
        return letter.upper() if format_ == "upperLetter" else letter
    if format_ in {"lowerRoman", "upperRoman"} and 0 < count < _MOST_ROMAN:
        roman = ""
        for worth, sign in (*_ROMAN, *_ROMAN_SMALL):
            roman += sign * (count // worth)
            count %= worth
        return roman.upper() if format_ == "upperRoman" else roman
    if format_ == "none":
        return ""
    return f"{count:02}" if format_ == "decimalZero" else str(count)
