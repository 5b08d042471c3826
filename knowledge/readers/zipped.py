"""Opens the ZIP packages of office programs within limits: a bomb is refused by what its directory declares.

`zipfile` never unpacks more of an entry than its directory says, so that the sums here bound memory and time.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from knowledge.readers.reading import Unreadable

MOST_BYTES = 25_000_000
_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 300_000_000  # pictures too
_MOST_XML = 30_000_000  # of one part; a law of 500 pages has some 10 MB
_MOST_ELEMENTS = 1_500_000  # of one part; that law has some 400,000
_DEEPEST = 200  # elements within elements; tables within tables within text boxes come to some 60
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream of a package under a password: [MS-OFFCRYPTO] 2.3


def is_zip(source: bytes) -> bool:
    return source.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def is_locked(source: bytes) -> bool:
    """Tell a Word or Excel file under a password from an old .doc or .xls, which begins alike."""
    return source.startswith(_OLE) and _ENCRYPTED in source


def part_names(source: bytes) -> frozenset[str]:
    """Return what a package holds; nothing where its directory cannot be read. Never raises."""
    try:
        with zipfile.ZipFile(BytesIO(source)) as opened:
            return frozenset(opened.namelist())
    except Exception:  # noqa: BLE001 - damage has many names in zipfile; `package` says what it is
        return frozenset()


@contextmanager
def package(source: bytes) -> Iterator[zipfile.ZipFile]:
    """Open a package. Raises Unreadable where it is damaged, locked, carries macros or would unpack to too much."""
    if len(source) > MOST_BYTES:
        raise Unreadable("too_large", most_mb=MOST_BYTES // 1_000_000)
    try:
        with zipfile.ZipFile(BytesIO(source)) as opened:
            _check(opened)
            yield opened
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise Unreadable("broken", format="ZIP") from error
    except (ValueError, KeyError, IndexError, UnicodeError) as error:
        raise Unreadable("broken", format="ZIP") from error


def _check(opened: zipfile.ZipFile) -> None:
    entries = opened.infolist()
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise Unreadable("swollen")
    for entry in entries:
        if entry.flag_bits & 1:
            raise Unreadable("locked")
        if entry.filename.lower().endswith("vbaproject.bin"):
            raise Unreadable("macros")
        if entry.filename.lower().endswith((".xml", ".rels")) and entry.file_size > _MOST_XML:
            raise Unreadable("swollen")


def xml(opened: zipfile.ZipFile, part: str) -> Element | None:
    """Read one XML part; None where the package has none.

    Raises Unreadable for what is no XML, is nested too deep, or has a document type: no office program writes one, and
    in it stand the entities of "billion laughs" and of files to be fetched.
    """
    if part not in opened.namelist():
        return None
    root: Element | None = None
    for element in _elements(opened, part):
        root = element if root is None else root
    return root


def checked(opened: zipfile.ZipFile, folder: str) -> Iterator[Element]:
    """Yield the elements of all XML parts in `folder` as they end, and forget them; a library reads them then.

    Raises Unreadable as `xml` does.
    """
    for part in opened.namelist():
        if part.startswith(folder) and part.lower().endswith((".xml", ".rels")):
            for element in _elements(opened, part, ended=True):
                yield element
                element.clear()


def _elements(opened: zipfile.ZipFile, part: str, *, ended: bool = False) -> Iterator[Element]:
    """Yield elements as they begin, or as they end."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - only who reads such a file waits for it
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415  a light start

    depth = count = 0
    try:
        with opened.open(part) as stream:
            for event, element in iterparse(stream, ("start", "end"), forbid_dtd=True):
                depth += 1 if event == "start" else -1
                count += 1
                if count > 2 * _MOST_ELEMENTS:
                    raise Unreadable("swollen")
                if depth > _DEEPEST:
                    raise Unreadable("too_deep")
                if (event == "end") == ended:
                    yield element
    except DefusedXmlException as error:
        raise Unreadable("entities") from error
    except (
        ParseError,
        LookupError,
        RuntimeError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
    ) as error:
        raise Unreadable("broken", format="XML") from error
