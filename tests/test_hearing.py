"""What may be stored of a text is decided before anything else is done with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing import LONGEST, heard_update, listen
from handlers.link import HIDDEN
from knowledge.privacy import MaskedKind
from knowledge.vietnamese import tidy

CODES = ("AB3D-EFGH-IJKL-MNOP-QRST-UVWX-YZ", "2345-67AB-CDEF-GHIJ-KLMN-OPQR-ST", "TOIC-ANHO-SO2B-ANGC-HOXE-MAYC-UA")


def test_of_a_denunciation_nothing_goes_on() -> None:
    heard = listen("Tôi tố cáo ông Nguyễn Văn Bình nhận hối lộ 50 triệu")
    assert heard.suspicion is not None
    assert (heard.text, heard.secret) == ("", "")


@pytest.mark.parametrize("kind", ["message", "edited_message"])
def test_of_an_update_only_what_may_go_on_goes_on(kind: str) -> None:
    message = {
        "message_id": 1,
        "text": "gọi tôi 0912345678",
        "caption": "056123456789",
        "reply_to_message": {"text": "056123456789"},
        "entities": [],
    }
    update, heard = heard_update({"update_id": 1, kind: message})
    assert heard.masked == {MaskedKind.PHONE}
    assert "0912345678" not in str(update)
    assert "056123456789" not in str(update)
    assert message["text"] == "gọi tôi 0912345678", "the channel's own copy is left alone"


@pytest.mark.parametrize(
    "shape", ["{}", "lien ket {}", "/lienket {}", "mã của tôi là {} đúng không", "liên kết: {}"], ids=repr
)
def test_a_one_time_code_stands_in_no_text(shape: str) -> None:
    for code in CODES:
        for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " ")):
            heard = listen(shape.format(typed))
            assert heard.secret.startswith(typed)
            assert HIDDEN in heard.text
            assert typed[:9] not in heard.text


@pytest.mark.parametrize("between", ["–", "—", "\u2011", "−", "_", " - ", "- ", " – ", ", ", "."], ids=repr)
def test_a_code_as_a_phone_or_a_letter_writes_it_stands_in_no_text(between: str) -> None:
    for code in CODES:
        typed = code.replace("-", between)
        for shape in ("{}", "lien ket {}", "liên kết: {}.", "mã của tôi là {} đúng không"):
            heard = listen(shape.format(typed))
            assert heard.secret == typed
            assert not any(group in heard.text for group in code.split("-")[:6])


@pytest.mark.parametrize("typed", ["AB3D-EFGH-IJKL", "ab3d-efgh-ijkl-mnop", "AB3D–EFGH–IJ"])
def test_a_part_of_a_code_after_the_command_is_not_stored_either(typed: str) -> None:
    for before in ("liên kết ", "lien ket: ", "Mã liên kết "):
        assert typed[:4] not in listen(before + typed).text


@pytest.mark.parametrize("at", range(4 * LONGEST - 14, 4 * LONGEST + 2))
def test_no_half_of_a_number_is_left_where_listening_ends(at: int) -> None:
    heard = listen(f"{'a ' * 500}{' ' * (at - 1000)}079123456789 {'b ' * LONGEST}")
    assert heard.cut
    assert set(heard.text) == set("a ")


def test_what_lies_beyond_all_listening_is_neither_kept_nor_worked() -> None:
    heard = listen("Lệ phí cấp phép là bao nhiêu? " * 1000 + "079123456789")
    assert (heard.cut, heard.suspicion, len(heard.text)) == (True, None, LONGEST)


@pytest.mark.parametrize("at", range(LONGEST - 14, LONGEST + 2))
def test_no_half_of_a_number_is_left_where_a_long_text_is_cut(at: int) -> None:
    heard = listen(("a " * LONGEST)[: at - 1] + " 079123456789 " + "a " * 500)
    assert heard.cut
    assert "0791" not in heard.text


@pytest.mark.parametrize(
    "text",
    [
        "toi can nop ho so gi de xin giay phep ban le xang dau 2 nam",
        "hồ sơ 000.00.17.H32-230511-0001 đến đâu rồi",
        "khongcodaucachgicatoinguoi",
        "thu tuc 2.000674 can giay to gi",
        "lien ket giua cac ban",
        "liên kết với đơn vị nào",
        "quy trình QT-KH-05-2023 nói gì",
        "lưu hồ sơ - biên bản - báo cáo - tờ trình - giấy mời - sổ theo dõi",
        "000-00-17-H32-230511-0001",
        "0000017H32230511000123",
        "hs giay phep 2025 can nhung gi",
        "hs xang moto 1234",
        "H32.17-230511-0001 nộp 13/5/2023, phí 1.200.000 đồng, năm 2026 vẫn chưa có",
        "H32.17-230511-0001 và H32.17-230511-0002",
    ],
)
def test_what_is_no_code_is_left_as_it_was(text: str) -> None:
    heard = listen(text)
    assert (heard.secret, HIDDEN in heard.text) == ("", False)


@pytest.mark.parametrize(
    "typed",
    [
        *("HS-ABCD-EFGH-IJ2K", "hs abcd efgh ij2k", "HSABCDEFGHIJ2K", "Hs – abcd – efgh – ij2k"),
        *("HS.ABCD.EFGH.IJ2K", "ABCD-EFGH-IJ2K", "mã pin abcd—efgh—ij2k ạ", "HS_ABCD_EFGH_IJ2K"),
    ],
)
def test_the_pin_of_a_receipt_stands_in_no_text_however_it_is_typed(typed: str) -> None:
    heard = listen(typed)
    assert heard.secret == "HSABCDEFGHIJ2K"
    assert "cd" not in heard.text.casefold()


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("h32.17-261113-0001 sdt 4567 xem giup e toi dau roi", "4567"),
        ("H32.17-261113-0001, 4 số cuối điện thoại của em là 4567 nhé ạ em cảm ơn nhiều lắm", "4567"),
        ("4567 H32.17-261113-0001", "4567"),
        ("sđt (0900)004567 hồ sơ H32.17-261113-0001 toi dau roi", "0900004567"),
        ("H32.17-261113-0001 sđt 0900.004.567 giúp em với ạ", "0900004567"),
        ("H32-17-261113-0001 ４５６７", "4567"),
        ("https://cong.example.vn/?MHS=H32.17%2D261113%2D0001&SGT=4567", "4567"),
        ("４５６７", "4567"),
    ],
)
def test_digits_that_stand_beside_a_dossiers_code_stand_in_no_text(typed: str, digits: str) -> None:
    heard = listen(typed)
    assert heard.secret == digits
    if "H32" in typed.upper():
        assert not {digits, digits[-4:], "４５６７"} & set(heard.text.replace(".", "").split())


def test_numbers_in_what_staff_write_down_of_a_dossier_prove_nothing() -> None:
    heard = listen("ghi chú H32.17-261113-0001: còn 1500 tờ")
    assert (heard.secret, "1500" in heard.text) == ("", True)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_heard(text: str) -> None:
    heard = listen(text)
    assert len(heard.text) <= LONGEST
    assert heard.text == tidy(heard.text)
