import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numbers import luhn, tax_check
from knowledge.privacy import MaskedKind, mask

PHONE, EMAIL, CARD = MaskedKind.PHONE, MaskedKind.EMAIL, MaskedKind.CARD
PERSONAL_ID, TAX_CODE = MaskedKind.PERSONAL_ID, MaskedKind.TAX_CODE

PERSONAL = [
    ("sdt 0905123456 nha", "sdt 09xx***456 nha", PHONE),
    ("gọi em số 0905.123.456", "gọi em số 09xx***456", PHONE),
    ("0905-123-456", "09xx***456", PHONE),
    ("số em 09 05 12 34 56", "số em 09xx***456", PHONE),
    ("0 9 0 5 1 2 3 4 5 6", "09xx***456", PHONE),
    ("+84 905 123 456", "09xx***456", PHONE),
    ("84905123456", "09xx***456", PHONE),
    ("0084905123456", "09xx***456", PHONE),
    ("+84(0)905123456", "09xx***456", PHONE),
    ("+1 415 555 2671 is my number", "+14xx***671 is my number", PHONE),
    ("(0258) 3822 123", "02xx***123", PHONE),
    ("02583822123", "02xx***123", PHONE),
    ("024 3826 1234", "02xx***234", PHONE),
    ("điện thoại 3822 123", "điện thoại 38xx***123", PHONE),
    ("zalo 905123456", "zalo 90xx***456", PHONE),
    ("sdt0905123456nha", "sdt09xx***456nha", PHONE),
    ("0905123456 đ/c Lan", "09xx***456 đ/c Lan", PHONE),
    ("0905 123 456 đ/c Lan", "09xx***456 đ/c Lan", PHONE),
    ("hs H32.17-250702-0001 sdt 0905123456", "hs H32.17-250702-0001 sdt 09xx***456", PHONE),
    ("０９０５１２３４５６", "09xx***456", PHONE),
    ("٠٩٠٥١٢٣٤٥٦", "09xx***456", PHONE),
    ("0\u200b9\u200b0\u200b5\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6", "09xx***456", PHONE),
    ("0️⃣9️⃣0️⃣5️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣".replace("️⃣", "\ufe0f\u20e3"), "09xx***456\ufe0f\u20e3", PHONE),
    ("O9O5123456", "09xx***456", PHONE),
    ("không chín không năm một hai ba bốn năm sáu", "09xx***456", PHONE),
    ("khong chin khong nam, mot hai ba, bon nam sau", "09xx***456", PHONE),
    ("số điện thoa\u0323i không chín không năm 123 456", "số điện thoa\u0323i 09xx***456", PHONE),
    ("zero nine zero five one two three four five six", "09xx***456", PHONE),
    ("cccd 079203001234", "cccd 079*******34", PERSONAL_ID),
    ("số căn cước: 079 203 001 234", "số căn cước: 079*******34", PERSONAL_ID),
    ("056203001234", "056*******34", PERSONAL_ID),
    ("0.5.6.2.0.3.0.0.1.2.3.4", "056*******34", PERSONAL_ID),
    ("cmnd 225123456", "cmnd 225****56", PERSONAL_ID),
    ("CMND số 225 123 456", "CMND số 225****56", PERSONAL_ID),
    ("chứng minh nhân dân của tôi là 225.123.456", "chứng minh nhân dân của tôi là 225****56", PERSONAL_ID),
    ("mst 4201234567", "mst 42******67", TAX_CODE),
    ("4201234567-001", "42******67-***", TAX_CODE),
    ("mã số thuế 0312345678", "mã số thuế 03******78", TAX_CODE),
    ("MST: 42 0123 4567", "MST: 42******67", TAX_CODE),
    ("mst cá nhân 079203001234", "mst cá nhân 07******12", TAX_CODE),
    ("gửi nam.tran@gmail.com.vn giúp", "gửi n***@gmail.com.vn giúp", EMAIL),
    ("nam.tran (at) gmail . com nhé", "n***@gmail.com nhé", EMAIL),
    ("nam.tran[at]gmail[dot]com", "n***@gmail.com", EMAIL),
    ("ten at gmail dot com", "t***@gmail.com", EMAIL),
    ("lan a còng yahoo chấm com chấm vn", "l***@yahoo.com.vn", EMAIL),
    ("mail lan@x.vn. Có ai không", "mail l***@x.vn. Có ai không", EMAIL),
    ("0905123456@gmail.com", "0***@gmail.com", EMAIL),
    ("Nguyễn＠ｇｍａｉｌ．ｃｏｍ", "n***@gmail.com", EMAIL),
    ("thẻ 4111 1111 1111 1111", "thẻ ************1111", CARD),
    ("4111-1111-1111-1111", "************1111", CARD),
    ("3782 822463 10005", "***********0005", CARD),
    ("9704366612345678", "************5678", CARD),
    ("stk 0071000123456 vcb", "stk *********3456 vcb", CARD),
]

NOT_PERSONAL = [
    *("000.00.17.H32-230511-0001", "hs H32.17-250702-0001 toi dau", "hs 250702-0001", "hs cua toi ma 000.17.25.H32"),
    *("0412 bo sung r", "0412 0415 0417 trễ hẹn", "thủ tục 2.000674", "liên hệ ai về thủ tục 2.000674"),
    *("Quyết định số 775/QĐ-UBND ngày 28/3/2008", "181/QĐ-UBND ngày 20/01/2020 186/QĐ-UBND ngày 18/01/2017"),
    *("28.03.2008 15.04.2008", "17-11-2026", "2026-11-17 2026-11-24", "từ 1/7/2025 đến 28/02/2027"),
    *(
        "1.200.000 đ",
        "1200000000 đồng",
        "5.000.000.000",
        "vốn 84.905.123.456 đồng",
        "2,5 triệu",
        "1,200,000 VND",
        "5000000000",
    ),
    *("mục 9.1.2", "4.1; 4.2; 4.3; 4.4", "4.1 4.2 4.3 4.4 5.1 5.2 5.3 6.1", "ISO 9001:2015 và ISO 14001:2015"),
    *("năm 2018, 2019, 2020, 2021", "liên hệ 2024-2025", "91/2025/QH15", "NĐ 118/2025/NĐ-CP, TT 01/2018/TT-VPCP"),
    *("07:30 - 11:30, 13:30 - 17:00", "tổng đài 19001234", "gọi 1800 1234", "8.30 sang thu 2", "QT-01 BM.QT-01.02"),
    *("gọi tắt là Quyết định số 170/2008/QĐ-TTg", "liên hệ về văn bản 1234/SCT-QLNL"),
    *("03 năm 3.100.000", "1 | 21% | 1.094.000 | 21 | 41%"),
    *("không hai lòng", "năm nay không có gì", "một hai ba bốn", "look at google.com", "trang dichvucong.gov.vn"),
    *("theo dõi @khanhhoa", "12 345", "", "tài khoản có 1.200.000.000"),
]


@pytest.mark.parametrize(("text", "masked", "kind"), PERSONAL)
def test_a_personal_number_or_address_is_masked(text: str, masked: str, kind: MaskedKind) -> None:
    assert mask(text).text == masked
    assert mask(text).kinds == {kind}


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_a_number_of_the_office_is_not_masked(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).kinds == frozenset()


def test_several_kinds_in_one_text_are_all_masked() -> None:
    masked = mask("Tôi là Lan, cccd 056203001234, sdt 0905 123 456, mail lan@x.vn, mst 4201234567")
    assert masked.text == "Tôi là Lan, cccd 056*******34, sdt 09xx***456, mail l***@x.vn, mst 42******67"
    assert masked.kinds == {PERSONAL_ID, PHONE, EMAIL, TAX_CODE}


PIECES = [
    *"0123456789",
    *" .-+@()*x,/:",
    *"odkat",
    "không ",
    "chín ",
    "năm ",
    " sdt ",
    " stk ",
    " cccd ",
    "com",
    "\u200b",
    "０",
    "٣",
]
LIKELY = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(st.one_of(st.text(max_size=200), LIKELY))
def test_masking_never_fails_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once


@given(
    st.text(max_size=40).filter(lambda text: not any(c.isdigit() for c in text)),
    st.from_regex(r"0[35789]\d{8}", fullmatch=True),
)
def test_a_phone_number_does_not_survive_whatever_stands_around_it(around: str, phone: str) -> None:
    assert phone not in mask(around + phone + around).text


@given(
    st.from_regex(r"09\d{8}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", ".", "-", "\u200b", "\u00a0"]), min_size=10, max_size=10),
)
def test_a_phone_number_does_not_survive_its_separators(phone: str, separators: list[str]) -> None:
    text = "".join(a + b for a, b in zip(phone, separators, strict=True))
    assert sum(c.isdigit() for c in mask(f"số {text}").text) <= 5


@pytest.mark.parametrize(
    "piece", ["1", "0905123456 ", "a@b.vn ", "4111 ", "không ", "a@", "1.", "ooooo", "((((", "*", "@ .", "0x***1", "9-"]
)
def test_a_hundred_thousand_characters_are_masked_in_one_go(piece: str) -> None:
    """Bounded patterns: a quadratic one would keep this test busy for minutes."""
    text = piece * (100_000 // len(piece))
    assert mask(text).text.count("0905123456") == 0


def test_the_check_digits_are_the_published_ones() -> None:
    assert tax_check("0100109106")  # Viettel's, printed on its invoices
    assert not tax_check("0100109107")
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
