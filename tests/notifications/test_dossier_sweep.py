"""The deadlines of dossiers, swept day by day through the engine: who hears what, once, in one message a day."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.settings import Settings
from knowledge.deadlines import URGENT, AlertKind, alerts
from knowledge.workdays import VIETNAM, Calendar
from notifications.dossier_sweep import dossiers, of_the_office
from notifications.kinds import dossier_digest, dossier_feed_stale, dossier_urgent
from notifications.transports.recording import Noted, Recording
from storage import Store, Tx, absences, digests, notices, people
from storage import days as marked
from storage.dossier_imports import DossierBatch
from storage.dossiers import Applicant, Clock, Dossier, Status
from storage.notices import Notice
from storage.who import Role
from tests.notifications.delivering import hands, told
from tests.storage.cast import at_the_keyboard

KINDS = {"dossier_digest": dossier_digest, "dossier_urgent": dossier_urgent, "dossier_feed_stale": dossier_feed_stale}
ROLES = {
    "lan": Role.OFFICER,
    "minh": Role.OFFICER,
    "head": Role.HEAD_OF_UNIT,
    "director": Role.DIRECTOR,
    "keeper": Role.ADMINISTRATOR,
}
# November and December 2026 as a wall calendar shows them: 24/11 is off.
WORKED = [date(2026, 11, 2) + timedelta(days=n) for n in range(46) if n % 7 < 5 and n != 22]


def at(day: date | str, hour: str = "07:30") -> datetime:
    return datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=VIETNAM)


BEGINNING = at("2026-11-02")


@dataclass
class Bench:
    """An office with dossiers, and what its people were told. `ids`, `units`: by name; `chats`: names."""

    store: Store
    ids: dict[str, int] = field(default_factory=dict)
    units: dict[str, int | None] = field(default_factory=dict)
    chats: dict[int, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    now: datetime = BEGINNING
    noted: list[Noted] = field(default_factory=list)

    async def opens(self) -> "Bench":
        async with self.store.begin() as tx:
            for name, role in ROLES.items():
                await self._joins(tx, name, role, "Phòng")
            batch = DossierBatch(source="s", name="f", exported_at=at("2026-12-31"), whole=True, baseline=True,
                                 started_at=self.now, finished_at=self.now, counts={})  # fmt: skip
            tx.add(batch)
        return self

    async def _joins(self, tx: Tx, name: str, role: Role, unit: str) -> None:
        person = await people.add(tx, name=name, roles=[role], unit=unit, at=self.now, by=None)
        self.ids[name] = person.id
        self.units[name] = person.unit_id
        self.chats[(await at_the_keyboard(tx, person.id)).number] = name

    async def grows(self, officers: int, units: int) -> None:
        """Bring in officers "o0", "o1" … of units with a head each, "h0", "h1" …, by turns."""
        async with self.store.begin() as tx:
            for number in range(units):
                await self._joins(tx, f"h{number}", Role.HEAD_OF_UNIT, f"Phòng {number}")
            for number in range(officers):
                await self._joins(tx, f"o{number}", Role.OFFICER, f"Phòng {number % units}")

    async def takes(self, *rows: dict[str, Any]) -> None:
        async with self.store.begin() as tx:
            plain = {
                "source": "s",
                "status": Status.IN_PROGRESS,
                "clock": Clock.RUNNING,
                "procedure_name": "x",
                "applicant_kind": Applicant.PERSON,
                "applicant": "•",
                "missing": [],
                "in_time": None,
                "sampled": False,
                "baseline": True,
                "data_at": self.now,
                "seen_at": self.now,
                "content": "",
            }
            full = [plain | {"key": row["code"]} | self._of(row) for row in rows]
            if full:
                await tx.execute(insert(Dossier.table()), full)

    def _of(self, row: dict[str, Any]) -> dict[str, Any]:
        officer = row.get("officer", "lan")
        own = {"officer_id": self.ids[officer], "unit_id": self.units[officer]}
        return own | {name: value for name, value in row.items() if name != "officer"}

    async def closes(self, codes: list[str]) -> None:
        async with self.store.begin() as tx:
            done = update(Dossier.table()).values(status=Status.DONE, clock=Clock.STOPPED)
            for start in range(0, len(codes), 500):
                await tx.execute(done.where(Dossier.code.in_(codes[start : start + 500])))

    async def becomes(self, code: str, **values: Any) -> None:
        async with self.store.begin() as tx:
            await tx.execute(update(Dossier.table()).where(Dossier.code == code).values(**values))

    async def ticks(self, day: date | str, hour: str = "07:30") -> list[tuple[str, str]]:
        """Sweep and deliver at this moment; return (person, text) of what was told."""
        self.now = at(day, hour)
        await dossiers(self.store, self.now, self.settings)
        web = Recording("web", into=self.noted)
        before = len(self.noted)
        await told(hands(self.store, lambda: self.now, carried_by={"web": web}, kinds=KINDS))
        return [(self.chats[one.to.chat_id], one.message.html) for one in self.noted[before:]]


@pytest.fixture
async def bench(sqlite_store: Store) -> Bench:
    return await Bench(sqlite_store).opens()


def dossier(number: int, due: date | str, *, received: date | str = "2026-10-20", **more: Any) -> dict[str, Any]:
    return {"code": f"D-{number:04}", "due_at": at(due, "17:00"), "received_at": at(received, "09:00"), **more}


def names(heard: list[tuple[str, str]]) -> list[str]:
    return sorted(name for name, _ in heard)


async def test_a_dossier_from_soon_to_late(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-20"))
    days = [day for day in WORKED if date(2026, 11, 16) <= day <= date(2026, 11, 27)]
    heard = {day.isoformat()[5:]: names(await bench.ticks(day)) for day in days}
    assert {day: who for day, who in heard.items() if who} == {
        "11-17": ["lan"],
        "11-19": ["lan"],
        "11-20": ["lan"],
        "11-23": ["head", "lan"],
        "11-25": ["lan"],
        "11-26": ["director", "lan"],
        "11-27": ["lan"],
    }


async def test_two_hundred_late_dossiers_are_one_message(bench: Bench) -> None:
    await bench.takes(*(dossier(n, "2026-11-20") for n in range(200)))
    heard = await bench.ticks("2026-11-23")
    assert names(heard) == ["head", "lan"]
    assert all("200" in text and "190 hồ sơ nữa" in text for _, text in heard)
    assert await bench.ticks("2026-11-23", "07:40") == []


async def test_two_workers_that_look_at_once_tell_it_once(store: Store) -> None:
    bench = await Bench(store).opens()
    await bench.takes(dossier(1, "2026-11-20"), dossier(2, "2026-11-20", in_time=False))
    bench.now = at("2026-11-19")
    posted = await asyncio.gather(*(dossiers(store, bench.now, bench.settings) for _ in range(3)))
    assert max(posted) >= 1
    assert names(await bench.ticks("2026-11-19")) == ["head", "head", "lan", "lan"]
    assert await bench.ticks("2026-11-19", "07:31") == []


async def test_nobody_is_told_before_their_time_nor_on_a_rest_day(bench: Bench) -> None:
    async with bench.store.begin() as tx:
        await digests.choose(tx, bench.ids["lan"], at("2026-11-20", "09:15").time(), now=bench.now)
    await bench.takes(dossier(1, "2026-11-23"))
    assert await bench.ticks("2026-11-19", "09:14") == []
    assert names(await bench.ticks("2026-11-19", "09:15")) == ["lan"]
    assert await bench.ticks("2026-11-21", "10:00") == []
    assert await bench.ticks("2026-11-24", "10:00") == []
    assert names(await bench.ticks("2026-11-25", "07:30")) == ["head"]
    assert names(await bench.ticks("2026-11-25", "09:15")) == ["lan"]


async def test_a_dossier_closed_meanwhile_alerts_nobody(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-20"), dossier(2, "2026-11-20"), dossier(3, "2026-11-20"))
    await dossiers(bench.store, at("2026-11-20"), bench.settings)
    await bench.becomes("D-0001", status=Status.DONE, clock=Clock.STOPPED)
    await bench.becomes("D-0002", status=Status.TO_SUPPLEMENT, clock=Clock.STOPPED)
    await bench.becomes("D-0003", due_at=at("2026-12-01", "17:00"), extended_at=bench.now, extended_from=bench.now)
    assert await bench.ticks("2026-11-20", "07:31") == []
    assert await bench.ticks("2026-11-23") == []


async def test_not_in_time_goes_to_the_head_at_once(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-23"))
    await bench.ticks("2026-11-18")
    await bench.becomes("D-0001", in_time=False)
    [(who, text)] = await bench.ticks("2026-11-18", "14:00")
    assert (who, "báo <b>không kịp</b>" in text) == ("head", True)
    heard = await bench.ticks("2026-11-19")
    assert names([one for one in heard if "cần văn bản xin lỗi" in one[1]]) == ["head", "lan"]
    friday = await bench.ticks("2026-11-20")
    assert names([one for one in friday if "20/11/2026 là ngày cuối" in one[1]]) == ["head", "lan"]


async def test_whoever_is_away_is_stood_in_for(bench: Bench) -> None:
    async with bench.store.begin() as tx:
        day = date(2026, 11, 18)
        await absences.record(tx, bench.ids["lan"], first=day, last=day, deputy_id=bench.ids["minh"],
                              by=bench.ids["lan"], at=bench.now)  # fmt: skip
        day = date(2026, 11, 20)
        await absences.record(
            tx, bench.ids["lan"], first=day, last=day, deputy_id=None, by=bench.ids["lan"], at=bench.now
        )
    await bench.takes(dossier(1, "2026-11-23"))
    assert names(await bench.ticks("2026-11-18")) == ["minh"]
    assert names(await bench.ticks("2026-11-19")) == ["lan"]
    assert names(await bench.ticks("2026-11-20")) == ["head"]


async def test_a_head_who_stands_in_hears_of_a_late_dossier_once(bench: Bench) -> None:
    async with bench.store.begin() as tx:
        first, last = date(2026, 11, 23), date(2026, 11, 27)
        await absences.record(
            tx, bench.ids["lan"], first=first, last=last, deputy_id=None, by=bench.ids["lan"], at=bench.now
        )
    await bench.takes(dossier(1, "2026-11-20"))
    [(name, text)] = await bench.ticks("2026-11-23")
    assert (name, text.count("D-0001")) == ("head", 1)
    assert "Vừa trễ hạn (đơn vị): 1" in text
    [(name, text)] = await bench.ticks("2026-11-25")
    assert (name, text.count("D-0001")) == ("head", 1)
    assert "Trễ hạn: 1" in text


async def test_two_days_that_are_told_together_say_a_dossier_once(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-20"), dossier(2, "2026-11-23"))
    await dossiers(bench.store, at("2026-11-20"), bench.settings)  # nobody was there to send it
    text = dict(await bench.ticks("2026-11-23"))["lan"]
    assert (text.count("D-0001"), text.count("D-0002")) == (1, 1)
    assert "Trễ hạn: 1" in text
    assert "Đến hạn hôm nay: 1" in text
    assert "Sắp đến hạn" not in text


async def test_a_dossier_of_nobody_goes_to_the_head(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-20", officer_id=None))
    assert names(await bench.ticks("2026-11-20")) == ["head"]


async def test_a_silent_source_stops_lateness_and_tells_the_operator(bench: Bench) -> None:
    async with bench.store.begin() as tx:
        await tx.execute(update(DossierBatch.table()).values(exported_at=at("2026-11-13", "17:00")))
    await bench.takes(dossier(1, "2026-11-18"), dossier(2, "2026-11-25"))
    assert "head" in names(await bench.ticks("2026-11-20"))
    heard = await bench.ticks("2026-11-23")
    assert names(heard) == ["keeper", "lan"]
    assert all("D-0001" not in text for _, text in heard)


async def test_what_is_counted_over_days_that_nobody_announced_says_so(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-12-30"), dossier(2, "2027-01-05", officer="minh"))
    heard = dict(await bench.ticks("2026-12-30"))
    assert "chưa có thông báo chính thức" not in heard["lan"]
    assert "chưa có thông báo chính thức" in heard["minh"]


async def test_a_push_carries_no_name(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-20", applicant="Nguyễn Văn A", missing=["Bản sao"]))
    heard = await bench.ticks("2026-11-20")
    assert heard
    assert all("Nguyễn" not in text and "Bản sao" not in text for _, text in heard)


def anything(random: Random, number: int) -> dict[str, Any]:
    """A dossier as no desk would have it, but an export may: whatever may be missing is missing sometimes."""
    some = [at(day, "09:00") + timedelta(hours=random.randrange(-12, 12)) for day in WORKED[:24]]
    asked, extended = random.choice(some[:14]), random.random() < 0.2
    stopped = random.random() < 0.2
    return {
        "code": f"D-{number:04}",
        "due_at": random.choice([None, *some]),
        "received_at": random.choice([None, *some[:14]]),
        "officer": random.choice(["lan", "minh"]),
        "officer_id": None,
        "in_time": random.choice([None, True, False]),
        "supplement_asked_at": asked if random.random() < 0.3 else None,
        "extended_at": BEGINNING if extended else None,
        "extended_from": BEGINNING if extended else None,
        "status": Status.TO_SUPPLEMENT if stopped else Status.IN_PROGRESS,
        "clock": Clock.STOPPED if stopped else Clock.RUNNING,
    }


async def test_what_is_counted_together_is_what_each_dossier_comes_to_by_itself(store: Store) -> None:
    bench, random, now = await Bench(store).opens(), Random(3), at("2026-11-18")  # noqa: S311  no secret
    bench.now = now
    rows = [anything(random, number) for number in range(400)]
    for row in rows:
        row["officer_id"] = random.choice([None, bench.ids[row["officer"]]])
    await bench.takes(*rows)
    await dossiers(store, now, bench.settings)
    heirs = {"officer": None, "head_of_unit": bench.ids["head"], "director": bench.ids["director"]}
    async with store.reading() as tx:
        calendar = Calendar.of(await marked.calendar(tx))
        expected = {
            (heirs[alert.to] or one.officer_id or bench.ids["head"], one.id, alert.kind, alert.to, alert.left, alert.by)
            for one in await tx.scalars(select(Dossier))
            for alert in alerts(one, calendar, of_the_office(bench.settings), now)
            if not alert.is_urgent
        }
        told = await tx.scalars(select(Notice).where(Notice.kind == "dossier_digest"))
        heard = {
            (notice.about, int(dossier), kind, to, left, date.fromisoformat(by) if by else None)
            for notice in told
            for kind, to, left, _, by, _, ids in (notice.facts or {})["groups"]
            for dossier in ids.split(",")
        }
    assert {kind for _, _, kind, *_ in heard} == set(AlertKind) - URGENT
    assert heard == expected


async def test_a_day_that_was_noted_before_the_upgrade_is_told_and_remembered(bench: Bench) -> None:
    await bench.takes(dossier(1, "2026-11-23"), dossier(2, "2026-11-23"))
    item = [1, "soon", "officer", 3, "2026-11-23", "", "2026-11-23:3"]
    async with bench.store.begin() as tx:
        await notices.post(tx, "dossier_digest", bench.ids["lan"], at=at("2026-11-18"), once="2026-11-18",
                           facts={"items": [item], "certain": True})  # fmt: skip
    [(name, text)] = await bench.ticks("2026-11-18", "08:00")
    assert (name, "D-0001" in text, "D-0002" in text) == ("lan", True, False)
    [(name, text)] = await bench.ticks("2026-11-19")
    assert (name, "D-0001" in text, "D-0002" in text) == ("lan", False, True)


def by_hand(got: int, due: int, closed: int) -> Iterator[tuple[int, str]]:
    """The table of one dossier: (position of the day, which role hears), from the wall calendar alone."""
    term = due - got
    for threshold in {min(3, term // 2), min(1, term // 2), 0}:
        yield due - threshold, "officer"
    for late in range(due + 1, closed):
        yield late, "officer"
    yield due + 1, "head"
    yield due + 3, "director"
    if term > 3:
        yield got + 2, "officer"


async def month(bench: Bench, count: int, positions: int, *, officers: int, units: int) -> None:
    """Dossiers come, are worked and closed, in time or not; the sweep runs every morning, rest days too."""
    await bench.grows(officers, units)
    random = Random(6)  # noqa: S311  no secret
    expected: dict[tuple[date, str], set[str]] = {}
    rows: list[dict[str, Any]] = []
    closing: dict[date, list[str]] = {}
    for number in range(count):
        got = random.randrange(positions // 2)
        due = got + random.randrange(1, positions // 2)
        closed = random.randrange(max(got + 1, due - 4), due + 6)
        officer = random.randrange(officers)
        roles = {"officer": f"o{officer}", "head": f"h{officer % units}", "director": "director"}
        rows.append(dossier(number, WORKED[due], received=WORKED[got], officer=roles["officer"]))
        closing.setdefault(WORKED[closed], []).append(rows[-1]["code"])
        for position, role in by_hand(got, due, closed):
            if got <= position < closed:
                expected.setdefault((WORKED[position], roles[role]), set()).add(rows[-1]["code"])
    messages: Counter[tuple[date, str]] = Counter()
    for day in [WORKED[0] + timedelta(days=n) for n in range((WORKED[positions + 5] - WORKED[0]).days)]:
        await bench.takes(*(row for row in rows if row["received_at"].date() == day))
        await bench.closes(closing.get(day, []))
        for who, text in await bench.ticks(day):
            messages[day, who] += 1
            counted = int(re.findall(r"(\d+) hồ sơ\.", text)[0])
            assert set(re.findall(r"D-\d+", text)) <= expected[day, who]
            assert counted == len(expected[day, who]), (day, who)
    assert set(messages) == set(expected)
    assert set(messages.values()) == {1}


async def test_a_month_is_told_as_the_table_says(bench: Bench) -> None:
    await month(bench, 40, 14, officers=3, units=2)


@pytest.mark.proof
async def test_a_month_of_twelve_thousand_dossiers_is_told_as_the_table_says(bench: Bench) -> None:
    await month(bench, 12_000, 26, officers=40, units=6)
