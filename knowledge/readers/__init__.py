"""Readers of documents: each one file format, in order of precedence."""

from knowledge.readers.docx import DocxReader
from knowledge.readers.html import HtmlReader
from knowledge.readers.manual import ManualReader
from knowledge.readers.markdown import MarkdownReader
from knowledge.readers.passages import PassagesReader
from knowledge.readers.pdf import PdfReader
from knowledge.readers.reading import Reader, Reading, Unreadable, decoded
from knowledge.readers.xlsx import XlsxReader
from knowledge.readers.zipped import is_locked

__all__ = ["READERS", "Reader", "Reading", "Unreadable", "read"]

READERS: tuple[Reader, ...] = (
    PdfReader(),
    DocxReader(),
    XlsxReader(),
    PassagesReader(),
    HtmlReader(),
    ManualReader(),
    MarkdownReader(),
)


def read(name: str, source: bytes) -> Reading:
    """Read a document by its file name and content. Raises Unreadable with a sentence for the person who gave it."""
    if is_locked(source):
        raise Unreadable("locked")
    for reader in READERS:
        if reader.reads(name, source):
            return reader.read(name, source)
    decoded(source)  # says what is wrong with it, where that is more than its name
    raise Unreadable("unknown", name=name)
