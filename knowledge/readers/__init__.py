"""Readers of documents: each one file format, in order of precedence."""

from knowledge.readers.manual import ManualReader
from knowledge.readers.markdown import MarkdownReader
from knowledge.readers.passages import PassagesReader
from knowledge.readers.reading import Reader, Reading, Unreadable, decoded

__all__ = ["READERS", "Reader", "Reading", "Unreadable", "read"]

READERS: tuple[Reader, ...] = (PassagesReader(), ManualReader(), MarkdownReader())


def read(name: str, source: bytes) -> Reading:
    """Read a document by its file name and content. Raises Unreadable with a sentence for the person who gave it."""
    for reader in READERS:
        if reader.reads(name, source):
            return reader.read(name, source)
    decoded(source)  # says what is wrong with it, where that is more than its name
    raise Unreadable("unknown", name=name)
