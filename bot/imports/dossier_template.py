"""The empty workbook for dossiers: headings that the ready mapping knows, drop-downs, one sheet that explains."""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.commands import Say

say = Say("bot/imports/dossiers")

# Heading, whether it must be filled in, an example, what to write. The mapping of knowledge/data knows the headings.
HEADINGS = (
    ("Mã hồ sơ", True, "000.00.17.H32-261120-0001", "nguyên văn như trên giấy tiếp nhận, không gõ lại theo trí nhớ"),
    ("Trạng thái", True, "Đang xử lý", "chọn trong danh sách, hoặc ghi số 1–10 của Cổng Dịch vụ công quốc gia"),
    ("Mã thủ tục", False, "2.000674", "mã của thủ tục, không phải mã hồ sơ"),
    ("Tên thủ tục", False, "", "như trong quyết định công bố"),
    ("Lĩnh vực", False, "", "để Phó Giám đốc phụ trách lĩnh vực nhìn thấy"),
    ("Chủ hồ sơ", False, "", "người hoặc tổ chức đứng tên hồ sơ"),
    ("Số điện thoại", False, "", "của chủ hồ sơ; chỉ lưu mã băm có khóa, dùng để người dân tra cứu"),
    ("Điện thoại người nộp", False, "", "khi người nộp không phải chủ hồ sơ; chỉ lưu mã băm"),
    ("Số CMND/CCCD", False, "", "định dạng ô là Văn bản để không mất số 0 ở đầu; chỉ lưu mã băm"),
    ("Mã số thuế", False, "", "của tổ chức; chỉ lưu mã băm"),
    ("Ngày tiếp nhận", False, "20/11/2026 09:15", "ngày và giờ"),
    ("Ngày hẹn trả", False, "04/12/2026 16:30", "ngày và giờ in trên giấy hẹn"),
    ("Hẹn lại", False, "", "ngày hẹn mới sau văn bản xin lỗi; chỉ một lần"),
    ("Thời hạn giải quyết", False, "10 ngày làm việc", "“10 ngày làm việc”, “30 ngày”, “80 giờ”"),
    ("Ngày hoàn thành", False, "", "khi đã có kết quả"),
    ("Ngày trả kết quả", False, "", "khi đã trả kết quả"),
    ("Đơn vị xử lý", False, "", "tên đơn vị như trong troly people list"),
    ("Cán bộ xử lý", False, "", "họ tên như trong troly people list"),
    ("Người tiếp nhận", False, "", "họ tên cán bộ Một cửa"),
    ("Bước xử lý", False, "", "ví dụ: Thẩm định, Trình ký"),
    ("Cơ quan đang giữ", False, "", "khi hồ sơ đang ở cơ quan khác"),
    ("Giấy tờ cần bổ sung", False, "", "mỗi giấy tờ một dòng (Alt+Enter) hoặc cách nhau bằng dấu chấm phẩy"),
    ("Lệ phí", False, "", "số tiền bằng đồng, khi trạng thái là nghĩa vụ tài chính"),
)
STATUSES = (
    *("Mới đăng ký", "Được tiếp nhận", "Không được tiếp nhận", "Đang xử lý", "Yêu cầu bổ sung giấy tờ"),
    *("Yêu cầu thực hiện nghĩa vụ tài chính", "Công dân yêu cầu rút hồ sơ", "Dừng xử lý", "Đã xử lý xong"),
    "Đã trả kết quả",
)
_ROWS = 5_000
_TEXT = "@"


def write(path: Path) -> None:
    """Write the workbook."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101  narrows: a new workbook has one sheet
    sheet.title = "Hồ sơ"
    for number, (name, needed, _, _) in enumerate(HEADINGS, 1):
        cell = sheet.cell(row=1, column=number, value=name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="FFE2B7" if needed else "E8EEF7")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(14, len(name) + 4)
        sheet.column_dimensions[letter].number_format = _TEXT  # or the zero that a number begins with is lost
    sheet.freeze_panes = "B2"
    guide = book.create_sheet("Hướng dẫn")
    _explain(guide)
    lists = book.create_sheet("Danh sách")
    for row, status in enumerate(STATUSES, 1):
        lists.cell(row=row, column=1, value=status)
    choice = DataValidation(type="list", formula1=f"'Danh sách'!$A$1:$A${len(STATUSES)}", allow_blank=True)
    choice.error = say.pick_a_status()
    sheet.add_data_validation(choice)
    choice.add(f"B2:B{_ROWS}")
    book.save(path)


def _explain(guide: Worksheet) -> None:
    guide.append([say.guide()])
    guide.append([])
    guide.append(["Cột", "Bắt buộc", "Ví dụ", "Cách ghi"])
    for name, needed, example, how in HEADINGS:
        guide.append([name, "có" if needed else "", example, how])
    for letter, width in zip("ABCD", (28, 10, 30, 80), strict=True):
        guide.column_dimensions[letter].width = width
    for cell in (guide["A1"], *guide[3]):
        cell.font = Font(bold=True)
