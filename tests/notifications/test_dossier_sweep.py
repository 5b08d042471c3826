"""The deadlines of dossiers, swept day by day through the engine: who hears what, once, in one message a day."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import update

from notifications.dossier_sweep import dossiers
from storage import Store, absences, digests, notices
from storage.dossier_imports import DossierBatch
from storage.dossiers import Clock, Status
from tests.notifications.office import WORKED, Bench, at, dossier


@pytest.fixture
async def bench(sqlite_store: Store) -> Bench:
    return await Bench(sqlite_store).opens()


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


async def away(bench: Bench, name: str, deputy: str | None, first: str, last: str) -> None:
    async with bench.store.begin() as tx:
        days = {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
        to = bench.ids[deputy] if deputy else None
        await absences.record(tx, bench.ids[name], **days, deputy_id=to, by=bench.ids[name], at=bench.now)


async def test_who_stands_in_and_is_away_too_is_stood_in_for(bench: Bench) -> None:
    await bench.grows(1, 1)
    await away(bench, "lan", "minh", "2026-11-16", "2026-11-23")
    await away(bench, "minh", "o0", "2026-11-19", "2026-11-19")
    await away(bench, "minh", "lan", "2026-11-20", "2026-11-20")  # each for the other
    await bench.takes(dossier(1, "2026-11-20"), dossier(2, "2026-11-24"))
    assert names(await bench.ticks("2026-11-17")) == ["minh"]
    assert names(await bench.ticks("2026-11-19")) == ["o0"]
    assert names(await bench.ticks("2026-11-20")) == ["head"]


async def test_a_head_who_is_away_is_stood_in_for_and_else_the_director_hears(bench: Bench) -> None:
    await bench.grows(1, 1)
    await away(bench, "head", "minh", "2026-11-23", "2026-11-23")
    await away(bench, "head", None, "2026-11-25", "2026-11-30")
    await bench.takes(dossier(1, "2026-11-20"), dossier(2, "2026-11-23"), dossier(3, "2026-11-26"))
    assert names(await bench.ticks("2026-11-23")) == ["lan", "minh"]
    assert names(await bench.ticks("2026-11-25")) == ["director", "lan"]
    await away(bench, "director", "o0", "2026-11-27", "2026-11-27")
    assert names(await bench.ticks("2026-11-27")) == ["lan", "o0"]


async def test_days_away_that_overlap_keep_those_around_them(bench: Bench) -> None:
    await bench.grows(1, 1)
    await away(bench, "lan", "minh", "2026-11-16", "2026-11-27")
    await away(bench, "lan", "o0", "2026-11-18", "2026-11-18")
    await bench.takes(dossier(1, "2026-11-13"))
    heard = [set(names(await bench.ticks(f"2026-11-{day}"))) & {"lan", "minh", "o0"} for day in (17, 18, 19, 27)]
    assert heard == [{"minh"}, {"o0"}, {"minh"}, {"minh"}]


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
