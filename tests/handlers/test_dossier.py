"""What somebody learns of a dossier, and what nobody does without a proof."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import func, select

from storage import Store, dossier_links, dossiers
from storage.dossier_guesses import Budgets
from storage.dossier_links import DossierLink
from storage.dossiers import Dossier
from storage.forms import FormRow
from storage.messages import Message
from storage.who import Role
from tests.cast import OFFICE, Citizen, Clock, House, Papers, words
from tests.dossiers import CODE, OTHER, PHONE, UNKNOWN, imported, row


@pytest.fixture
async def filed(store: Store, clock: Clock) -> None:
    """Three dossiers of an earlier export: one with every number, one with a tax code, one with none."""
    company = row(code=OTHER, applicant="Công ty TNHH Biển Xanh", phone="", personal_id="", tax="4201234567")
    silent = row(code="H32.17-260226-000413", phone="", personal_id="")
    await imported(store, row(), company, silent, at=clock() - timedelta(hours=2))


async def everything_stored(store: Store) -> str:
    async with store.reading() as tx:
        bodies = [str(one.body) for one in await tx.scalars(select(Message))]
        forms = [str(one.data) for one in await tx.scalars(select(FormRow))]
    return " ".join(bodies + forms)


async def opened(citizen: Citizen, code: str = CODE, proof: str = "5678") -> str:
    await citizen.says(f"hồ sơ {code}")
    return words(await citizen.says(proof))


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize(
    "typed",
    [
        "hồ sơ 000.00.17.H32-260225-0001",
        "ho so 000.00.17.h32 - 260225 - 0001",
        "hs 000.00.17.H32–260225–0001 toi dau r",
        "/hoso 000.00.17.H32-260225-0001",
        "cho hỏi https://dichvucong.gov.vn/p?MHS=000.00.17.H32-260225-0001 với ạ",
        "0000017H322602250001",
        "OOO.OO.17.H32-26O225-OOO1",
        "000-00-17-H32-260225-0001",
        "000, 00, 17, H32 - 260225 - 0001",
        "000·00·17·H32~260225~0001 den dau roi a",
        "000.00.17.H32260225 0001",
    ],
)
async def test_a_code_is_found_however_it_is_typed(house: House, typed: str) -> None:
    lan = await house.citizen()
    assert "4 số cuối" in words(await lan.says(typed))
    shown = words(await lan.says("5678"))
    assert "Đang xử lý" in shown
    assert "16:30 ngày 11/3/2026" in shown
    assert "Theo dữ liệu lúc" in shown


@pytest.mark.usefixtures("filed")
@pytest.mark.parametrize(
    "proof", ["5678", "4 số cuối là 5678", PHONE, "+84 912 345 678", "6789", "056123456789", "sdt cua toi 0912345678"]
)
async def test_any_number_on_the_dossier_proves_it_and_stands_in_no_record(
    house: House, store: Store, proof: str
) -> None:
    lan = await house.citizen()
    assert "Đang xử lý" in await opened(lan, proof=proof)
    stored = await everything_stored(store) + str(lan.receipts)
    for secret in ("5678", "6789", "345678"):
        assert secret not in stored


@pytest.mark.usefixtures("filed")
async def test_code_and_digits_may_come_together(house: House, store: Store) -> None:
    lan = await house.citizen()
    assert "Đang xử lý" in words(await lan.says(f"hs {CODE} sdt 0912 345 678 toi dau r"[:-10]))
    assert "345" not in (await everything_stored(store)).replace(CODE, "")


@pytest.mark.usefixtures("filed")
async def test_whatever_is_wrong_is_said_in_the_same_words(house: House) -> None:
    said = set()
    for number, (code, proof) in enumerate(
        [(CODE, "1111"), (UNKNOWN, "5678"), ("H32.17-260226-000413", "5678"), (CODE, "0912345679"), (UNKNOWN, PHONE)]
    ):
        stranger = await house.citizen(f"stranger-{number}")
        asked = words(await stranger.says(f"hồ sơ {code}")).replace(code, "CODE")
        said.add((asked, words(await stranger.says(proof))))
    assert len(said) == 1
    assert "chỉ tra được tại Bộ phận Một cửa" in said.pop()[1]


@pytest.mark.usefixtures("filed")
async def test_a_code_that_exists_costs_the_same_statements_as_one_that_does_not(house: House, store: Store) -> None:
    sent: list[str] = []
    sql_event.listen(store.engine.sync_engine, "before_cursor_execute", lambda _c, _u, sql, *_: sent.append(sql))
    costs = []
    for number, code in enumerate((CODE, UNKNOWN, CODE, UNKNOWN)):
        stranger = await house.citizen(f"stranger-{number}")
        await stranger.says("xin chào")
        sent.clear()
        await opened(stranger, code=code, proof="0000")
        costs.append(list(sent))
    assert costs[0] == costs[1] == costs[2] == costs[3]
    assert len(costs[0]) > 5


@pytest.mark.usefixtures("filed")
async def test_no_proof_is_answered_before_its_time(
    store: Store, clock: Clock, library: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def waiting(seconds: float) -> None:
        async with store.reading() as tx:
            assert await tx.scalar(select(func.count()).select_from(Message)) == heard
        waits.append(seconds)

    house = House(store, clock=clock, asker=library, office=replace(OFFICE, reply_floor=30.0))
    lan = await house.citizen()
    monkeypatch.setattr("handlers.dossier.asyncio.sleep", waiting)
    for code, proof in ((UNKNOWN, "0000"), (CODE, "0000"), (CODE, "5678")):
        await lan.says(f"hồ sơ {code}")
        async with store.reading() as tx:
            heard = await tx.scalar(select(func.count()).select_from(Message))
        await lan.says(proof)
    assert len(waits) == 3
    assert all(30 <= seconds <= 45 for seconds in waits)
    assert len(set(waits)) == 3


@pytest.mark.usefixtures("filed")
async def test_a_clerk_looks_up_for_somebody_without_a_phone_and_is_not_linked(house: House) -> None:
    clerk = await house.officer("Một cửa khác", Role.CLERK, unit="Một cửa")
    assert "4 số cuối" in words(await clerk.says(f"hồ sơ {CODE}"))
    assert "Đang xử lý" in words(await clerk.says("5678"))
    assert "4 số cuối" in words(await clerk.says(f"hồ sơ {CODE}"))


@pytest.mark.usefixtures("filed")
async def test_a_linked_chat_is_asked_no_more_and_another_one_is(house: House) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    await opened(lan)
    assert "Đang xử lý" in words(await lan.says(f"hồ sơ {CODE}"))
    assert "Đang xử lý" in words(await lan.says("hồ sơ của tôi"))
    assert "4 số cuối" in words(await hoa.says(f"hồ sơ {CODE}"))
    for command in ("theodoi", "giayto", "lichsu"):
        for code in (CODE, UNKNOWN):
            asked = words(await hoa.says(f"/{command} {code}"))
            assert "4 số cuối" in asked
            assert "xăng dầu" not in asked
    assert "Không có hồ sơ nào đang được theo dõi" in words(await hoa.says(f"/botheodoi {CODE}"))


@pytest.mark.usefixtures("filed")
async def test_the_procedures_code_is_explained(house: House) -> None:
    assert "mã thủ tục" in words(await (await house.citizen()).says("hồ sơ 2.000674"))


@pytest.mark.usefixtures("filed")
async def test_a_sentence_about_dossiers_is_a_question(house: House, library: Papers) -> None:
    lan = await house.citizen()
    await lan.says("hồ sơ xin cấp phép gồm những gì")
    assert library.asked[-1].text == "hồ sơ xin cấp phép gồm những gì"


@pytest.mark.usefixtures("filed")
async def test_a_question_in_between_is_answered_and_the_digits_are_still_awaited(house: House) -> None:
    lan = await house.citizen()
    await lan.says(f"hồ sơ {CODE}")
    between = words(await lan.says("hồ sơ bị mất thì sao"))
    assert "lập biên bản" in between
    assert "Đang chờ" in between
    assert "Đang xử lý" in words(await lan.says("5678"))


@pytest.mark.usefixtures("filed")
async def test_a_year_or_a_decree_in_between_is_no_try(house: House, library: Papers) -> None:
    lan = await house.citizen()
    await lan.says(f"hồ sơ {CODE}")
    for asked in ("nghị định 98/2020 nói gì", "kế hoạch năm 2026 có chưa", "lệ phí 1.200.000 đồng phải không"):
        await lan.says(asked)
        assert library.asked[-1].text == asked
    assert "Đang xử lý" in words(await lan.says("số của mình là 5678 nha bạn"))


@pytest.mark.usefixtures("filed")
async def test_a_spent_budget_locks_out_nobody_who_has_the_number_or_is_linked(house: House) -> None:
    lan, owner = await house.citizen("lan"), await house.citizen("owner")
    await opened(lan)
    for number in range(Budgets().code_day):
        assert "Chưa tra được" in await opened(await house.citizen(f"thief-{number}"), proof=f"{number:04}")
    assert "4 số cuối tạm thời không đủ" in await opened(owner)
    assert "Đang xử lý" in words(await owner.says(PHONE))
    assert "Đang xử lý" in words(await lan.says(f"hồ sơ {CODE}"))


@pytest.mark.usefixtures("filed")
async def test_a_code_that_does_not_exist_has_the_same_budget(house: House) -> None:
    said = [
        [await opened(await house.citizen(f"{code}-{n}"), code=code, proof="0000") for n in range(7)]
        for code in (CODE, UNKNOWN)
    ]
    assert said[0] == said[1]
    assert "tạm thời không đủ" in said[0][-1]


@pytest.mark.usefixtures("filed")
async def test_a_chat_that_guesses_waits_an_hour(house: House, clock: Clock) -> None:
    lan = await house.citizen()
    for number in range(Budgets().chat_hour):
        await opened(lan, code=f"H32.17-260101-{number:06}", proof="0000")
    assert "đợi một giờ" in await opened(lan)
    clock.waits(hours=1, minutes=1)
    assert "Đang xử lý" in await opened(lan)


@pytest.mark.usefixtures("filed")
async def test_the_pin_of_the_receipt_links_at_once_and_stands_in_no_record(
    house: House, store: Store, clock: Clock
) -> None:
    async with store.begin() as tx:
        dossier = (await tx.scalars(select(Dossier).where(Dossier.code == OTHER))).one()
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=clock()))
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    assert "Công ty TNHH Biển Xanh" in words(await lan.says(pin))
    assert "Công ty TNHH Biển Xanh" in words(await hoa.says(f"/start {pin.replace('-', '').lower()}"))
    assert pin[3:12] not in await everything_stored(store) + str(lan.receipts)
    assert "không dùng được" in words(await lan.says(pin[:-1] + ("A" if pin[-1] != "A" else "B")))


@pytest.mark.usefixtures("filed")
async def test_a_pin_for_everything_of_a_company_lists_what_came_later_too(
    house: House, store: Store, clock: Clock
) -> None:
    async with store.begin() as tx:
        dossier = (await tx.scalars(select(Dossier).where(Dossier.code == OTHER))).one()
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=clock(), everything=True))
    accountant = await house.citizen("accountant")
    assert "mọi hồ sơ" in words(await accountant.says(pin))
    more = [row(code=f"H32.17-260227-{n:06}", phone="", personal_id="", tax="4201234567") for n in range(11)]
    await imported(store, *more, at=clock(), whole=False)
    listed = (await accountant.says("hồ sơ"))[-1]
    assert len(listed.buttons) == 9
    page = (await accountant.presses(listed.button("Xem tiếp")))[-1]
    assert len(page.buttons) == 4
    assert "Đang xử lý" in words(await accountant.presses(page.buttons[0]))


@pytest.mark.usefixtures("filed")
async def test_only_a_company_is_named_to_a_citizen(house: House) -> None:
    lan, firm = await house.citizen("lan"), await house.citizen("firm")
    assert "N*** T*** B***" in await opened(lan)
    assert "Công ty TNHH Biển Xanh" in await opened(firm, code=OTHER, proof="4567")


@pytest.mark.usefixtures("filed")
async def test_following_ends_when_the_phone_changes(house: House, store: Store, clock: Clock) -> None:
    lan = await house.citizen()
    await opened(lan)
    assert "Đang theo dõi" in words(await lan.says("theo dõi"))
    clock.waits(hours=1)
    await imported(store, row(phone="0987654321"), at=clock(), whole=False)
    assert "4 số cuối" in words(await lan.says(f"hồ sơ {CODE}"))
    async with store.reading() as tx:
        [link] = list(await tx.scalars(select(DossierLink)))
    assert (link.follows, link.why) == (False, dossier_links.Why.PHONE_CHANGED)


@pytest.mark.usefixtures("filed")
async def test_following_is_stopped_by_a_word_and_ends_long_after_the_return(
    house: House, store: Store, clock: Clock
) -> None:
    lan = await house.citizen()
    await opened(lan)
    await lan.says("theo dõi")
    assert "thôi theo dõi" in words(await lan.says("bỏ theo dõi"))
    await lan.says(f"/theodoi {CODE}")
    clock.waits(hours=1)
    await imported(store, row(status="Đã trả kết quả", returned="02/03/2026 10:00"), at=clock(), whole=False)
    for wait, ended in ((80, 0), (11, 1)):
        clock.waits(days=wait)
        async with store.begin() as tx:
            assert await dossier_links.end_old(tx, at=clock()) == ended


@pytest.mark.usefixtures("filed")
async def test_missing_papers_stand_on_a_button(house: House, store: Store, clock: Clock) -> None:
    clock.waits(hours=1)
    missing = row(status="Yêu cầu bổ sung giấy tờ", missing="1. Bản đồ vị trí <số 2>\n2. Giấy đăng ký")
    await imported(store, missing, at=clock(), whole=False)
    lan = await house.citizen()
    await lan.says(f"hồ sơ {CODE}")
    shown = (await lan.says("5678"))[-1]
    papers = words(await lan.presses(shown.button("Giấy tờ")))
    assert "Bản đồ vị trí <số 2>" in papers
    assert "Giấy đăng ký" in papers


@pytest.mark.usefixtures("filed")
async def test_somebody_who_is_erased_is_linked_no_more(house: House, store: Store) -> None:
    lan = await house.citizen()
    await opened(lan)
    async with store.reading() as tx:
        person = (await tx.scalars(select(DossierLink.person_id))).one()
        assert [one["dossier"] for one in await dossier_links.held(tx, person)] == [CODE]
    await lan.presses((await lan.says("/riengtu xoa"))[-1].button("Xóa tất cả"))
    assert "4 số cuối" in words(await lan.says(f"hồ sơ {CODE}"))


@pytest.mark.usefixtures("filed")
async def test_a_status_is_a_status_of_the_portal() -> None:
    assert [int(status) for status in dossiers.Status] == list(range(1, 11))


@pytest.mark.usefixtures("filed")
async def test_staff_with_a_receipt_of_their_own_see_of_it_what_anybody_does(
    house: House, store: Store, clock: Clock
) -> None:
    async with store.begin() as tx:
        dossier = (await tx.scalars(select(Dossier).where(Dossier.code == CODE))).one()
        pin = dossier_links.spelled(tx, await dossier_links.issue(tx, dossier, by=None, at=clock()))
        told = {"dossier_id": dossier.id, "source": "troly", "at": clock(), "recorded_at": clock(), "detail": {}}
        told |= {"status": 4, "before": 4, "backwards": False, "by": None, "note": "hay gọi điện"}
        tx.add(dossiers.DossierEvent(kind=dossiers.EventKind.NOTED, **told))
    other = await house.officer("Lê Lan", unit="Văn phòng")
    await other.says(pin)
    for command in (f"/hoso {CODE}", f"/lichsu {CODE}"):
        shown = words(await other.says(command))
        assert CODE in shown
        assert "hay gọi điện" not in shown
        assert "Trần Minh" not in shown
    assert "Đã ghi" not in words(await other.says(f"/xinloi {CODE}"))


@pytest.mark.parametrize("page", ["abc", "99999999999999999999"])
async def test_a_page_that_is_none_is_the_first(house: House, page: str) -> None:
    lan = await house.citizen()
    await lan.says("xin chào")
    assert words(await lan.says(f"/hoso trang {page}")) == words(await lan.says("/hoso"))
