"""A clerk issues the PIN of a receipt in the chat: for what is theirs to issue, said once, and in no record."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from handlers.turn import HIDDEN_PIN
from storage import Store, journal
from storage.dossier_links import DossierPin
from storage.messages import Message
from storage.who import Role
from tests.cast import Citizen, Clock, House, words
from tests.dossiers import CODE, OTHER, UNKNOWN, imported, row

PIN = re.compile(r"HS(?:-[A-Z2-7]{4}){3}")
BARE = "H32.17-260226-000413"


@pytest.fixture
async def hoa(house: House, store: Store, clock: Clock) -> Citizen:
    """Lê Hoa at the desk: she received one dossier; another clerk's, and one of nobody's without a number."""
    hoa = await house.officer("Lê Hoa", Role.CLERK, unit="Một cửa")
    await house.officer("Phạm Tú", Role.CLERK, unit="Một cửa")
    theirs = row(code=OTHER, clerk="Phạm Tú", applicant="Công ty TNHH Biển Xanh", phone="", tax="4201234567")
    bare = row(code=BARE, clerk="", phone="", personal_id="")
    await imported(store, row(), theirs, bare, at=clock() - timedelta(hours=2))
    return hoa


async def pins(store: Store) -> list[DossierPin]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(DossierPin).order_by(DossierPin.id)))


@pytest.mark.parametrize(
    "typed", [f"pin {CODE}", "pin 0001", "Pin 0001 ", f"in lai ma pin {CODE}", f"/pin {CODE}", "cấp mã PIN hồ sơ 0001"]
)
async def test_a_clerk_issues_the_pin_of_what_they_received_and_a_citizen_uses_it(
    hoa: Citizen, house: House, store: Store, typed: str
) -> None:
    sent: list[str] = []
    sql_event.listen(
        store.engine.sync_engine, "before_cursor_execute", lambda _c, _u, sql, given, *_: sent.append(f"{sql} {given}")
    )
    said = (await hoa.says(typed))[-1]
    found = PIN.search(said.text)
    assert found is not None
    assert "QR" in said.buttons[0].text
    assert not [one for one in sent if found[0][3:] in one], "the letters are sent to no store"
    async with store.reading() as tx:
        kept = [one.body for one in await tx.scalars(select(Message))]
        acts = list(await tx.scalars(select(journal.Entry.actor_id).where(journal.Entry.kind == "dossier_pin")))
    assert HIDDEN_PIN in str(kept)
    assert len(acts) == 1
    citizen = await house.citizen("lan")
    assert "Đã nối cuộc trò chuyện" in words(await citizen.says(found[0].lower()))


async def test_what_another_clerk_received_needs_the_citizens_paper(hoa: Citizen, store: Store) -> None:
    for code in (OTHER, UNKNOWN):
        asked = words(await hoa.says(f"pin {code}"))
        assert "xem giấy tờ của người đến" in asked
        assert "Chưa tra được" in words(await hoa.says("0000"))
    assert await pins(store) == []
    await hoa.says(f"pin {OTHER}")
    assert PIN.search(words(await hoa.says("4567")))


async def test_what_a_paper_has_just_proved_is_not_asked_for_again(hoa: Citizen, clock: Clock) -> None:
    await hoa.says(f"hồ sơ {OTHER}")
    shown = (await hoa.says("4567"))[-1]
    assert "Đang xử lý" in shown
    assert PIN.search(words(await hoa.presses(shown.button("Cấp mã PIN"))))
    clock.waits(minutes=16)
    assert "xem giấy tờ" in words(await hoa.says(f"pin {OTHER}"))


async def test_what_bears_no_number_and_no_clerk_is_the_desks(hoa: Citizen) -> None:
    assert PIN.search(words(await hoa.says(f"pin {BARE}")))


async def test_a_pin_for_all_of_an_owner(hoa: Citizen, house: House) -> None:
    await hoa.says(f"pin {OTHER} tất cả")
    said = words(await hoa.says("4567"))
    found = PIN.search(said)
    assert found is not None
    assert "mọi hồ sơ cùng chủ" in said
    accountant = await house.citizen("ke-toan")
    assert "mọi hồ sơ" in words(await accountant.says(found[0]))
    assert "không ghi mã số thuế" in words(await hoa.says(f"pin {BARE} tất cả"))


async def test_nobody_else_issues_one(hoa: Citizen, house: House, store: Store) -> None:
    minh = await house.officer("Trần Minh", unit="Phòng Quản lý thương mại")
    assert "cán bộ Một cửa" in words(await minh.says(f"pin {CODE}"))
    lan = await house.citizen("lan")
    await lan.says(f"hồ sơ {CODE}")
    await lan.says("5678")
    assert "Bộ phận Một cửa in trên giấy tiếp nhận" in words(await lan.says(f"/pin {CODE}"))
    assert await pins(store) == []
    assert "Mời Anh/Chị gõ pin" in words(await hoa.says("pin"))


async def test_two_that_end_alike_are_asked_about(hoa: Citizen, store: Store, clock: Clock) -> None:
    await imported(store, row(code="H32.17-260227-0001"), at=clock(), whole=False)
    asked = (await hoa.says("pin 0001"))[-1]
    assert [button.text for button in asked.buttons] == ["H32.17-260227-0001", CODE]
    assert PIN.search(words(await hoa.presses(asked.buttons[1])))
    assert "tận cùng 777" in words(await hoa.says("pin 777"))


async def test_a_clerk_who_is_away_is_stood_in_for_at_the_desk(hoa: Citizen, house: House) -> None:
    tu = await house.officer("Nguyễn Nam", Role.CLERK, unit="Một cửa")
    assert "Nguyễn Nam thay" in words(await hoa.says("vắng mặt 2/3-5/3 thay Nguyễn Nam"))
    assert PIN.search(words(await tu.says("pin 0001")))


async def test_a_reply_that_is_spoken_again_says_the_pin_only_while_it_is_shown(
    hoa: Citizen, clock: Clock, store: Store
) -> None:
    first = PIN.search(words(await hoa.says("pin 0001", update_id=77)))
    assert first is not None
    clock.waits(minutes=29)
    assert first[0] in words(await hoa.says("pin 0001", update_id=77))
    clock.waits(minutes=2)
    assert HIDDEN_PIN in words(await hoa.says("pin 0001", update_id=77))
    assert len(await pins(store)) == 1
