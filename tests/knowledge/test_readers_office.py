"""Word, Excel and HTML files with what offices put into them, and those that must be refused."""

import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook

from knowledge.readers import Reading, Unreadable, read

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NUMBERS = f"""<w:numbering {SPACE}><w:abstractNum w:abstractNumId="1">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Điều %1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2."/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return made.getvalue()


def docx(body: str, **parts: str) -> bytes:
    document = f'<?xml version="1.0"?><w:document {SPACE}><w:body>{body}</w:body></w:document>'
    return packed({"word/document.xml": document, **{f"word/{name}.xml": part for name, part in parts.items()}})


def p(text: str, about: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{about}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def listed(text: str, level: int) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>')


def xlsx(*sheets: tuple[str, list[list[object]]], hidden: str = "") -> bytes:
    book = Workbook()
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title == hidden else "visible"
    book.remove(book.worksheets[0])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def texts(reading: Reading) -> dict[str, str]:
    return {place.id: place.text for place in reading.places}


def lines(source: bytes, name: str = "a.docx") -> list[str]:
    return read(name, source).places[0].text.split("\n")


def test_automatic_numbers_of_word_are_counted() -> None:
    body = listed("Phạm vi", 0) + listed("Toàn Sở", 1) + listed("phòng", 2) + listed("ban", 2) + listed("Xã", 1)
    found = read("a.docx", docx(body + listed("Hiệu lực", 0) + listed("Từ ngày ký", 1), numbering=NUMBERS))
    assert texts(found) == {"dieu-1": "1.1. Toàn Sở\na) phòng\nb) ban\n1.2. Xã", "dieu-2": "2.1. Từ ngày ký"}


def test_what_was_deleted_in_word_is_gone_and_what_was_inserted_is_there() -> None:
    gone = "<w:del><w:r><w:delText>mười</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>xa</w:t></w:r></w:moveFrom>"
    come = "<w:ins><w:r><w:t>năm ngày</w:t></w:r></w:ins>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r>"
    assert lines(docx(f"<w:p><w:r><w:t>Thời hạn </w:t></w:r>{gone}{come}{hidden}</w:p>")) == ["Thời hạn năm ngày"]


def test_headings_of_word_are_known_by_their_style() -> None:
    styles = f"""<w:styles {SPACE}><w:style w:type="paragraph" w:styleId="a"><w:name w:val="heading 1"/></w:style>
    <w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/><w:name w:val="Muc"/></w:style>
    <w:style w:type="paragraph" w:styleId="c"><w:name w:val="toc 1"/></w:style></w:styles>"""
    contents = '<w:p><w:pPr><w:pStyle w:val="c"/></w:pPr><w:r><w:t>1. Mục đích</w:t><w:tab/><w:t>3</w:t></w:r></w:p>'
    body = contents + p("1. Mục đích", '<w:pStyle w:val="b"/>') + p("Quy định.")
    assert texts(read("a.docx", docx(body, styles=styles))) == {"mo-dau": "1. Mục đích ..... 3", "1": "Quy định."}


def test_tables_text_boxes_and_line_breaks_of_word_are_lines() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('x')}</w:tc><w:tc>{p('y')}</w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc>{p('A')}{inner}</w:tc><w:tc>{p('B')}</w:tc></w:tr></w:tbl>"
    framed = f"<w:tbl><w:tr><w:tc>{p('Khung')}</w:tc></w:tr></w:tbl>"
    box = f"<w:p><w:r><w:pict><w:txbxContent>{p('Hộp')}</w:txbxContent></w:pict></w:r></w:p>"
    broken = "<w:p><w:r><w:t>một</w:t><w:br/><w:t>hai</w:t></w:r></w:p>"
    assert lines(docx(table + framed + box + broken)) == ["A x | y | B", "Khung", "Hộp", "một", "hai"]


@pytest.mark.parametrize(
    ("font", "text", "shown"),
    [(".VnTime", "LÖ phÝ", "Lệ phí"), (".VnTimeH", "lÖ phÝ", "LỆ PHÍ"), ("VNI-Times", "Leä phí", "Lệ phí")],
)
def test_runs_in_old_fonts_are_turned_and_a_sample_is_shown(font: str, text: str, shown: str) -> None:
    found = read("a.docx", docx(p(text, run=f'<w:rFonts w:ascii="{font}"/>') + p("Đúng rồi")))
    assert found.places[0].text == f"{shown}\nĐúng rồi"
    assert shown in found.warnings[0]


def test_sheets_are_parted_and_hidden_ones_named() -> None:
    fees: list[list[object]] = [["Tên", "Phí", "Từ"], ["Cấp mới", 0.2, date(2026, 3, 28)], [], ["Cấp lại", True, None]]
    found = read("b.xlsx", xlsx(("Lệ phí", fees), ("Ghi chú", [["Chỉ để đọc"]]), ("Nháp", fees), hidden="Nháp"))
    assert texts(found) == {
        "le-phi-dong-2": "Tên: Cấp mới\nPhí: 0.2\nTừ: 28/03/2026",
        "le-phi-dong-4": "Tên: Cấp lại\nPhí: Có",
        "ghi-chu": "Chỉ để đọc",
    }
    assert "Nháp" in found.warnings[0]


def test_formulas_that_were_never_computed_are_told() -> None:
    found = read("b.xlsx", xlsx(("A", [["Tên", "Phí"], ["Cấp mới", "=1+1"], ["Cấp lại", 5]])))
    assert found.places[0].text == "Tên: Cấp mới"
    assert "1 ô công thức" in found.warnings[0]


def test_a_page_gives_its_headings_lists_and_tables_and_not_its_menus() -> None:
    page = """<!doctype html><title>Trang</title><script>if (a<b) document.write("<p>x")</script><nav>Menu</nav>
    <h1>Quy trình</h1><p style="display:none">ẩn<h2>1. Nộp</h2><ol type=a><li>đơn<li>bản sao<ul><li>công chứng</ul></ol>
    <table><tr><td>Loại<td>Phí<tr><td>Mới<td>5</table><pre>một
hai</pre>"""
    found = read("a.html", page.encode())
    assert found.title == "Quy trình"
    assert texts(found)["1"].split("\n") == [
        *("a. đơn", "b. bản sao", "- công chứng", "Loại | Phí", "Mới | 5", "một", "hai"),
    ]


MAIN = "word/document.xml"
BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
XXE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
DEEP = docx("<w:sdt>" * 3000 + "</w:sdt>" * 3000)


@pytest.mark.parametrize(
    ("name", "source", "why"),
    [
        ("a.docx", b"PK\x03\x04 rubbish", "broken"),
        ("a.xlsx", b"PK\x03\x04 rubbish", "broken"),
        ("a.docx", docx("<w:p>")[:200], "broken"),
        ("a.docx", packed({MAIN: "<w:p>"}), "broken"),
        ("a.docx", packed({MAIN: BOMB}), "entities"),
        ("a.docx", packed({MAIN: XXE}), "entities"),
        ("a.xlsx", packed({"xl/workbook.xml": BOMB}), "entities"),
        ("a.xlsx", packed({"xl/workbook.xml": "<a/>"}), "broken"),
        ("a.docx", DEEP, "too_deep"),
        ("a.docx", packed({MAIN: "x", "word/media/a.bin": b"\0" * 300_000_001}), "swollen"),
        ("a.docx", packed({MAIN: b" " * 30_000_001}), "swollen"),
        ("a.docx", packed({MAIN: "<a/>", **{f"{at}": "" for at in range(5001)}}), "swollen"),
        ("a.docx", packed({MAIN: "<a/>", "word/vbaProject.bin": "x"}), "macros"),
        ("a.xlsm", packed({"xl/workbook.xml": "<a/>", "xl/vbaProject.bin": "x"}), "macros"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument", "binary"),
        ("a.docx", docx(""), "no_places"),
        ("a.xlsx", xlsx(("A", [])), "no_places"),
        ("a.html", b"<html></html>", "no_places"),
        ("a.html", b"<table><td>" * 40, "too_deep"),
        ("a.html", b"<p>a" * 300_001, "too_many"),
        ("a.html", b"x" * 10_000_001, "too_large"),
        ("a.docx", b"PK\x03\x04" + b"x" * 25_000_000, "too_large"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_cannot_be_read_is_said_in_both_languages(name: str, source: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(name, source)
    assert refused.value.why == why
    assert str(refused.value) == refused.value.told("vi") != refused.value.told("en")


@pytest.mark.parametrize(
    "piece",
    ["<b>", "<p>", "</p>", "<div>", "<li>", "<tr>", "<td>", "<ul>", "<font face=.VnTime>", "<!--", "<script", "<"],
)
def test_a_hundred_thousand_tags_that_nothing_closes_are_read_in_one_go(piece: str) -> None:
    """Bounded scans: a quadratic one would keep this test busy for minutes."""
    assert read("a.html", ("<p>Đầu</p>" + piece * 100_000).encode()).places
