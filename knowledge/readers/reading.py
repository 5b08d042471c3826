"""What reading a document gives, and how a reader says that it cannot."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from knowledge.texts import Place
from knowledge.wording import Words, plain

MOST_PLACES = 200_000
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
MOST_BYTES = 10_000_000  # the longest law of the codification is under 2 MB of text
_FORMATS = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP (.odt, .pptx…)"),
    (b"\xd0\xcf\x11\xe0", "Word 97 (.doc), Excel 97 (.xls)"),
    (b"{\\rtf", "RTF"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it was read; `code` is None where it does not say it. `warnings` are sentences for a person."""

    code: str | None
    title: str
    places: tuple[Place, ...]
    warnings: tuple[str, ...] = ()


class Unreadable(Exception):  # noqa: N818 - it says what the file is, as the glossary does
    """A file that no reader can make a document of. `str()` of it is a Vietnamese sentence for who gave the file."""

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(why, values)
        self.why = why
        self.values = values

    def told(self, language: str = "vi") -> str:
        """Return the sentence in a language; `why` is the macro in readers.<language>.j2 that holds it."""
        return plain(getattr(Words("knowledge/readers/readers", language), self.why)(**self.values))

    def __str__(self) -> str:
        return self.told()


class Reader(Protocol):
    """One format of documents. `reads` decides by name and content and never raises."""

    def reads(self, name: str, source: bytes) -> bool: ...

    def read(self, name: str, source: bytes) -> Reading: ...


def spoken(text: str) -> str:
    """Return text in NFC without control characters and lone surrogates, which no store and no channel takes."""
    return unicodedata.normalize("NFC", _UNSPEAKABLE.sub("", text))


def stem(name: str) -> str:
    """Return the file name without folders and extension: what a document is called that does not name itself."""
    return PurePath(name.replace("\\", "/")).stem or name


def decoded(source: bytes, *, most: int = MOST_BYTES) -> str:
    """Return the text in NFC, lines ended by a bare newline. Raises Unreadable for no text, or over `most` bytes."""
    if len(source) > most:
        raise Unreadable("too_large", most_mb=most // 1_000_000)
    for start, format_ in _FORMATS:
        if source.startswith(start):
            raise Unreadable("binary", format=format_)
    encoding = "utf-16" if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("not_utf8", at=error.start + 1) from error
    if "\0" in text:
        raise Unreadable("binary", format="")
    if not text.strip():
        raise Unreadable("empty")
    return spoken(text.replace("\r\n", "\n").replace("\r", "\n"))
