"""What kind of datum a question asks for, and whether a text shows one: a fee needs an amount, "when" needs a date.

General knowledge of question words, no question of any particular document: it keeps a passage about the right topic
from passing as the answer when the datum itself is not in it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.vietnamese import fold


class Datum(StrEnum):
    MONEY = "money"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    HOURS = "hours"
    DURATION = "duration"
    DATE = "date"
    WHEN = "when"
    PERCENT = "percent"
    NAME = "name"
    NUMBER = "number"
    FORM = "form"
    COUNT = "count"
    WEBSITE = "website"
    OWN_CASE = "own_case"
    NOW = "now"


# Folded text. The order decides: the first that fits is what is asked for.
_ASKS: tuple[tuple[Datum, str], ...] = (
    (
        Datum.OWN_CASE,
        r"\b\d{3}\.\d{2}\.\d{2}\b|\b[a-z]\d{2}(?:\.\d+)*-\d{6}-\d{3,}|\b(?:ho so|hs|don|giay|don hang|giay to)(?: \S+){0,3}? (?:cua|ma|so) (?:\S+ ){0,4}(?:toi dau|den dau|xong chua|co chua|duyet chua|ra chua|the nao roi|sao roi)|\b(?:status|track|progress)\b.*\bmy\b|\bmy (?:application|dossier|file)\b.*\b(?:status|ready|done)\b",
    ),
    (
        Datum.EMAIL,
        r"\b(?:dia chi )?(?:e-?mail|thu dien tu|gmail)\b.*\b(?:gi|nao|may|bao nhieu|cho xin|dia chi)|\bxin (?:dia chi )?(?:e-?mail|mail|gmail)|\bdia chi (?:e-?mail|mail|gmail|thu dien tu)|\be-?mail address",
    ),
    (
        Datum.PHONE,
        r"\bso (?:dien thoai|dt|may ban|hotline|tong dai|fax|di dong|zalo)\b|\b(?:sdt|hotline|duong day nong|so nong|tong dai)\b|\b(?:goi|lien he|dien) (?:vao |toi |den |qua )?so (?:nao|may|gi)|\b(?:phone|telephone|fax|contact|hotline) numbers?\b",
    ),
    (
        Datum.WEBSITE,
        r"\b(?:trang web|website|duong link|link|duong dan|dia chi web|trang mang|trang thong tin) (?:nao|gi|la gi|o dau)|\b(?:trang web|website|link|trang thong tin dien tu)\b.*\b(?:nao|dia chi|gi)\b|\bdia chi (?:trang )?(?:web|website|trang thong tin)|\bwhich (?:website|web page|site)|\bweb ?site address",
    ),
    (
        Datum.ADDRESS,
        r"\b(?:dia chi|so nha|duong nao|so may duong|duong gi|pho nao|phuong nao|toa nha nao|tang may|phong so may|lau may)\b|\b(?:street address|what street|which street|which floor|address of|located at)\b|\btru so\b.*\b(?:o dau|cho nao|dau)\b",
    ),
    (
        Datum.HOURS,
        r"\b(?:may gio|gio nao|gio lam viec|gio mo cua|gio hanh chinh|lich lam viec|lich tiep)\b|\b(?:thu bay|thu 7|chu nhat|cuoi tuan|t7|cn|ngay le|buoi trua|nghi trua)\b.*\b(?:lam|mo|tiep|nghi|nhan)\b|\b(?:lam|mo|tiep|nghi|nhan)\b.*\b(?:thu bay|thu 7|chu nhat|cuoi tuan|t7|ngay le|buoi trua|nghi trua)\b|\b(?:opening|office|working|business) (?:hours|time)|\bwhat time\b|\bopen on (?:saturday|sunday|weekend)|\bclosing time",
    ),
    (Datum.PERCENT, r"\b(?:phan tram|ti le|ty le|%|percent|percentage|ratio)|\bbao nhieu %"),
    (
        Datum.FORM,
        r"\b(?:bieu mau|mau don|mau|form|phieu|to khai)(?: \S+){0,2} (?:so may|ma so|so bao nhieu|so hieu|ky hieu)|\b(?:form|template) (?:number|code|no)\b|\bbieu mau (?:nao|so|gi)\b|\bwhich form\b",
    ),
    (
        Datum.MONEY,
        r"\b(?:le phi|muc phi|phi|gia|chi phi|tien|kinh phi|ngan sach|hoc phi|luong|tien luong|thu nhap|muc phat|tien phat|muc luong)\b(?: \S+){0,12}? (?:bao nhieu|nhieu|may|the nao|la gi|het)\b|\b(?:bao nhieu|may) (?:tien|dong|trieu|ty|nghin|ngan|usd|do la)\b|\b(?:mat|ton|het|dong|nop|thu|tra|phat) (?:bao nhieu|nhieu)(?! (?:ngay|nam|thang|gio|tuan|lan|loai|bo|ban))\b|\b(?:le phi|ton phi|mat phi|ton tien|mat tien|dong phi|thu phi|dong tien)\b|\b(?:how much|what|any|the) (?:is the |are the |does it |do i )?(?:fees?|cost|price|charges?|salary|budget|fine)\b|\bhow much\b|\bfees?\b",
    ),
    (
        Datum.DURATION,
        r"\b(?:bao lau|may (?:ngay|nam|thang|tuan|gio|phut|hom|bua|buoi)|bao nhieu (?:ngay|nam|thang|tuan|gio|phut|lau|hom)|trong vong may|thoi han|thoi gian bao|how long|how many (?:days|years|months|hours|weeks)|may ngay|time limit|deadline|bao nhieu ngay)\b",
    ),
    (Datum.COUNT, r"\b(?:bao nhieu|may|how many|number of|so luong|tong so)\b"),
    (
        Datum.NAME,
        r"\b(?:ten la gi|ho ten|ho va ten|ten gi|ten cua|ten ong|ten ba|ong nao|ba nao|ten ai|ten day du|nhung ai|la ong|la ba|quy danh|name of the (?:director|head|person|officer|chairman|leader|chief)|whose name|who is the (?:current )?(?:director|head|chair|chief|leader)|ai dang lam|ai lam (?:giam doc|truong|pho))\b",
    ),
    (
        Datum.NUMBER,
        r"\b(?:so may|so bao nhieu|so hieu|van ban nao|quyet dinh nao|nghi dinh nao|thong tu nao|luat nao|van ban gi|so quyet dinh|which decision|decision number|what decision|document number)\b",
    ),
    (
        Datum.DATE,
        r"\b(?:ngay nao|ngay may|ngay bao nhieu|nam nao|nam may|nam bao nhieu|thang may|thang nao|ngay thang|hom nao|bua nao|tu ngay nao|what date|which year|what year|in what year|on which date|effective date|lan thu may|phien ban (?:may|nao)|lan ban hanh)\b|\bngay (?:ky|ban hanh|hieu luc|co hieu luc|phe duyet)\b",
    ),
    (
        Datum.NOW,
        r"\b(?:nam nay|nam ngoai|nam roi|hien tai dat|thang nay|thang truoc|quy nay|hom nay|hom qua|ngay mai|nam truoc|sap toi|tuan nay|tuan toi|last year|this year|this month|today|tomorrow|latest|yesterday)\b",
    ),
    (Datum.WHEN, r"\b(?:khi nao|bao gio|luc nao|hoi nao|when)\b"),
)
_QUESTION = tuple((datum, re.compile(pattern)) for datum, pattern in _ASKS)

_WORDED = r"(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|\d[\d.,]*)"
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Lâm|Mai|Trịnh|Trương|Cao|Tô|Hà|Tạ|Châu|"
    "Lương|Đào|Thái|Vương|Quách|Tống|La|Chu|Phùng|Kiều|Thạch|Triệu|Từ|Văn|Hứa|Lưu|Lại|Nông|Tăng"
)
_SHOWS: dict[Datum, re.Pattern[str]] = {
    Datum.MONEY: re.compile(
        r"\d[\d.,]*\s*(?:đồng|đ\b|triệu|tỷ|nghìn|ngàn|vnđ|vnd|usd|%)|miễn (?:phí|lệ phí)|không (?:thu|mất|phải nộp) (?:phí|lệ phí)|(?:phí|lệ phí)\s*:?\s*không",
        re.IGNORECASE,
    ),
    Datum.PHONE: re.compile(r"(?<!\d)(?:\(?0\d{1,4}\)?[ .-]?\d{3}[ .-]?\d{3,4}|1[89]00[ .]?\d{3,})(?!\d)"),
    Datum.EMAIL: re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    Datum.WEBSITE: re.compile(
        r"https?://|www\.|\b[\w-]+\.(?:gov|com|vn|org|net)\b|trang thông tin điện tử|cổng (?:thông tin|dịch vụ)",
        re.IGNORECASE,
    ),
    Datum.ADDRESS: re.compile(
        r"(?:số|Số)\s+\d+\w*[,/ ]+(?:đường|phố|Đường|Phố|[A-ZĐ])|(?:đường|phố|Đường|Phố)\s+[A-ZĐ\d]|địa chỉ\s*:|tầng \d|(?:tại|ở) (?:số|phòng) \d|(?:phường|xã|quận|huyện|phường) [A-ZĐ]"
    ),
    Datum.HOURS: re.compile(
        r"\b\d{1,2}\s*(?:giờ|h\d{0,2}\b|:\d\d)|thứ (?:hai|ba|tư|năm|sáu|bảy|\d)|giờ hành chính|chủ nhật", re.IGNORECASE
    ),
    Datum.DURATION: re.compile(
        rf"\b{_WORDED}\s*(?:\([^)]*\)\s*)?(?:ngày|năm|tháng|tuần|giờ|phút|quý|thế kỷ|thập kỷ)\b|\bngay lập tức\b|định kỳ h[àằ]ng|h[àằ]ng năm|vĩnh viễn|không thời hạn",
        re.IGNORECASE,
    ),
    Datum.PERCENT: re.compile(r"\d\s*%|phần trăm|\d/\d", re.IGNORECASE),
    Datum.NAME: re.compile(rf"\b(?:{_SURNAMES}) (?:[A-ZĐÀ-Ỹ][\wà-ỹ]* ?){{1,4}}"),
    Datum.NUMBER: re.compile(
        r"\d+[/-]\S*[A-ZĐ]|số \d+|(?:luật|bộ luật|nghị định|thông tư|pháp lệnh|quyết định|nghị quyết) ", re.IGNORECASE
    ),
    Datum.FORM: re.compile(r"mẫu (?:số|đơn số)?\s*\d|\b(?:BM|QT|HD|M)[-.]?\d|mẫu số|ký hiệu|số hiệu", re.IGNORECASE),
    Datum.DATE: re.compile(
        r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|ngày\s+\d|tháng\s+\d|năm\s+\d{3,4}|\b(?:1\d|20)\d\d\b|thế kỷ|\d+\s*(?:TCN|trước công nguyên)",
        re.IGNORECASE,
    ),
    Datum.WHEN: re.compile(
        r"\d{1,2}/\d{1,2}|ngày \d|năm \d{3,4}|định kỳ|h[àằ]ng (?:năm|ngày|tháng|quý)|khi\b|sau khi|trước khi|lúc|trong thời|kể từ|\b(?:1\d|20)\d\d\b|thế kỷ|tháng",
        re.IGNORECASE,
    ),
    Datum.COUNT: re.compile(rf"\b{_WORDED}\b", re.IGNORECASE),
    Datum.NOW: re.compile(r"(?!)"),
    Datum.OWN_CASE: re.compile(r"(?!)"),
}
_COUNTED = re.compile(
    r"\b(?:bao nhieu|may|how many|number of|so luong|tong so)\s+(?:(?:cai|cac|nhung|of|the)\s+)?(\S+)(?:\s+(\S+))?"
)
_LISTED = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """The datum asked for; for a count, the thing counted ("phụ lục"), folded."""

    datum: Datum | None
    counted: tuple[str, ...] = ()


def wanted(question: str) -> Wanted:
    """Tell from a question (marks restored or not) what kind of datum would answer it."""
    folded = fold(question)
    datum = next((datum for datum, pattern in _QUESTION if pattern.search(folded)), None)
    if datum is not Datum.COUNT:
        return Wanted(datum)
    found = _COUNTED.search(folded)
    return Wanted(datum, tuple(part for part in found.groups() if part) if found else ())


def shown(want: Wanted, lines: list[str]) -> bool:
    """Tell whether these lines show a datum of the kind wanted; True when none is wanted."""
    if want.datum is None:
        return True
    if want.datum is Datum.COUNT:
        return _counts(want, lines)
    pattern = _SHOWS[want.datum]
    return any(pattern.search(line) for line in lines)


def _counts(want: Wanted, lines: list[str]) -> bool:
    """A count is shown by a number before the thing counted, or by several items of it (a list, an enumeration)."""
    if not want.counted:
        return bool(_SHOWS[Datum.COUNT].search(" ".join(lines)))
    thing = want.counted[0]
    text = fold("\n".join(lines))
    if re.search(rf"\b(?:\d[\d.]*|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)\s+(?:\S+\s+)?{re.escape(thing)}\b", text):
        return True
    return (
        len(lines) > _LISTED and len(re.findall(rf"\b{re.escape(thing)}\b", text)) >= 1 or text.count(thing) > _LISTED
    )
