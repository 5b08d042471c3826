"""Old Vietnamese encodings: what was written in them reads as Unicode, and nothing else is touched."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.readers import Unreadable, read
from knowledge.readers.encodings import _ALONE, _MARKS, _TCVN3, _VISCII, Legacy, in_font, recognised, unicode_of

MANUAL = Path(__file__).parents[2] / "knowledge" / "data" / "so-tay-chat-luong.md"
MOTTO = "Cộng hòa xã hội chủ nghĩa Việt Nam - Độc lập, Tự do, Hạnh phúc. Người ký quyết định: ưỡn ẹo, kỵ mỹ, ỷ lại"
TONES = "\u0300\u0301\u0303\u0309\u0323"


def apart(letter: str) -> tuple[str, str]:
    """Return a letter without its tone, and the tone."""
    whole = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in whole if mark in TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in whole if mark not in TONES)), tone


def vni(letter: str) -> str:
    alone = {made: sign for sign, made in _ALONE.items()}
    if letter in alone:
        return alone[letter]
    if letter.isascii():
        return letter
    whole = unicodedata.normalize("NFD", letter)
    base, marks = whole[0], whole[1:]
    if "\u031b" in marks:  # the horn of ơ and ư, which are letters of their own
        base, marks = alone[unicodedata.normalize("NFC", base + "\u031b")], marks.replace("\u031b", "")
    by_marks = {"".join(sorted(made)): sign for sign, made in _MARKS.items()}
    return base + (by_marks["".join(sorted(marks))] if marks else "")


def written(text: str, legacy: Legacy) -> bytes:
    """Write text as a program of the time did."""
    if legacy is Legacy.VNI:
        return "".join(map(vni, text)).encode("latin-1")
    if legacy is Legacy.CP1258:
        return "".join(letter if ord(letter) < 128 else "".join(apart(letter)) for letter in text).encode("cp1258")
    table = {made: byte for byte, made in (_TCVN3 if legacy is Legacy.TCVN3 else _VISCII).items()}
    return bytes(table[letter] if letter in table else ord(letter) for letter in text)


def without_capitals_it_lacks(text: str, legacy: Legacy) -> str:
    """TCVN3 has no capitals with a tone; their font is another."""
    return "".join(
        c.lower() if legacy is Legacy.TCVN3 and ord(c) > 127 and c not in _TCVN3.values() else c for c in text
    )


@pytest.mark.parametrize("legacy", Legacy)
def test_a_text_in_an_old_encoding_is_recognised_and_shown(legacy: Legacy) -> None:
    text = f"# Quy chế\n\nĐiều 1. Thời hạn\n{MOTTO}\n"
    found = read("quy-che.txt", written(text, legacy))
    assert found.places == read("quy-che.txt", text.encode()).places
    (warning,) = found.warnings
    assert legacy.value in warning
    assert "Cộng hòa xã hội chủ nghĩa" in warning


@pytest.mark.parametrize("legacy", Legacy)
def test_the_whole_manual_survives_an_old_encoding(legacy: Legacy) -> None:
    words = {word for word in MANUAL.read_text(encoding="utf-8").split() if word.isalpha()}
    text = without_capitals_it_lacks(" ".join(sorted(words)), legacy)
    garbled = written(text, legacy).decode("latin-1")
    assert unicode_of(garbled, legacy) == text
    assert recognised(garbled) is legacy


def test_garbled_text_that_was_saved_as_unicode_is_mended() -> None:
    found = read("a.md", "Céng hßa x· héi chñ nghÜa ViÖt Nam\n\n§éc lËp - Tù do - H¹nh phóc".encode())
    assert found.places[0].text == "Cộng hòa xã hội chủ nghĩa Việt Nam\nĐộc lập - Tự do - Hạnh phúc"


def test_a_garbled_line_among_good_ones_is_mended_alone() -> None:
    good = "Thời hạn là 30 ngày; có là và cá nhân, hồ sơ gồm diện tích 5 m², mở ở đây."
    found = read(
        "a.md", f"{good}\n\nCéng hßa x· héi chñ nghÜa ViÖt Nam, quyÕt ®Þnh\n\nN¬i nép\n\ncó và là cá nhân".encode()
    )
    assert found.places[0].text.split("\n") == [
        good,
        "Cộng hòa xã hội chủ nghĩa Việt Nam, quyết định",
        "Nơi nộp",
        "có và là cá nhân",
    ]


@pytest.mark.parametrize(
    ("text", "font", "shown"),
    [
        ("Së C«ng Th\u00ad¬ng", ".VnTime", "Sở Công Thương"),
        ("céng hßa", ".VnTimeH", "CỘNG HÒA"),
        ("Sôû Coâng Thöông", "VNI-Times", "Sở Công Thương"),
        ("Sở Công Thương", ".VnTime", "Sở Công Thương"),  # Unicode already
        ("été", "Times New Roman", "été"),
    ],
)
def test_a_font_tells_how_its_text_was_written(text: str, font: str, shown: str) -> None:
    assert in_font(text, font) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Voilà l'été déjà passé, où le garçon préfère être près du château",
        "Überraschung für die größten Bäume im schönen März",
        "thuốc lá và rượu",
        "1 234 € – 5 % à ± 3 °C",
        "",
    ],
)
def test_what_is_no_old_vietnamese_is_left_alone(text: str) -> None:
    assert recognised(text) is None


def test_western_bytes_that_are_no_vietnamese_are_refused() -> None:
    with pytest.raises(Unreadable) as refused:
        read("a.txt", "Voilà l'été déjà passé, où le garçon préfère".encode("latin-1"))
    assert refused.value.why == "not_utf8"


@pytest.mark.parametrize("charset", ["windows-1258", "x-viet-tcvn", "viscii"])
def test_a_page_is_read_in_the_charset_that_it_names(charset: str) -> None:
    legacy = {"windows-1258": Legacy.CP1258, "x-viet-tcvn": Legacy.TCVN3, "viscii": Legacy.VISCII}[charset]
    page = f'<html><head><meta charset="{charset}"></head><body><p>Lệ phí</p></body></html>'
    assert read("a.html", written(page, legacy)).places[0].text == "Lệ phí"


def test_a_page_in_an_old_font_is_read_by_its_font() -> None:
    page = b'<html><body><p><font face="VNI-Times">L\xeb\xe4 ph\xed</font></p></body></html>'
    page = page.replace(b"L\xeb\xe4 ph\xed", written("Lệ phí", Legacy.VNI))
    assert read("a.htm", page).places[0].text == "Lệ phí"


@given(st.text(max_size=200), st.sampled_from(list(Legacy)))
def test_turning_never_fails(text: str, legacy: Legacy) -> None:
    assert unicodedata.is_normalized("NFC", unicode_of(text, legacy))
    recognised(text)
