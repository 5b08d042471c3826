"""What people type, and what is read in it."""

import pytest

from knowledge.blocks import Block, blocks_of
from knowledge.evidence import Datum, shown, wanted
from knowledge.followup import leans
from knowledge.references import named
from knowledge.remarks import remarks
from knowledge.repair import Speech
from knowledge.smalltalk import courtesy
from knowledge.texts import Language, Place, Refusal, Smalltalk
from knowledge.understanding import plain_question, understand
from knowledge.vectors import unpack
from knowledge.vietnamese import could_be_vietnamese, fold, language_of, syllables, tidy
from knowledge.windows import WORDS, windows_of
from tests.knowledge.shelf import ask, first, text

SPEECH = Speech.of(
    [
        "Thủ tục cấp giấy phép được cập nhật khi cần thiết.",
        "Lãnh đạo xem xét chính sách chất lượng.",
        "Bộ phận tiếp nhận và trả kết quả kiểm tra hồ sơ.",
    ]
)


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("Hoà Thuỷ thoả lý", ["hòa", "thủy", "thỏa", "lí"]),
        ("quý cơ quan", ["quý", "cơ", "quan"]),
        ("mục 9.1.2, số 186/QĐ-UBND", ["mục", "9.1.2", "số", "186", "qđ", "ubnd"]),
    ],
)
def test_one_word_has_one_spelling(typed: str, keys: list[str]) -> None:
    assert syllables(typed) == keys


def test_marks_and_invisible_characters_fold_away() -> None:
    assert fold("Đo lường") == "do luong"
    assert tidy(" h\u200bồ\ufeff  sơ\n\x07bị  mất ") == "hồ sơ bị mất"
    assert tidy("a\ud800b") == "ab"


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        ("Can I submit my application online?", Language.EN),
        ("quality policy", Language.EN),
        ("audit", Language.EN),
        ("xe container", Language.VI),
        ("thur tucj caaps phepps", Language.VI),
        ("to in an so the do", Language.VI),
        ("sở có website không", Language.VI),
        ("", Language.VI),
    ],
)
def test_english_is_told_from_bare_vietnamese(typed: str, language: Language) -> None:
    assert language_of(typed) is language


def test_a_syllable_has_a_shape() -> None:
    assert all(map(could_be_vietnamese, ["nghiêng", "quyết", "hươu", "thuở", "giếng"]))
    assert not any(map(could_be_vietnamese, ["scan", "karaoke", "strong"]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thur tucj caaps giaays pheps", "thủ tục cấp giấy phép"),
        ("dduwowcj caapj nhaatj", "được cập nhật"),
        ("chinh sach chat luong", "chính sách chất lượng"),
        ("chính sách ko đc cập nhật", "chính sách không được cập nhật"),
    ],
)
def test_raw_telex_short_forms_and_missing_marks_are_read(typed: str, meant: str) -> None:
    assert " ".join(word.key for word in understand(typed, SPEECH).words) == meant


def test_a_slip_of_the_ear_is_mended_where_its_neighbours_tell() -> None:
    assert understand("lãnh đạo xem sét gì", SPEECH).slips == {3: "xet"}
    assert not understand("lãnh đạo xem xét gì", SPEECH).slips


def test_markup_and_repetition_are_no_part_of_a_question() -> None:
    assert plain_question("<script>alert(1)</script><b>mã hiệu</i> là gì **?**") == "mã hiệu là gì ?"
    assert len(understand("xin chào bạn " * 3000, SPEECH).words) <= 12


@pytest.mark.parametrize(
    ("typed", "about"),
    [
        ("xin chào", Smalltalk.GREETING),
        ("Hello!", Smalltalk.GREETING),
        ("da em cam on anh chi nhieu a", Smalltalk.THANKS),
        ("thanks a lot", Smalltalk.THANKS),
        ("bạn là ai vậy", Smalltalk.WHO_ARE_YOU),
        ("who are you?", Smalltalk.WHO_ARE_YOU),
        ("tạm biệt nhé", Smalltalk.GOODBYE),
        ("chào em, cho hỏi hồ sơ mất thì sao", None),
        ("ai phê duyệt sổ tay", None),
        ("cảm ơn, còn phụ lục nào nữa", None),
        ("", None),
    ],
)
def test_a_courtesy_is_one_only_if_nothing_is_asked(typed: str, about: Smalltalk | None) -> None:
    assert courtesy(plain_question(typed)) is about


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("còn người kiểm tra thì sao", True),
        ("thế còn qua bưu điện", True),
        ("mục đích để làm gì vậy", True),
        ("cái đó ai duyệt", True),
        ("what about the deadline?", True),
        ("Sở chọn nhà cung cấp hàng hóa dựa vào tiêu chí gì?", False),
        ("Chính sách chất lượng được công khai ở đâu?", False),
    ],
)
def test_a_question_leans_on_the_one_before_only_if_it_says_too_little(typed: str, *, expected: bool) -> None:
    assert leans(understand(typed, SPEECH)) is expected


def test_a_follow_up_is_read_with_the_question_before_and_a_whole_question_is_not() -> None:
    assert first(ask("vậy còn người kiểm tra?", previous="Ai là người duyệt cuốn sổ tay?")) == "bia"
    assert first(ask("có cần đo được không", previous="Điều khoản 6.2 nói về cái gì?")) == "6.2"
    whole = "Sở chọn nhà cung cấp hàng hóa dựa vào tiêu chí gì?"
    assert first(ask(whole, previous="Ai là người duyệt cuốn sổ tay?")) == first(ask(whole)) == "8.4"


@pytest.mark.parametrize("typed", ["karaoke", "bóng đá", "cưới hỏi", "còn bitcoin?", "thế còn vé máy bay", "giá vàng"])
def test_who_asks_about_something_else_is_not_answered_with_what_was_asked_before(typed: str) -> None:
    before = "hồ sơ bị mất thì sở có báo không"
    assert ask(typed, previous=before) == ask(typed)


def test_a_refusal_names_no_clause_that_only_the_question_before_was_about() -> None:
    found = ask("thế còn giá xăng hôm nay", previous="hồ sơ bị mất thì sở có báo không")
    assert isinstance(found, Refusal)
    assert found.nearest is None


@pytest.mark.parametrize(
    ("asked", "datum"),
    [
        ("lệ phí là bao nhiêu", Datum.MONEY),
        ("số điện thoại của văn phòng", Datum.PHONE),
        ("trụ sở ở đâu", Datum.ADDRESS),
        ("mấy giờ mở cửa", Datum.HOURS),
        ("bao lâu thì có kết quả", Datum.DURATION),
        ("tỉ lệ hài lòng là bao nhiêu", Datum.PERCENT),
        ("giám đốc tên là gì", Datum.NAME),
        ("thành lập năm nào", Datum.DATE),
        ("có mấy phụ lục", Datum.COUNT),
        ("what are the opening hours", Datum.HOURS),
        ("mấy anh cho hỏi nộp ở đâu", None),
        ("đánh giá nội bộ để làm gì", None),
    ],
)
def test_the_kind_of_datum_asked_for_is_told(asked: str, datum: Datum | None) -> None:
    assert wanted(asked).datum is datum


def test_what_is_asked_for_is_told_without_marks_too() -> None:
    assert wanted("tai mẫu đơn ở đâu", bare=True).datum is Datum.PAPERS
    assert wanted("lượng của chuyên viên là bao nhiêu", bare=True).datum is Datum.MONEY
    assert wanted("lượng của chuyên viên").datum is None
    assert wanted("có máy tính, máy in không", bare=True).datum is None


def test_a_plural_is_no_count() -> None:
    assert wanted("nhà máy xả nước bẩn mấy chuyện đó sở có lo không").datum is None
    assert wanted("sổ tay gồm mấy phần").datum is Datum.COUNT


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("d9u7o7c5", "được"), ("sa2n", "sàn"), ("nguoi72", "người"), ("pl03", None), ("a4", None), ("iso9001", None)],
)
def test_raw_vni_is_read_and_codes_are_left_alone(typed: str, meant: str | None) -> None:
    assert SPEECH.typed_raw(typed) == meant


def test_a_datum_is_shown_only_by_its_own_form() -> None:
    assert shown(wanted("lệ phí là bao nhiêu"), "Lệ phí: 1.200.000 đồng")
    assert not shown(wanted("lệ phí là bao nhiêu"), "Lệ phí theo quy định của pháp luật")
    assert shown(wanted("có mấy phụ lục"), "Có 4 phụ lục kèm theo")
    assert not shown(wanted("có mấy phụ lục"), "Các quy trình liên quan")
    assert not shown(wanted("giám đốc tên là gì"), "Giám đốc Sở ban hành chính sách")


def test_a_number_names_a_place_only_where_there_is_one() -> None:
    places = {"4.3", "9.1.2"}
    assert named("theo dieu 4.3 va 9.1.2", places) == (["4.3", "9.1.2"], [])
    assert named("cach mang cong nghiep 4.0 tang 6.5%", places) == ([], [])
    assert named("dieu 15.2 noi gi", places) == ([], ["15.2"])


def test_a_list_ends_where_its_lead_ins_own_kind_comes_again() -> None:
    lines = ["- Gồm:", "1. Một", "2. Hai, phải:", "+ a", "+ b", "- Khác", "Tài liệu liên quan: X"]
    assert blocks_of(lines) == [
        Block(0, 4, is_list=True),
        Block(2, 4, is_list=True, depth=1),
        Block(5, 5, is_list=False),
        Block(6, 6, is_list=False),
    ]


def test_a_long_place_is_cut_into_windows_that_lose_nothing() -> None:
    body = "\n".join(f"{number}. " + "từ " * 30 for number in range(40))
    windows = list(windows_of(text(("1", "Dài", body), ("2", "Trống", " "))))
    assert {window.place for window in windows} == {Place("1", "Dài", body)}
    assert all(len(window.body.split()) <= WORDS + 40 for window in windows)
    said = "\n".join(window.body for window in windows)
    assert all(f"{number}. từ" in said for number in range(40))


def test_vectors_are_read_from_half_and_single_floats() -> None:
    half = bytes.fromhex("003c00000000")
    assert list(unpack(half)) == [1.0, 0.0, 0.0]
    assert list(unpack(bytes.fromhex("0000803f0000000000000000"))) == [1.0, 0.0, 0.0]


def test_every_remark_says_itself_in_both_languages_and_from_when() -> None:
    assert len({remark.key for remark in remarks()}) == len(remarks()) > 0
    assert all(remark.vi and remark.en and remark.source and remark.since[:2] == "20" for remark in remarks())
    assert all("chưa" in remark.vi for remark in remarks() if not remark.sure)
