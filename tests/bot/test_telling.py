"""Notifications by the command line: played through on a sample store, looked into, told by a worker that dies."""

import asyncio
import json
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import sample
from bot.__main__ import main
from bot.channels import webchat
from bot.keys import kept
from bot.settings import Settings
from storage import Store, identities, people, schema, tickets, undelivered
from storage.deliveries import DeliveryState
from tests.bot.running import Running

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROLY_DATA", str(tmp_path / "d"))
    monkeypatch.setenv("TROLY_DENSE__ENABLED", "false")
    return tmp_path / "d"


def opened(folder: Path) -> Store:
    folder.mkdir(exist_ok=True)
    return Store.at(Settings().store_url(), keys=kept(folder / "keys"))


async def _sample(folder: Path) -> None:
    store = opened(folder)
    await schema.upgrade(store)
    await sample.seed(store, at=AT)
    await store.close()


async def _ticket(folder: Path, number: int, *, at: datetime = AT, reply: bool = False) -> None:
    store = opened(folder)
    async with store.begin() as tx:
        who = await identities.meet(tx, channel="web", bot_id=webchat.BOT_ID, outside_id="lan", at=at)
        ticket = await tickets.open_(
            tx,
            who=who,
            chat_id=who.number,
            bot_id=who.bot_id,
            body="Lệ phí?",
            question_id=None,
            update_id=number,
            at=at,
        )
        if reply:
            officer = (await people.find(tx, "Cán bộ mẫu")).id
            await tickets.take(tx, ticket.id, officer, at)
            await tickets.reply(tx, ticket.id, officer, "200 nghìn.", at)
    await store.close()


def ticked(capsys: pytest.CaptureFixture[str], moment: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["tick", "--at", moment, "--json"]) == 0
    shown: dict[str, Any] = json.loads(capsys.readouterr().out)
    return shown


def test_a_day_is_played_through_on_the_sample_and_each_tick_goes_on_from_the_one_before(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_sample(folder))
    asyncio.run(_ticket(folder, 1))
    asyncio.run(_ticket(folder, 2))
    first = ticked(capsys, "2026-11-24T08:30")
    mine = [one for one in first["sent"] if one["kind"] == "ticket_opened"]
    assert {(one["channel"], one["lane"], one["facts"]) for one in mine} == {("web", "normal", 2)}
    assert all("2" in one["text"] and one["roles"] for one in mine)
    assert [one for one in ticked(capsys, "2026-11-24T08:31")["sent"] if one["kind"] == "ticket_opened"] == []
    asyncio.run(_ticket(folder, 3, at=AT + timedelta(hours=14)))
    night = [one["kind"] for one in ticked(capsys, "2026-11-24T23:00")["sent"]]
    assert "ticket_opened" not in night
    morning = [one["kind"] for one in ticked(capsys, "2026-11-24T23:00:00+00:00")["sent"]]
    assert "ticket_opened" in morning


@pytest.mark.parametrize("moment", ["", "hôm nay", "2026-13-01", "24/11/2026", "0001-01-01", "9999-12-31T23:59"])
def test_what_is_no_moment_is_said_in_words(folder: Path, capsys: pytest.CaptureFixture[str], moment: str) -> None:
    assert main(["tick", "--at", moment]) == 2
    assert "không phải là thời điểm" in capsys.readouterr().err


def test_nobody_plays_with_time_on_a_real_store(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tick", "--at", "2026-11-24T08:30"]) == 2
    assert main(["people", "add", "Trần Minh", "--role", "officer"]) == 0
    assert main(["tick", "--at", "2026-11-24T08:30"]) == 2
    assert "chỉ chạy trên dữ liệu mẫu" in capsys.readouterr().err


def test_the_outbox_shows_what_waits_and_lets_the_office_decide(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_sample(folder))
    assert main(["outbox"]) == 0
    assert "Không có thông báo nào" in capsys.readouterr().out
    asyncio.run(_ticket(folder, 1, at=AT + timedelta(hours=14)))
    ticked(capsys, "2026-11-24T22:05")  # addressed, and held back by the quiet hours
    assert main(["outbox"]) == 0
    assert "đang chờ  ticket_opened 1" in capsys.readouterr().out
    assert main(["outbox", "--cancel", "1"]) == 2
    assert main(["outbox", "--cancel", "1", "--as", "Thư ký ISO mẫu"]) == 0
    assert main(["outbox", "--retry", "1", "--as", "Thư ký ISO mẫu"]) == 2
    assert main(["outbox", "--cancel", "99", "--as", "Thư ký ISO mẫu"]) == 2
    capsys.readouterr()
    assert main(["outbox", "--state", "cancelled"]) == 0
    said = capsys.readouterr().out
    assert "#1  đã hủy" in said
    assert "cơ quan hủy" in said


def test_a_kind_is_previewed_as_it_is_sent(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["preview"]) == 0
    assert "ticket_replied" in capsys.readouterr().out
    assert main(["preview", "ticket_replied", "--channel", "telegram"]) == 0
    assert "<b>phiếu số 12</b>" in capsys.readouterr().out
    assert main(["preview", "ticket_replied", "--language", "en", "--channel", "email"]) == 0
    assert "Subject: Ticket 12 has a reply" in capsys.readouterr().out
    monkeypatch.setenv("TROLY_WEB__PUBLIC_URL", "https://hoi.example")
    assert main(["preview", "ticket_replied", "--channel", "email"]) == 0
    letter = capsys.readouterr().out
    assert "Lệ phí" not in letter, "a mailbox is told that there is a reply, not the reply"
    assert "https://hoi.example" in letter
    assert "Thư này được gửi tự động" in letter
    assert main(["preview", "nothing"]) == 2
    (tmp_path / "ticket_replied.vi.j2").write_text("{{", encoding="utf-8")
    monkeypatch.setenv("TROLY_NOTIFICATIONS__WORDS", str(tmp_path))
    assert main(["preview", "ticket_replied"]) == 1
    assert "Không dùng ticket_replied.vi.j2" in capsys.readouterr().out


def test_quiet_hours_that_are_none_are_complained_of(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROLY_NOTIFICATIONS__QUIET", "đêm")
    assert main(["preview"]) == 2
    assert "TROLY_NOTIFICATIONS__QUIET" in capsys.readouterr().err


async def _states(folder: Path) -> list[DeliveryState]:
    store = opened(folder)
    async with store.reading() as tx:
        rows = await undelivered.listed(tx, list(DeliveryState))
    await store.close()
    return [one.state for one in rows if one.kind == "ticket_replied"]


def test_a_worker_beside_the_service_tells_what_another_left_when_it_died(folder: Path) -> None:
    asyncio.run(_sample(folder))
    for number in range(3):
        program = Running(folder, "worker", until="Đang gửi")
        assert program.process.stdout is not None
        assert "Đang gửi thông báo qua: trang trò chuyện" in program.process.stdout.readline()
        asyncio.run(_ticket(folder, number + 1, at=datetime.now(UTC), reply=True))  # noqa: TID251 a real process
        if number < 2:
            program.process.send_signal(signal.SIGKILL)
        else:
            told_by(folder, 3)
            assert program.stop(signal.SIGTERM) == 0
        program.__exit__(None, None, None)


def told_by(folder: Path, count: int) -> None:
    """Wait until all are told; each of them once."""
    patience = time.monotonic() + 60
    while (states := asyncio.run(_states(folder))) != [DeliveryState.SENT] * count:
        assert time.monotonic() < patience, states
        time.sleep(0.2)


def test_the_sample_knows_the_web_chat_by_its_number() -> None:
    assert sample.WEB_BOT == webchat.BOT_ID
