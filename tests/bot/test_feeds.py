"""What comes by itself: a folder that is watched, and a source that is asked again and again."""

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.clock import now
from bot.feeds import Feeds
from bot.intake import Export, Intake, Report
from bot.settings import DossierSettings, Settings
from storage import Store, dossier_imports
from storage.dossiers import Dossier
from tests.cast import Clock
from tests.dossiers import CODE, OTHER, row, table


def settings(tmp_path: Path, **given: object) -> Settings:
    return Settings(data=tmp_path, dossiers=DossierSettings.model_validate(given))


async def codes(store: Store) -> set[str]:
    async with store.reading() as tx:
        return set(await tx.scalars(select(Dossier.code)))


def put(folder: Path, name: str, content: bytes, clock: Clock, *, ago: int = 60) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    moment = (clock() - timedelta(seconds=ago)).timestamp()
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_a_file_in_the_folder_is_taken_once_and_kept_with_its_report(
    sqlite_store: Store, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "in"
    feeds = Feeds(sqlite_store, settings(tmp_path, folder=folder), clock)
    put(folder, "b.csv", table([row(), row(code=OTHER)]), clock, ago=60)
    put(folder, "a.csv", table([row()]), clock, ago=600)
    put(folder, "half.csv", table([row(code="H32.17-260226-000999")]), clock, ago=2)
    put(folder, "~$b.xlsx", b"x", clock)
    await feeds.look()
    await feeds.look()
    assert await codes(sqlite_store) == {CODE, OTHER}
    done = sorted(
        path.name.partition("-")[2].partition("-")[2].partition("-")[2] for path in (folder / "done").iterdir()
    )
    assert done == ["a.csv", "a.csv.report.xlsx", "b.csv", "b.csv.report.xlsx"]
    assert (folder / "half.csv").exists()


async def test_a_file_that_is_none_stands_aside_with_a_reason_and_holds_up_nobody(
    sqlite_store: Store, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "in"
    feeds = Feeds(sqlite_store, settings(tmp_path, folder=folder), clock)
    put(folder, "a.xlsx", b"PK\x03\x04no", clock, ago=600)
    put(folder, "b.csv", table([row()]), clock)
    await feeds.look()
    assert await codes(sqlite_store) == {CODE}
    [why] = list((folder / "failed").glob("*.why.txt"))
    assert why.read_text().strip() == "broken"


async def test_a_file_of_a_machine_whose_clock_is_ahead_is_taken(sqlite_store: Store, tmp_path: Path) -> None:
    folder, clock = tmp_path / "in", Clock(now() + timedelta(seconds=30))
    feeds = Feeds(sqlite_store, settings(tmp_path, folder=folder), clock)
    put(folder, "a.csv", table([row()]), clock, ago=-7 * 3600)
    await feeds.look()
    async with sqlite_store.reading() as tx:
        assert (await tx.scalars(select(Dossier))).one().data_at == clock()


@pytest.mark.parametrize("first", [table([row()]), b"PK\x03\x04no"])
async def test_a_file_that_grows_while_it_is_taken_is_taken_again(
    sqlite_store: Store, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    folder = tmp_path / "in"
    feeds = Feeds(sqlite_store, settings(tmp_path, folder=folder), clock)
    take = Intake.take

    async def meanwhile(self: Intake, export: Export) -> Report:
        monkeypatch.undo()
        put(folder, "a.csv", table([row(), row(code=OTHER)]), clock, ago=11)
        return await take(self, export)

    monkeypatch.setattr(Intake, "take", meanwhile)
    put(folder, "a.csv", first, clock)
    await feeds.look()
    assert (folder / "a.csv").exists()
    await feeds.look()
    assert await codes(sqlite_store) == {CODE, OTHER}
    assert not (folder / "failed").exists()


async def test_an_error_that_nobody_foresaw_holds_up_no_newer_file(
    sqlite_store: Store, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    feeds = Feeds(sqlite_store, settings(tmp_path, folder=folder), clock)
    bad = put(folder, "a.csv", table([row(code=OTHER)]), clock, ago=600)
    put(folder, "b.csv", table([row()]), clock)
    take = Intake.take

    async def stumble(self: Intake, export: Export) -> Report:
        if export.name == "a.csv":
            raise RuntimeError
        return await take(self, export)

    monkeypatch.setattr(Intake, "take", stumble)
    await feeds.look()
    assert await codes(sqlite_store) == {CODE}
    assert bad.exists()


class Source:
    """A One-Stop system with an address, that answers as the test says."""

    def __init__(self) -> None:
        self.rows = [row()]
        self.status, self.retry_after = 200, ""
        self.modified = ""
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.headers))
        if self.status != 200:
            return web.Response(status=self.status, headers={"Retry-After": self.retry_after})
        etag = f'"{len(self.rows)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.json_response({"items": self.rows}, headers={"ETag": etag, "Last-Modified": self.modified})


@pytest.fixture
async def source() -> AsyncIterator[tuple[Source, str]]:
    played = Source()
    app = web.Application()
    app.router.add_get("/hoso", played.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield played, f"http://127.0.0.1:{port}/hoso"
    await runner.cleanup()


async def test_the_source_is_asked_on_time_and_for_what_is_new_only(
    sqlite_store: Store, tmp_path: Path, clock: Clock, source: tuple[Source, str]
) -> None:
    played, url = source
    feeds = Feeds(sqlite_store, settings(tmp_path, feed_url=url, feed_token="geheim"), clock)
    await feeds.look()
    await feeds.look()
    assert len(played.asked) == 1
    assert played.asked[0]["Authorization"] == "Bearer geheim"
    clock.waits(minutes=16)
    await feeds.look()
    assert played.asked[1]["If-None-Match"] == '"1"'
    async with sqlite_store.reading() as tx:
        dossier = (await tx.scalars(select(Dossier))).one()
        assert await dossier_imports.as_of(tx, dossier) == clock()
    played.rows.append(row(code=OTHER))
    clock.waits(minutes=16)
    await feeds.look()
    assert await codes(sqlite_store) == {CODE, OTHER}


@pytest.mark.parametrize("wait", ["7200", "a date"])
async def test_a_source_that_fails_is_asked_later_and_later_and_never_sooner_than_it_wants(
    sqlite_store: Store, tmp_path: Path, clock: Clock, source: tuple[Source, str], wait: str
) -> None:
    played, url = source
    feeds = Feeds(sqlite_store, settings(tmp_path, feed_url=url), clock)
    played.status = 500
    moments = []
    for _ in range(60):
        before = len(played.asked)
        await feeds.look()
        if len(played.asked) > before:
            moments.append(clock())
        clock.waits(minutes=1)
    gaps = [(b - a).total_seconds() / 60 for a, b in pairwise(moments)]
    assert gaps == [1, 2, 4, 8, 16]
    played.status, played.retry_after = 429, wait
    clock.waits(hours=1)
    if not wait.isdigit():
        played.retry_after = format_datetime(clock() + timedelta(hours=2), usegmt=True)
    await feeds.look()
    clock.waits(minutes=119)
    count = len(played.asked)
    await feeds.look()
    assert len(played.asked) == count


@pytest.fixture
def machine_in_viet_nam() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Ho_Chi_Minh")
        time.tzset()
        yield
    time.tzset()


async def dated(store: Store, folder: Path, clock: Clock, source: tuple[Source, str], said: str) -> datetime:
    """Take in what the source hands out with this date; return as of when its dossier is."""
    played, url = source
    played.modified = said
    await Feeds(store, settings(folder, feed_url=url), clock).look()
    async with store.reading() as tx:
        return (await tx.scalars(select(Dossier.data_at))).one()


@pytest.mark.parametrize(
    "said",
    [
        "Wed, 25 Feb 2026 02:00:00 GMT",
        "Wed, 25 Feb 2026 02:00:00",
        "Wed, 25 Feb 2026 02:00:00 -0000",
        "Wednesday, 25-Feb-26 02:00:00 GMT",
        "Wed Feb 25 02:00:00 2026",
    ],
)
@pytest.mark.usefixtures("machine_in_viet_nam")
async def test_the_data_are_as_of_the_sources_own_date_which_is_in_gmt(
    sqlite_store: Store, tmp_path: Path, clock: Clock, source: tuple[Source, str], said: str
) -> None:
    assert await dated(sqlite_store, tmp_path, clock, source, said) == datetime(2026, 2, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize("said", ["yesterday", "Fri, 31 Dec 9999 23:59:59 -1400"])
async def test_a_date_that_is_none_is_taken_for_now(
    sqlite_store: Store, tmp_path: Path, clock: Clock, source: tuple[Source, str], said: str
) -> None:
    assert await dated(sqlite_store, tmp_path, clock, source, said) == clock()


async def test_an_answer_of_which_nothing_can_be_taken_is_no_export(
    sqlite_store: Store, tmp_path: Path, clock: Clock, source: tuple[Source, str]
) -> None:
    played, url = source
    feeds = Feeds(sqlite_store, settings(tmp_path, feed_url=url), clock)
    played.rows[:] = [{"error": "bảo trì"}]
    await feeds.look()
    played.rows[:] = [row()]
    clock.waits(minutes=2)
    await feeds.look()
    assert "If-None-Match" not in played.asked[-1]
    assert await codes(sqlite_store) == {CODE}


async def test_a_source_that_is_away_stops_nothing_and_its_address_stands_in_no_log(
    sqlite_store: Store, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    url = "http://127.0.0.1:9/x?key=geheim"
    feeds = Feeds(sqlite_store, settings(tmp_path, feed_url=url), clock)
    await feeds.look()
    assert await codes(sqlite_store) == set()
    assert "source not read" in caplog.text
    assert "geheim" not in str([vars(record) for record in caplog.records])


async def test_a_crash_between_taking_and_moving_takes_it_again_without_harm(
    sqlite_store: Store, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "in"
    feeds = Feeds(sqlite_store, settings(tmp_path, folder=folder), clock)
    put(folder, "a.csv", table([row()]), clock)

    def dies(*_: object) -> None:
        raise RuntimeError("killed")

    plain: Callable[..., None] = __import__("bot.feeds").feeds._move
    monkeypatch.setattr("bot.feeds._move", dies)
    await feeds.look()
    assert (folder / "a.csv").exists()
    monkeypatch.setattr("bot.feeds._move", plain)
    await feeds.look()
    assert await codes(sqlite_store) == {CODE}
    assert not (folder / "a.csv").exists()
