"""PDF files as other programs draw them, and those that must be refused."""

import random
import zlib
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader as Pypdf
from pypdf import PdfWriter

from knowledge.readers import Unreadable, read
from knowledge.readers.pdf_sheet import Budget

FORMATS = Path(__file__).parents[1] / "data" / "formats"


IMAGE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
    b"stream\n0\nendstream"
)


def pdf(*pages: bytes, resources: bytes = b"", packed: bool = False, more: Sequence[bytes] = ()) -> bytes:
    """Write a PDF of these page drawings; /F1 is Helvetica, /F2 its bold."""
    kids = b" ".join(b"%d 0 R" % (5 + 2 * at) for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for at, page in enumerate(pages):
        drawing = zlib.compress(page) if packed else page
        kind = b"/Filter/FlateDecode" if packed else b""
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R" % (6 + 2 * at)
            + b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>%s>>>>" % resources,
            b"<</Length %d%s>>stream\n%s\nendstream" % (len(drawing), kind, drawing),
        ]
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate([*objects, *more], 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    xref = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + xref + trailer


def said(*lines: tuple[float, float, str], font: str = "F1") -> bytes:
    return b"".join(
        b"BT /%s 12 Tf %f %f Td (%s) Tj ET\n" % (font.encode(), x, y, text.encode("cp1252")) for x, y, text in lines
    )


def refused(source: bytes, name: str = "a.pdf") -> str:
    with pytest.raises(Unreadable) as found:
        read(name, source)
    assert str(found.value) != found.value.told("en")
    return found.value.why


def test_a_scan_is_refused_with_what_to_do() -> None:
    scan = pdf(
        b"q 595 0 0 842 0 0 cm /Im1 Do Q",
        resources=b"/XObject<</Im1 7 0 R>>",
        more=[IMAGE],
    )
    assert refused(scan) == "no_text_layer"
    with pytest.raises(Unreadable, match="OCR"):
        read("a.pdf", scan)


def test_a_scanned_page_among_others_is_named() -> None:
    text = said((60, 700, "Thu tuc nay duoc lam tai mot cua cua So."))
    found = read("a.pdf", pdf(text, b"/Im1 Do", text, resources=b"/XObject<</Im1 11 0 R>>", more=[IMAGE]))
    assert "2" in found.warnings[0]


def test_a_file_under_a_password_is_refused_and_one_locked_against_changes_is_read() -> None:
    for password, why in (("mat-khau", "locked"), ("", "")):
        writer = PdfWriter(clone_from=Pypdf(BytesIO(pdf(said((60, 700, "Noi dung cua van ban"))))))
        writer.encrypt(password, "owner", algorithm="RC4-128")
        packed = BytesIO()
        writer.write(packed)
        if why:
            assert refused(packed.getvalue()) == why
        else:
            assert read("a.pdf", packed.getvalue()).places[0].text == "Noi dung cua van ban"


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [
        said((60, 800, "So Cong Thuong - QT.01"), (60, 700, f"Noi dung rieng cua phan {name}."), (290, 30, f"{at}"))
        for at, name in enumerate("abcd", 1)
    ]
    assert read("a.pdf", pdf(*pages)).places[0].text == "\n".join(f"Noi dung rieng cua phan {name}." for name in "abcd")


def test_a_sentence_goes_on_over_a_page_break() -> None:
    wide = "Day la mot doan van ban kha dai duoc viet den tan le phai cua trang giay"
    found = read("a.pdf", pdf(said((60, 60, wide)), said((60, 780, "va con tiep tuc o trang sau."))))
    assert found.places[0].text == f"{wide} va con tiep tuc o trang sau."


def test_letters_that_are_set_apart_by_moves_are_words() -> None:
    drawn = b"BT /F1 12 Tf 60 700 Td [(Th)-20(oi)-600(han)] TJ ET"
    assert read("a.pdf", pdf(drawn)).places[0].text == "Thoi han"


def test_texts_beside_each_other_are_parted() -> None:
    drawn = said((60, 780, "UBND TINH"), (300, 780, "CONG HOA XA HOI"), (60, 700, "Dieu khoan chung cua quy che nay."))
    assert read("a.pdf", pdf(drawn)).places[0].text.split("\n")[0] == "UBND TINH | CONG HOA XA HOI"


@pytest.mark.parametrize("lines", [b"0.5 w 50 %d m 550 %d l S\n", b"50 %d 500 0.5 re f\n%% %d\n"])
def test_ruled_tables_are_rows_whatever_draws_the_lines(lines: bytes) -> None:
    across = b"".join(lines % (y, y) for y in (740, 700, 660))
    upright = b"".join(b"%d 660 m %d 740 l S\n" % (x, x) for x in (50, 300, 550))
    text = said((60, 720, "Loai"), (310, 720, "Le phi")) + said((60, 680, "Cap moi"), (310, 680, "200.000 d"))
    found = read("a.pdf", pdf(across + upright + text + said((60, 600, "Het."))))
    assert found.places[0].text == "Loai | Le phi\nCap moi | 200.000 d\nHet."


def test_large_letters_are_headings() -> None:
    title = b"BT /F2 20 Tf 60 780 Td (QUY TRINH) Tj ET BT /F2 15 Tf 60 740 Td (1. Muc dich) Tj ET\n"
    found = read("a.pdf", pdf(title + said((60, 700, "Noi dung la van ban binh thuong cua quy trinh."))))
    assert (found.title, found.places[-1].id, found.places[-1].title) == ("QUY TRINH", "1", "Muc dich")


def test_a_font_of_old_times_shows_vietnamese() -> None:
    source = pdf(said((60, 700, "Së C«ng Th\u00ad¬ng")))
    assert read("a.pdf", source.replace(b"/Helvetica/", b"/.VnTime/")).places[0].text == "Sở Công Thương"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"%PDF-1.7\n", "broken"),
        (b"%PDF-1.7\n" + b"x" * 1000, "broken"),
        ((FORMATS / "quy-che.pdf").read_bytes()[:9000], "broken"),
        (b"%PDF-1.7\n" + b"x" * 25_000_001, "too_large"),
        (pdf(*[b""] * 1001), "too_many_pages"),
        (pdf(b"0 0 m " * 2_000_000, packed=True), "swollen"),
    ],
    ids=["no objects", "rubbish", "cut off", "large", "pages", "bomb"],
)
def test_what_cannot_be_read_is_said_in_both_languages(source: bytes, why: str) -> None:
    assert refused(source) == why


def test_many_small_bombs_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.readers.pdf.Budget", partial(Budget, things=5_000))
    assert refused(pdf(*[b"0 0 m " * 700] * 10, packed=True)) == "swollen"


def test_a_form_that_draws_itself_ends() -> None:
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 7 0 R>>>>/Length 11>>"
    form += b"stream\n/X Do /X Do\nendstream"
    assert refused(pdf(b"/X Do", resources=b"/XObject<</X 7 0 R>>", more=[form])) == "no_text_layer"


OPERATORS = b"q Q cm m l h re S f n Do BT ET Tf Tc Tw Tz TL Td TD Tm T* Tj TJ ' \" W b* d gs BI ID EI".split()
OPERANDS = (
    b"0 1 -1 12 700 1e9 -99999999999 0.0001 (abc) (\\377\\000) <4142> [(a)-600(b)] [] <<>> /F1 /F2 /X true null".split()
)


@pytest.mark.parametrize("seed", range(40))
def test_any_drawing_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same drawing every time
    drawn = b" ".join(chance.choice(OPERANDS if chance.random() < 0.7 else OPERATORS) for _ in range(400))
    with suppress(Unreadable):
        read("a.pdf", pdf(said((60, 700, "Noi dung")) + drawn))


CLAUSES = [
    *((72.0, 700.0, "4.1. Boi canh"), (220.0, 700.0, "So Cong Thuong la co quan hanh chinh cua tinh,")),
    *((72.0, 686.0, "cua to chuc"), (220.0, 686.0, "phu trach nhieu linh vuc quan trong.")),
    (220.0, 672.0, "- Cac van de noi bo va ben ngoai duoc xem xet."),
    *((72.0, 658.0, "4.2. Ben quan"), (220.0, 658.0, "Cac ben quan tam gom nguoi dan va")),
    *((72.0, 644.0, "tam"), (220.0, 644.0, "doanh nghiep tren dia ban tinh.")),
    *((72.0, 630.0, "4.3. Pham vi"), (220.0, 630.0, "Pham vi gom muoi sau linh vuc.")),
]


def test_a_table_without_lines_is_rows_and_the_person_is_told() -> None:
    left, right = ([line for line in CLAUSES if (line[0] < 100) == side] for side in (True, False))
    drawn = said((72, 760, "SO TAY THU NGHIEM")) + said(*left, font="F2") + said(*right)
    found = read("a.pdf", pdf(drawn))
    assert [place.id for place in found.places][-3:] == ["4.1", "4.2", "4.3"]
    text = {place.id: place.text for place in found.places}
    assert text["4.1"].startswith("So Cong Thuong la co quan hanh chinh cua tinh, phu trach nhieu linh vuc")
    assert text["4.3"] == "Pham vi gom muoi sau linh vuc."
    assert any("không kẻ khung: trang 1" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    "lines",
    [
        [
            (72.0 if at % 3 == 0 else 100.0, 700.0 - 14 * at, "Dong chu nay di het chieu rong cua trang giay")
            for at in range(9)
        ],
        [(x, 700.0 - 14 * at, "-" if x < 80 else "Muc nay thut vao") for at in range(9) for x in (72.0, 150.0)],
        [(72.0, 700.0 - 14 * at, "Dong chu nay di het chieu rong cua trang giay va khong co cot") for at in range(9)],
    ],
    ids=["indented", "hanging", "plain"],
)
def test_what_is_no_table_is_not_taken_for_one(lines: list[tuple[float, float, str]]) -> None:
    assert not any("không kẻ khung" in warning for warning in read("a.pdf", pdf(said(*lines))).warnings)
