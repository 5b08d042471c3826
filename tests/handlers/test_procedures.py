"""Procedures in a chat: an answer with its mark, what is asked next, browsing, and papers to tick off."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from knowledge.catalogue import Catalogue
from knowledge.procedure_records import procedure
from knowledge.procedures import Aspect, AspectValue, Mark, Procedure
from knowledge.shelves import Shelves
from knowledge.texts import Audience, Citation, Found
from knowledge.texts import Question as Asking
from storage import Store, forms
from storage.questions import Kind, Question
from tests.cast import Citizen, Clock, House, words
from tests.knowledge.shelf import manual

SAMPLE = Path(__file__).parent.parent.parent / "knowledge" / "data" / "procedures.jsonl"


class Desk:
    """The sample catalogue and the manual, as the desk has them."""

    def __init__(self, procedures: Sequence[Procedure] = ()) -> None:
        rows = SAMPLE.read_text(encoding="utf-8").splitlines()
        held = procedures or [procedure(json.loads(row)) for row in rows]
        self.shelves = Shelves.of(manual(), Catalogue(held))

    async def ask(self, question: Asking) -> Found:
        return self.shelves.ask(question)

    def place(self, document: str, place: str, *, day: object, audience: Audience) -> Citation | None:
        return None

    def confirmed(self, document: str, version: str) -> bool:
        return True

    @property
    def catalogue(self) -> Catalogue:
        return self.shelves.guide.catalogue


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture
def house(sqlite_store: Store, clock: Clock, desk: Desk) -> House:
    return House(sqlite_store, clock=clock, asker=desk)


@pytest.fixture
async def lan(house: House) -> Citizen:
    citizen = await house.citizen()
    await citizen.says("xin chào")
    return citizen


async def test_an_aspect_is_said_with_its_source_and_its_mark(lan: Citizen) -> None:
    said = (await lan.says("lệ phí cấp giấy phép bán buôn rượu bao nhiêu"))[-1]
    assert "1.200.000 đồng" in said
    assert "Thông tư 168/2016/TT-BTC" in said
    assert "Sở chưa xác nhận" in said
    assert "TTHC CT06-01" in said
    assert "Dữ liệu mẫu" in said
    assert "Hồ sơ" not in said.text.split("TTHC")[0]
    assert said.button("Thời hạn").data == "/tt CT06-01 thoi-han"


async def test_an_unconfirmed_value_says_so_every_time(lan: Citizen) -> None:
    for _ in range(2):
        assert "Chưa được xác nhận" in words(await lan.says("thời hạn của 2.000648"))
    assert "chưa được xác nhận" in words(await lan.says("2.000648"))


async def test_the_question_is_recorded_with_the_place_of_the_procedure(lan: Citizen, sqlite_store: Store) -> None:
    await lan.says("lệ phí cấp giấy phép bán buôn rượu bao nhiêu")
    await lan.says("cấp giấy phép bán buôn rượu nộp qua mạng được không")
    async with sqlite_store.reading() as tx:
        rows = list(await tx.scalars(select(Question).where(Question.kind != Kind.SMALLTALK).order_by(Question.id)))
    assert [row.kind for row in rows] == [Kind.ANSWER, Kind.REFUSAL]
    assert [place["place"] for place in rows[0].cited] == ["CT06-01#le-phi"]
    assert rows[0].cited[0]["document"] == "TTHC"
    assert rows[1].rejected[0]["place"] == "CT06-01#cach-nop"


async def test_the_procedure_stays_in_the_conversation(lan: Citizen, clock: Clock, house: House) -> None:
    await lan.says("cấp giấy phép bán buôn rượu cần giấy tờ gì")
    assert "1.200.000" in words(await lan.says("thế lệ phí bao nhiêu?"))
    house.restarts()
    assert "15 ngày làm việc" in words(await lan.says("mất mấy ngày"))
    clock.waits(minutes=31)
    assert "15 ngày làm việc" not in words(await lan.says("mất mấy ngày"))


async def test_a_pressed_procedure_is_spoken_of_from_then_on(lan: Citizen) -> None:
    await lan.says("/tt CT14-01")
    assert "Văn phòng đại diện" in words(await lan.says("mất mấy ngày"))
    await lan.says("hồ sơ bị mất thì sở xử lý thế nào")
    assert "Văn phòng đại diện" not in words(await lan.says("mất mấy ngày"))


async def test_another_subject_is_not_taken_for_the_procedure_before(lan: Citizen) -> None:
    await lan.says("cấp giấy phép bán buôn rượu cần giấy tờ gì")
    assert "hóa chất" in words(await lan.says("hóa chất có điều kiện cần giấy tờ gì"))
    await lan.says("cấp giấy phép bán buôn rượu cần giấy tờ gì")
    assert "1.200.000" not in words(await lan.says("giá vàng hôm nay bao nhiêu"))
    assert "Trần Hồng Minh" in words(await lan.says("ai viết sổ tay chất lượng"))


async def test_each_chat_speaks_of_its_own_procedure(house: House, lan: Citizen) -> None:
    hung = await house.citizen("hung")
    await hung.says("xin chào")
    await lan.says("cấp giấy phép bán buôn rượu cần giấy tờ gì")
    assert "1.200.000" not in words(await hung.says("thế lệ phí bao nhiêu?"))


async def test_several_procedures_become_choices_and_the_chosen_one_answers(lan: Citizen) -> None:
    offered = (await lan.says("hóa chất có điều kiện lệ phí bao nhiêu"))[-1]
    labels = [button.text for button in offered.buttons]
    assert any("sản xuất" in label for label in labels)
    assert any("kinh doanh" in label for label in labels)
    chosen = words(await lan.says("1"))
    assert "Phí, lệ phí" in chosen
    assert "12 ngày làm việc" in words(await lan.says("mất mấy ngày"))


async def test_an_aspect_alone_is_asked_back_and_then_answered(lan: Citizen, sqlite_store: Store) -> None:
    assert "của thủ tục nào?" in words(await lan.says("lệ phí bao nhiêu tiền vậy"))
    assert "1.200.000" in words(await lan.says("cấp giấy phép bán buôn rượu"))
    async with sqlite_store.reading() as tx:
        assert not list(await tx.scalars(select(Question).where(Question.kind == Kind.REFUSAL)))


async def test_a_word_is_enough_for_another_aspect(lan: Citizen) -> None:
    await lan.says("cấp giấy phép bán buôn rượu")
    assert "1.200.000" in words(await lan.says("lệ phí"))
    assert "15 ngày" in words(await lan.says("thời hạn"))
    assert "Đơn đề nghị" in words(await lan.says("cần giấy tờ gì"))


async def test_the_commune_s_procedures_are_routed_in_words(lan: Citizen) -> None:
    said = words(await lan.says("mở tiệm gas cần giấy tờ gì"))
    assert "Ủy ban nhân dân cấp xã" in said
    assert "không phải Sở" in said


async def test_a_missing_aspect_is_honest_and_reaches_a_person(lan: Citizen) -> None:
    said = (await lan.says("cấp giấy phép bán buôn rượu nộp qua mạng được không"))[-1]
    assert "không nêu" in said
    assert said.button("Gặp cán bộ").data.startswith("/gapcanbo")  # type: ignore[union-attr]  # a command, no link


async def test_browsing_by_field_and_by_letter_with_numbers_alone(lan: Citizen) -> None:
    menu = (await lan.says("thủ tục"))[-1]
    assert "Danh mục thủ tục" in menu
    field = (await lan.says("4"))[-1]
    assert "Xăng dầu" in field
    assert "10 thủ tục" in field
    more = (await lan.presses(field.button("Trang sau")))[-1]
    card = (await lan.says("1"))[-1]
    assert "TTHC" in card
    assert more.buttons
    assert "không có thủ tục nào" in words(await lan.says("/thutuc 16"))
    letters = (await lan.says("/thutuc chu"))[-1]
    assert any(button.text.startswith("C (") for button in letters.buttons)
    assert "“cham dut”: 2" in words(await lan.says("/thutuc chu cham dut"))
    assert "Không có thủ tục" in words(await lan.says("/thutuc chu zzz"))


async def test_the_menu_leads_to_the_catalogue(lan: Citizen) -> None:
    assert any(button.data == "/thutuc" for button in (await lan.says("/start"))[-1].buttons)


async def test_papers_are_ticked_off_and_stay_so(lan: Citizen, house: House, sqlite_store: Store) -> None:
    listed = (await lan.says("/danhdau CT03-01"))[-1]
    assert "0/7" in listed
    await lan.presses(listed.buttons[0])
    shown = next(one for one in lan.now_shown() if one.message_id == listed.message_id)
    assert "1/7" in shown
    assert "☑" in shown.buttons[0].text
    house.restarts()
    assert "1/7" in words(await lan.says("/danhdau CT03-01"))
    await lan.says("3")
    assert "2/7" in words(await lan.says("/danhdau CT03-01"))
    await lan.says("/danhdau CT03-01 1")
    assert "1/7" in words(await lan.says("/danhdau CT03-01"))
    await lan.says("/danhdau CT03-01 0")
    assert "0/7" in words(await lan.says("/danhdau CT03-01"))


async def test_a_typed_tick_is_answered_with_a_line(lan: Citizen) -> None:
    await lan.says("/danhdau CT03-01")
    assert "1/7 giấy tờ" in words(await lan.says("2"))


async def test_law_that_has_moved_is_flagged_wherever_the_procedure_is_shown(sqlite_store: Store, clock: Clock) -> None:
    old = AspectValue(("Nghị định 40/2018/NĐ-CP",), Mark.SEEN)
    aspects = {Aspect.BASIS: old, Aspect.FEE: AspectValue(("Không thu",), Mark.SEEN)}
    clock.now = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    house = House(
        sqlite_store, clock=clock, asker=Desk([Procedure("A-1", None, "Đăng ký nuôi chim yến", aspects=aspects)])
    )
    lan = await house.citizen()
    for typed in ("lệ phí đăng ký nuôi chim yến", "/tt A-1", "/tt A-1 can-cu", "/tt A-1 tat-ca"):
        said = words(await lan.says(typed))
        assert "40/2018/NĐ-CP đã được thay thế bởi" in said
        assert "có thể không còn đúng" in said


async def test_a_repeated_press_ticks_once(lan: Citizen) -> None:
    listed = (await lan.says("/danhdau CT03-01"))[-1]
    await lan.presses(listed.buttons[1], listed, update_id=7_000_000_000_000_001)
    await lan.presses(listed.buttons[1], listed, update_id=7_000_000_000_000_001)
    assert "1/7" in words(await lan.says("/danhdau CT03-01"))


async def test_ticks_are_forgotten_with_the_chat(lan: Citizen, sqlite_store: Store) -> None:
    await lan.says("/danhdau CT03-01 2")
    async with sqlite_store.begin() as tx:
        assert await forms.forget(tx, lan.bot.id, lan.number)
    assert "0/7" in words(await lan.says("/danhdau CT03-01"))


@pytest.mark.parametrize(
    "typed",
    ["/tt", "/tt x", "/tt 2.000648 gi-do", "/danhdau", "/danhdau x 9", "/danhdau CT03-01 99999", "/danhdau CT03-01 p9",
     "/danhdau CT03-01 -1", "/thutuc 99", "/thutuc 4 999", "/thutuc chu", "/thutuc chu a 9", "/thutuc 4 ²"],
)  # fmt: skip
async def test_odd_commands_get_a_fitting_line(lan: Citizen, typed: str) -> None:
    said = await lan.says(typed)
    assert said
    assert "Lỗi" not in words(said)


async def test_it_works_on_telegram_as_on_the_web(house: House) -> None:
    lan = house.on_telegram()
    await lan.says("xin chào")
    said = (await lan.says("lệ phí cấp giấy phép bán buôn rượu bao nhiêu"))[-1]
    await lan.presses(said.button("Toàn bộ"))
    assert "Căn cứ pháp lý" in words(lan.seen)
    await lan.presses((await lan.says("/danhdau CT03-01"))[-1].buttons[0])
    assert "1/7" in words(lan.seen)


async def test_a_colleague_is_spoken_to_as_a_colleague(house: House) -> None:
    minh = await house.officer()
    assert "Anh/Chị" in words(await minh.says("hóa chất có điều kiện lệ phí bao nhiêu"))


async def test_english_frames_the_vietnamese_words(house: House) -> None:
    john = await house.citizen("john", language="en")
    said = words(await john.says("how long does it take to get a wholesale tobacco licence"))
    assert "Time limit" in said
    assert "15 ngày làm việc" in said
    assert "Seen in a source" in said
