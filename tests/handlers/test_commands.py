import pytest

from handlers.says import Says, number, plainly
from storage import Store
from storage.who import Role
from tests.cast import House, Papers, words


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """Return one store: to what is only said, the database makes no difference."""
    return sqlite_store


HELP = [
    "/trogiup",
    "tro giup",
    "trợ giúp",
    "TRỢ GIÚP!",
    "Trợ  giúp ?",
    "trogiup",
    "/TroGiup",
    "/trogiup@troly_bot",
    "help",
]
QUESTIONS = [
    "trợ giúp tôi làm hồ sơ thế nào",
    "hủy hồ sơ thì làm sao",
    "ngôn ngữ của hồ sơ là gì",
    "liên kết với cơ quan khác thế nào",
    "gặp cán bộ nào để hỏi",
    "phiếu lý lịch khoa học gồm những gì",
    "câu hỏi khảo sát khách hàng gồm mấy câu",
    "riêng tư của khách hàng được bảo vệ ra sao",
    "bắt đầu xử lý hồ sơ từ khi nào",
    "đóng dấu ở đâu",
    "hay",
    "do",
    "nhận",
    "trả lời",
    "đóng dấu 2",
]


@pytest.mark.parametrize("typed", HELP)
async def test_a_command_is_understood_however_it_is_typed(house: House, typed: str) -> None:
    lan = await house.citizen()
    assert "hỏi bằng lời thường" in words((await lan.says(typed))[-1:])


@pytest.mark.parametrize("typed", QUESTIONS)
async def test_a_sentence_that_begins_like_a_command_is_a_question(house: House, library: Papers, typed: str) -> None:
    lan = await house.citizen()
    await lan.says(typed)
    assert [question.text for question in library.asked] == [typed]


def test_what_follows_a_command_is_its_rest() -> None:
    says = Says("phieu", "phieu cua toi", then=r"\d+")
    assert says.match("/phieu 12") == "12"
    assert says.match("Phiếu 12") == "12"
    assert says.match("phiếu của tôi") == ""
    assert says.match("phiếu 12 ở đâu") is None
    assert says.match("/phieux 12") is None


@pytest.mark.parametrize(
    ("rest", "expected"), [("12", 12), ("12 0", 12), ("", None), ("-1", None), ("٣", None), ("9" * 30, None)]
)
def test_a_number_is_plain_digits_that_fit_an_id(rest: str, expected: int | None) -> None:
    assert number(rest) == expected


def test_commands_are_compared_without_marks_case_and_edges() -> None:
    assert plainly(" «TRỢ-GIÚP»!!! ") == "tro giup"


async def test_start_says_in_three_paragraphs_what_this_is_what_is_kept_and_how_to_be_forgotten(house: House) -> None:
    lan = await house.citizen()
    [said] = await lan.says("/start")
    assert said.html.count("<p>") == 3
    assert "90 ngày" in said
    assert "730 ngày" in said
    assert "xóa" in said
    # The notice was in it: it is not said again.
    assert len(await lan.says("xin chào")) == 1


async def test_the_menu_is_that_of_the_role(house: House) -> None:
    lan = await house.citizen()
    thu = await house.officer("Thu", Role.QMS_SECRETARY)
    citizens = {button.data for button in (await lan.says("bắt đầu"))[-1].buttons}
    secretarys = (await thu.says("bat dau"))[-1]
    assert {"/gapcanbo", "/phieu"} <= citizens
    assert "/cauhoi" not in citizens
    assert {"/cauhoi", "/phieu"} <= {button.data for button in secretarys.buttons}
    assert "Thu (thư ký hệ thống chất lượng)" in secretarys


async def test_the_menu_is_pressed_by_number_too(house: House) -> None:
    lan = await house.citizen()
    menu = (await lan.says("/start"))[-1]
    typed = next(n for n, button in enumerate(menu.buttons, 1) if button.data == "/gapcanbo")
    assert "nội dung cần gặp cán bộ" in words(await lan.says(f"{typed}."))


async def test_cancel_ends_any_form_and_says_what_was_kept(house: House, library: Papers) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    await lan.says("lệ phí")
    said = words(await lan.says("Hủy"))
    assert "phiếu gửi cán bộ" in said
    assert "không được giữ lại" in said
    await lan.says("lệ phí")
    assert [question.text for question in library.asked] == ["lệ phí"]
    assert "không có việc gì đang làm dở" in words(await lan.says("/huy"))


async def test_help_in_the_middle_of_a_form_does_not_end_it(house: House) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    said = await lan.says("trợ giúp")
    assert "Đang chờ phiếu gửi cán bộ" in said[-1]
    assert "Nội dung sẽ gửi cán bộ" in words(await lan.says("tôi cần hỏi lệ phí"))


@pytest.mark.parametrize("typed", ["/ngonngu en", "ngôn ngữ en", "English", "ngon ngu tieng anh"])
async def test_a_language_chosen_is_kept(house: House, typed: str) -> None:
    lan = await house.citizen()
    assert "English" in words((await lan.says(typed))[-1:])
    assert "Just type a question" in words(await lan.says("/huy"))
    await lan.says("tiếng Việt")
    assert "cứ gõ câu hỏi" in words(await lan.says("/huy"))


async def test_a_language_nobody_named_is_asked_for(house: House) -> None:
    lan = await house.citizen()
    asked = (await lan.says("/ngonngu"))[-1]
    assert "I will speak English" in words(await lan.presses(asked.button("English")))


async def test_an_english_page_is_spoken_to_in_english_before_anything_is_chosen(house: House) -> None:
    john = await house.citizen(language="en")
    assert "automatic assistant" in (await john.says("xin chào"))[0]


async def test_an_unknown_command_is_no_question(house: House, library: Papers) -> None:
    lan = await house.citizen()
    assert "không biết lệnh này" in words(await lan.says("/xoahet tất cả"))
    assert library.asked == []


async def test_citizens_and_colleagues_are_addressed_each_in_their_way(house: House) -> None:
    lan, minh = await house.citizen(), await house.officer()
    asked = ("chuyện không có trong tài liệu", "/huy", "/khongco", "xin chào", "lưu hồ sơ", "/phieu 99")
    for text in asked:
        assert "Anh/Chị" not in words(await lan.says(text))
        assert "Ông/Bà" not in words(await minh.says(text))
