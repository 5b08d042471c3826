"""Reads HTML pages, also those that Word and LibreOffice save: headings, paragraphs, lists, tables.

The scan is `knowledge.markup`'s, linear in the length of the page: the repair rules of browsers are quadratic on tags
that are opened and never closed.
"""

import re

from knowledge.markup import Tag, tokens
from knowledge.readers.encodings import by_charset, decoded_as, guessed, western
from knowledge.readers.html_flow import Flow
from knowledge.readers.laying import reading_of
from knowledge.readers.lines import folded
from knowledge.readers.reading import MOST_BYTES, Reading, Unreadable, decoded

_NAMES = (".html", ".htm", ".xhtml")
_FIRST = 4096
_BEGINS = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:\-]{1,40})""", re.IGNORECASE)
_WESTERN = frozenset({"", "iso-8859-1", "windows-1252", "us-ascii", "ascii", "x-user-defined"})
_TITLE = re.compile(r"<title\b[^>]{0,200}>([^<]{0,500})(?:</title\s*>)?", re.IGNORECASE)
# What stands within these is no text of the page, and holds "<" that opens nothing.
_SILENT = re.compile(
    r"<(script|style|template|noscript|svg|iframe|object|xml)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_DECLARED = re.compile(r"<(?:!(?!--)|\?)[^<>]{0,500}>")  # a type, or a condition of Word: what is between two is text


class HtmlReader:
    def reads(self, name: str, source: bytes) -> bool:
        if source.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            return False
        return name.lower().endswith(_NAMES) or _BEGINS.match(source[:_FIRST].lstrip(b"\xef\xbb\xbf")) is not None

    def read(self, name: str, source: bytes) -> Reading:
        text = _text(source)
        titled = _TITLE.search(text)
        flow = Flow()
        for token in tokens(_SILENT.sub(" ", _DECLARED.sub("", _TITLE.sub("", text)))):
            if isinstance(token, Tag):
                flow.tag(token)
            else:
                flow.words(token)
        blocks, warnings = flow.legible.blocks(flow.done())
        return reading_of(blocks, name, folded(titled[1]) if titled else "", warnings)


def _text(source: bytes) -> str:
    """Decode a page by the charset that it names, where that is an old Vietnamese one, else as any text.

    A page that names a Western one, or none, and is no UTF-8 stays as it is: its fonts or its words tell more.
    """
    if len(source) > MOST_BYTES:
        raise Unreadable("too_large", most_mb=MOST_BYTES // 1_000_000)
    found = _CHARSET.search(source[:_FIRST])
    charset = found[1].decode("ascii", "replace").lower() if found else ""
    if b"\0" in source or _is_utf8(source):
        return decoded(source)
    if legacy := by_charset(charset):
        return decoded_as(source, legacy)
    return western(source) if charset in _WESTERN or guessed(source) else decoded(source)


def _is_utf8(source: bytes) -> bool:
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
