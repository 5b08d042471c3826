"""What comes by itself from the One-Stop system: a watched folder, and JSON over HTTP on a timetable.

Run by the leader of all processes. A file is moved when it has been taken, so that a crash in between takes it again,
and taking it again changes nothing. Addresses and tokens stand in no log.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.intake import Export, Intake, Report
from bot.settings import DossierSettings, Settings
from knowledge.dossier_rows import READY, BadMapping, Columns
from knowledge.dossier_tables import MOST_BYTES, UnreadableTable
from knowledge.workdays import Calendar, Hours
from storage import Store, days, dossier_imports

log = logging.getLogger(__name__)

LOOK = timedelta(seconds=20)
DONE, FAILED = "done", "failed"
# Of the old and the locked kinds somebody hears in failed/ why they are not read.
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".txt", ".xls", ".xlsm", ".ods"})
# Whoever copies a file into the folder is done with it when it has rested so long.
_REST = timedelta(seconds=10)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
_PATIENCE = 120
_LONGEST_WAIT = 86_400
_GOOD, _SAME = 200, 304


class FeedError(Exception):
    """The source did not answer as hoped. `wait`: what it asked for, in seconds."""

    def __init__(self, what: str, wait: int = 0) -> None:
        super().__init__(what)
        self.wait = wait


@dataclass(slots=True)
class _Line:
    """How it stands with the source: what it last sent, how often in a row it failed, when it is asked again."""

    etag: str = ""
    modified: str = ""
    failures: int = 0
    next_at: datetime | None = None


@dataclass(slots=True)
class Feeds:
    """`look` again and again: it takes what lies there, and asks the source when it is time."""

    store: Store
    settings: Settings
    clock: Callable[[], datetime]
    _line: _Line = field(default_factory=_Line)

    @property
    def _given(self) -> DossierSettings:
        return self.settings.dossiers

    async def look(self) -> None:
        if self._given.folder is not None:
            await self.folder(self._given.folder)
        if self._given.feed_url.get_secret_value() and self._is_time():
            await self.fetch()

    # -- the folder

    async def folder(self, folder: Path) -> int:
        """Take what lies in the folder, the oldest first; return how many files. Files still being written wait."""
        now = self.clock()
        waiting = await asyncio.to_thread(_waiting, folder, now)
        for path in waiting:
            try:
                await self._file(path)
            except Exception:  # it lies there and is tried again; the next one does not wait for it
                log.exception("export not taken")
        return len(waiting)

    async def _file(self, path: Path) -> None:
        report, why = None, ""
        try:
            seen = await asyncio.to_thread(path.stat)
            content = await asyncio.to_thread(_read, path, seen.st_size)
            exported_at = min(datetime.fromtimestamp(seen.st_mtime, UTC), self.clock())
            report = await self._taken(Export(path.name, content, exported_at, whole=not self._given.partial))
        except (UnreadableTable, BadMapping) as refused:
            why = str(refused)
            log.warning("export refused", extra={"why": why})
        except OSError as failure:
            log.warning("export not read", extra={"why": type(failure).__name__})
            return
        if await asyncio.to_thread(_is_written_on, path, seen):
            return  # whoever copies it was slow: it lies there, and is taken again when it has rested
        await asyncio.to_thread(_move, path, FAILED if why else DONE, self.clock(), why, report)

    async def _taken(self, export: Export) -> Report:
        given, hours = self._given, self.settings.calendar
        worked = Hours(hours.sessions, confirmed=hours.sessions_confirmed)
        columns = Columns.read((given.mapping or READY).read_text(encoding="utf-8"), hours=worked)
        async with self.store.reading() as tx:
            calendar = Calendar.of(await days.calendar(tx), worked)
        report = await Intake(self.store, columns, calendar, self.clock()).take(export)
        log.info("export taken", extra={"counts": dict(report.counts), "older": report.older})
        return report

    # -- the source

    def _is_time(self) -> bool:
        return self._line.next_at is None or self.clock() >= self._line.next_at

    async def fetch(self) -> None:
        """Ask the source once, and note when to ask again: later and later while it fails."""
        line, now = self._line, self.clock()
        try:
            await self._fetched(now)
        except (FeedError, UnreadableTable, BadMapping, OSError, TimeoutError) as why:
            line.failures += 1
            pause = min(_FIRST_PAUSE * 2 ** (line.failures - 1), _LONGEST_PAUSE)
            asked = timedelta(seconds=why.wait) if isinstance(why, FeedError) else timedelta()
            line.next_at = now + max(pause, asked)
            what = str(why) if isinstance(why, FeedError | UnreadableTable) else type(why).__name__
            log.warning("source not read", extra={"why": what, "failures": line.failures})
        else:
            line.failures, line.next_at = 0, now + timedelta(minutes=self._given.feed_minutes)

    async def _fetched(self, now: datetime) -> None:
        import aiohttp  # noqa: PLC0415  only who has a feed waits for it

        token = self._given.known_token()
        asked = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}" if token else "",
            "If-None-Match": self._line.etag,
            "If-Modified-Since": self._line.modified,
        }
        headers = {name: value for name, value in asked.items() if value}
        url = self._given.feed_url.get_secret_value()
        try:
            timeout = aiohttp.ClientTimeout(total=_PATIENCE)
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as answer:
                if answer.status == _SAME:
                    await self._unchanged(now)
                    return
                if answer.status != _GOOD:
                    raise FeedError(f"status {answer.status}", _seconds(answer.headers.get("Retry-After", ""), now))
                content = await answer.content.read(MOST_BYTES + 1)
                while chunk := await answer.content.read(MOST_BYTES + 1 - len(content)):
                    content += chunk
                given = answer.headers.copy()
        except aiohttp.ClientError as failure:
            raise FeedError(type(failure).__name__) from None
        if len(content) > MOST_BYTES:
            raise FeedError("too large")
        exported_at = min(_moment(given.get("Last-Modified", "")) or now, now)
        report = await self._taken(Export("feed.json", content, exported_at, whole=not self._given.partial))
        if report.failed and report.failed == len(report.lines):  # {"error": …} is no export, though it comes with 200
            raise FeedError("no row could be taken")
        # Only now: what could not be taken is asked for again, whole.
        self._line.etag, self._line.modified = given.get("ETag", ""), given.get("Last-Modified", "")

    async def _unchanged(self, now: datetime) -> None:
        """Record that the source has nothing new: its data are as of now, though none of them changed."""
        columns = Columns.read((self._given.mapping or READY).read_text(encoding="utf-8"))
        async with self.store.begin() as tx:
            batch, _ = await dossier_imports.begin(
                tx, source=columns.source, name="feed.json", exported_at=now, whole=True, by=None, at=now
            )
            whole = not self._given.partial
            await dossier_imports.finish(tx, batch.id, {"not_modified": 1}, whole=whole, at=now)


def _waiting(folder: Path, now: datetime) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for path in folder.iterdir():
        if path.name.startswith((".", "~")) or path.suffix.lower() not in _TABLES or not path.is_file():
            continue
        stat = path.stat()
        changed = datetime.fromtimestamp(stat.st_mtime, UTC)
        if changed > now:  # the clock of the other machine is ahead: then it counts when it came here
            changed = datetime.fromtimestamp(stat.st_ctime, UTC)
        if changed <= now - _REST:
            found.append((changed, path))
    return [path for _, path in sorted(found)]


def _read(path: Path, size: int) -> bytes:
    if size > MOST_BYTES:
        raise UnreadableTable("too_large")
    return path.read_bytes()


def _is_written_on(path: Path, seen: os.stat_result) -> bool:
    stat = path.stat()
    return (stat.st_size, stat.st_mtime_ns) != (seen.st_size, seen.st_mtime_ns)


def _move(path: Path, to: str, now: datetime, why: str, report: Report | None = None) -> None:
    """Move a file out of the way, with its report or with why it was refused beside it."""
    folder = path.parent / to
    folder.mkdir(exist_ok=True)
    kept = folder / f"{now:%Y%m%d-%H%M%S-%f}-{path.name}"
    if report is not None:
        from bot.imports.dossiers import written  # noqa: PLC0415  it takes the command line's words with it

        written(report, kept.with_name(f"{kept.name}.report.xlsx"))
    if why:
        kept.with_name(f"{kept.name}.why.txt").write_text(f"{why}\n", encoding="utf-8")
    path.replace(kept)


def _seconds(text: str, now: datetime) -> int:
    """Return for how long a source wants to be left alone, a day at most: seconds, or a date (RFC 9110 10.2.3)."""
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), _LONGEST_WAIT)
    until = _moment(text)
    return min(max(int((until - now).total_seconds()), 0), _LONGEST_WAIT) if until else 0


def _moment(text: str) -> datetime | None:
    """Return the moment of an HTTP date; without a zone, or with one of nowhere, it is GMT (RFC 9110 section 5.6.7)."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None
