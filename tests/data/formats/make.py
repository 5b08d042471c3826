"""Writes what LibreOffice makes the samples of (README.md): `python make.py DIR`."""

import html
import re
import sys
from itertools import groupby
from pathlib import Path

from knowledge.readers.encodings import _TCVN3

HERE = Path(__file__).parent
MANUAL = HERE.parents[2] / "knowledge" / "data" / "so-tay-chat-luong.md"
LEADER = re.compile(r"\.\.\t\d+$")
TO_TCVN3 = {ord(letter): chr(byte) for byte, letter in _TCVN3.items()}
PAGE = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>\n{}\n</body></html>\n'
REGULATION = """<h1>QUY CHẾ TIẾP CÔNG DÂN</h1><p>Mã hiệu: QC-07</p>
<p align=center><b>Chương I</b></p><p align=center><b>QUY ĐỊNH CHUNG</b></p>
<p><b>Điều 1. Phạm vi</b></p><p>Quy chế này áp dụng cho:</p>
<ol><li>Phòng tiếp công dân của Sở;</li>
<li>Văn phòng Sở, gồm:<ul><li>bộ phận văn thư;</li><li>bộ phận một cửa.</li></ul></li></ol>
<p><b>Điều 2. Thời hạn</b></p>
<p>Thời hạn trả lời được tính như sau và được ghi trong phiếu hẹn giao cho người nộp đơn ngay khi tiếp nhận, kể cả khi
đơn được gửi qua đường bưu chính:</p>
<p>a) Đơn thường: 10 ngày làm việc;</p><p>b) Đơn phức tạp: 20 ngày làm việc.</p>
<table border=1 cellspacing=0><tr><th>Loại</th><th>Lệ phí</th><th>Nơi nộp</th></tr>
<tr><td>Cấp mới</td><td>200.000 đ</td><td>Một cửa</td></tr><tr><td>Cấp lại</td><td></td><td>Trực tuyến</td></tr></table>
<p align=center><b>Chương II</b></p><p align=center><b>TỔ CHỨC THỰC HIỆN</b></p>
<p><b>Điều 3. Hiệu lực</b></p><p>Quy chế có hiệu lực từ ngày ký.</p>"""
LIST = """DANH MỤC THỦ TỤC HÀNH CHÍNH,,,,
Mã hiệu: DM-01,,,,
STT,Tên thủ tục,Thời hạn (ngày),Lệ phí,Ngày ban hành
1,Cấp giấy phép bán lẻ rượu,10,200000,2026-03-28
2,"Cấp lại giấy phép, do mất",5,,2026-03-28

3,Gia hạn giấy phép,7.5,0,
"""


def kind(line: str) -> int:
    """Return how many cells a line of the manual has; 0 for one that is no row."""
    return line.count("\t") + 1 if "\t" in line and not LEADER.search(line) else 0


def row(line: str) -> str:
    cells = (cell if "<" in cell else f"<p>{html.escape(cell)}</p>" for cell in line.split("\t"))
    return "<tr>" + "".join(f'<td valign="top">{cell}</td>' for cell in cells) + "</tr>"


def paragraph(line: str) -> str:
    if found := re.match(r"(#+) (.*)", line):
        return f"<h{len(found[1])}>{html.escape(found[2])}</h{len(found[1])}>"
    text = html.escape(line.replace("**", "").strip()).replace("\t", " ")
    return f"<p><b>{text}</b></p>" if line.startswith("**") else f"<p>{text}</p>"


def manual() -> str:
    lines = [line for line in MANUAL.read_text(encoding="utf-8").split("\n") if line.strip()]
    parts = []
    for cells, group in groupby(lines, kind):
        if cells:
            rows = "".join(map(row, group))
            parts.append(f'<table border="1" cellpadding="4" cellspacing="0" width="100%">{rows}</table>')
        else:
            parts += map(paragraph, group)
    return "\n".join(parts)


def old(page: str) -> str:
    small = page.replace("QUY CHẾ TIẾP CÔNG DÂN", "Quy chế tiếp công dân")  # its capitals are of another font
    small = small.replace("QUY ĐỊNH CHUNG", "Quy định chung").replace("TỔ CHỨC THỰC HIỆN", "Tổ chức thực hiện")
    turned = re.sub(r">[^<]+<", lambda found: found[0].translate(TO_TCVN3), small)
    turned = turned.replace("<p", "<p style=\"font-family:'.VnTime'\"").replace("<td>", '<td><font face=".VnTime">')
    return f'<font face=".VnTime">{turned}</font>'


def main(folder: Path) -> None:
    for name, body in {"so-tay": manual(), "quy-che": REGULATION, "quy-che-vntime": old(REGULATION)}.items():
        (folder / f"{name}.html").write_text(PAGE.format(body), encoding="utf-8")
    (folder / "danh-muc.csv").write_text(LIST, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
