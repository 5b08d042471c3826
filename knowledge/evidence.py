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


# What has a form of its own: where the form is missing, so is the datum.
FIRM = frozenset(
    {
        Datum.MONEY,
        Datum.PHONE,
        Datum.EMAIL,
        Datum.ADDRESS,
        Datum.HOURS,
        Datum.PERCENT,
        Datum.FORM,
        Datum.NAME,
        Datum.DATE,
        Datum.NUMBER,
    }
)

# Search keys with their marks ("lí", "kì", "tỉ": one spelling). The order decides: the first that fits is asked for.
_SOME = r"(?:bao nhiêu|mấy|nhiêu)"
_TIME = r"(?:ngày|năm|tháng|tuần|giờ|phút|hôm|bữa|buổi)"
_MANY = r"(?:anh|chị|cô|chú|bác|ông|bà|em|bạn|cháu|sếp|người|đứa|thằng|con|cái|tờ|giấy|ngày nay|bữa nay|hôm nay|cán bộ|nhà|chỗ|phòng ban|sở)"
_ASKS: tuple[tuple[Datum, str], ...] = (
    (
        Datum.OWN_CASE,
        r"\b\d{3}\.\d{2}\.\d{2}\b|\b(?:hồ sơ|đơn|giấy|giấy tờ|giấy phép)(?: \S+){0,3}? (?:của (?:tôi|em|mình|anh|chị|tui|công ti|nhà)|mã|số) (?:\S+ ){0,4}?"
        r"(?:tới đâu|đến đâu|xong chưa|có chưa|duyệt chưa|ra chưa|thế nào rồi|sao rồi)|\b(?:tới đâu|đến đâu) rồi\b"
        r"|\b(?:status|track|progress)\b.*\bmy\b|\bmy (?:application|dossier|file|case)\b.*\b(?:status|ready|done)\b",
    ),
    (
        Datum.EMAIL,
        r"\b(?:e-?mail|e mail|mail|gmail|thư điện tử)\b.*\b(?:gì|nào|cho xin|địa chỉ)\b|\bxin (?:địa chỉ )?(?:e-?mail|e mail|mail|gmail)\b"
        r"|\bđịa chỉ (?:e-?mail|e mail|mail|gmail|thư điện tử)\b|\be-?mail address",
    ),
    (
        Datum.PHONE,
        r"\bsố (?:điện thoại|đt|máy bàn|hotline|tổng đài|fax|di động|zalo)\b|\b(?:sđt|hotline|đường dây nóng|tổng đài)\b"
        r"|\b(?:gọi|liên hệ|điện|alo)(?: \S+)? (?:số|số điện thoại) (?:nào|mấy|gì)\b|\b(?:phone|telephone|fax|contact|hotline) numbers?\b|\bhotline\b",
    ),
    (
        Datum.WEBSITE,
        r"\b(?:trang web|website|web|link|đường link|đường dẫn|trang mạng|tên miền)\b.*\b(?:nào|gì|đâu|địa chỉ|mấy)\b|\bđịa chỉ (?:trang|web|website|cổng)\b"
        r"|\b(?:which|what) (?:website|web page|web site|site|url)\b|\bweb ?site address",
    ),
    (
        Datum.ADDRESS,
        r"\b(?:địa chỉ|số nhà|đường nào|số mấy đường|đường gì|phố nào|phường nào|tòa nhà nào|tầng mấy|tầng nào|lầu mấy|phòng số mấy|lầu nào)\b"
        r"|\btrụ sở\b.*\bđâu\b|\b(?:street address|what street|which street|which floor|address of|located)\b",
    ),
    (
        Datum.HOURS,
        r"\b(?:mấy giờ|giờ nào|giờ làm việc|giờ mở cửa|giờ hành chính|giờ giấc|lịch làm việc|lịch tiếp|giờ tiếp)\b"
        r"|\b(?:thứ bảy|thứ 7|chủ nhật|cuối tuần|t7|ngày lễ|buổi trưa|nghỉ trưa)\b.*\b(?:làm|mở|tiếp|nghỉ|nhận)\b"
        r"|\b(?:làm|mở|tiếp|nghỉ|nhận)\b.*\b(?:thứ bảy|thứ 7|chủ nhật|cuối tuần|t7|ngày lễ|buổi trưa|nghỉ trưa)\b"
        r"|\b(?:opening|office|working|business) (?:hours|time)|\bwhat time\b|\bopen on\b|\bclosing time",
    ),
    (Datum.PERCENT, r"\b(?:phần trăm|tỉ lệ|percent|percentage|ratio)\b|%"),
    (
        Datum.FORM,
        r"\b(?:biểu mẫu|mẫu đơn|mẫu|form|phiếu|tờ khai)(?: \S+){0,2}? (?:số mấy|mã số|số bao nhiêu|số hiệu|kí hiệu)\b|\bbiểu mẫu (?:nào|số|gì)\b"
        r"|\b(?:form|template) (?:number|code|no)\b|\bwhich form\b|\bmã hiệu của (?:quy trình|biểu mẫu|hướng dẫn)",
    ),
    (
        Datum.MONEY,
        rf"\b(?:lệ phí|mức phí|phí|(?<!đánh )(?<!định )giá|chi phí|tiền|kinh phí|ngân sách|học phí|lương|thu nhập|mức phạt|trợ cấp|phụ cấp)\b(?: \S+){{0,12}}? {_SOME}\b"
        rf"|\b{_SOME} (?:tiền|đồng|triệu|tỉ|nghìn|ngàn|usd|đô la|đô)\b|\b(?:mất|tốn|hết|đóng|thu|trả|phạt|cước) (?:bao nhiêu|nhiêu)(?! {_TIME}| lần| loại| bộ| bản)\b"
        r"|\b(?:lệ phí|tốn phí|mất phí|tốn tiền|mất tiền|đóng phí|thu phí|đóng tiền|miễn phí|thu tiền)\b"
        r"|\b(?:what|any|the|is there a|are there) (?:is the |are the )?(?:fees?|cost|price|charges?|salary|budget|fine)\b|\bhow much\b|\bfees?\b",
    ),
    (
        Datum.DURATION,
        rf"\b(?:bao lâu|{_SOME} {_TIME}|trong vòng mấy|thời hạn|how long|how many (?:days|years|months|hours|weeks)|time limit|deadline|số ngày)\b",
    ),
    (
        Datum.NAME,
        r"\b(?:tên là gì|họ tên|họ và tên|tên gì|tên của|tên ông|tên bà|ông nào|bà nào|tên ai|là ông|là bà|quý danh|tên từng|tên các phòng)\b"
        r"|\b(?:giám đốc|trưởng phòng|phó giám đốc|chánh văn phòng|trưởng ban|chủ tịch|bí thư|thư kí)\b.*\b(?:là ai|tên)\b|\bai (?:đang )?(?:là|làm) (?:giám đốc|trưởng|phó|chánh|chủ tịch)"
        r"|\b(?:name of the (?:\w+ )?(?:director|head|person|officer|chairman|leader|chief)|who is the (?:current )?(?:director|head|chair|chief|leader))\b",
    ),
    (
        Datum.COUNT,
        rf"\b(?:bao nhiêu|nhiêu)\b|\bcó mấy\b|\bmấy (?!{_MANY}\b)(?=\S)|\b(?:how many|number of|số lượng|tổng số)\b",
    ),
    (
        Datum.NUMBER,
        r"\b(?:quyết định|văn bản|nghị định|thông tư|công văn|luật|nghị quyết)\b.*\b(?:số mấy|số bao nhiêu|số hiệu|số nào)\b|\bsố (?:quyết định|văn bản)\b"
        r"|\b(?:văn bản|quyết định|nghị định|thông tư) (?:nào|gì)\b|\b(?:decision number|which decision|what decision|document number)\b",
    ),
    (
        Datum.DATE,
        r"\b(?:ngày nào|ngày mấy|ngày bao nhiêu|năm nào|năm mấy|năm bao nhiêu|tháng mấy|tháng nào|ngày tháng|từ ngày nào|lần thứ mấy|sinh năm)\b"
        r"|\bngày (?:kí|ban hành|hiệu lực|có hiệu lực|phê duyệt)\b|\b(?:phiên bản|lần ban hành) (?:mấy|nào|thứ)\b"
        r"|\b(?:what date|which year|what year|which date|effective date|date of (?:issue|approval))\b",
    ),
    (
        Datum.NOW,
        r"\b(?:năm nay|năm ngoái|năm rồi|năm vừa rồi|năm qua|tháng này|tháng trước|tháng rồi|quý này|hôm nay|hôm qua|ngày mai|năm trước|sắp tới|tuần này|tuần tới|tối nay"
        r"|last year|this year|this month|today|tomorrow|yesterday|tonight)\b",
    ),
    (Datum.WHEN, r"\b(?:khi nào|bao giờ|lúc nào|hồi nào|when)\b"),
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
    r"\b(?:bao nhiêu|nhiêu|mấy|how many|number of|số lượng|tổng số)\s+(?:(?:cái|các|những|loại|of|the)\s+)?(\S+)(?:\s+(\S+))?"
)
_LISTED = 2
_STORY, _END = 45, 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """The datum asked for; for a count, the thing counted ("phụ lục"), folded."""

    datum: Datum | None
    counted: tuple[str, ...] = ()


def wanted(question: str) -> Wanted:
    """Tell what kind of datum would answer a question, given as its search keys (marks restored)."""
    words = question.split(" ")
    if len(words) > _STORY:
        # A long story asks at its end; the amounts and months in it are told, not asked for.
        question = " ".join(words[-_END:])
    datum = next((datum for datum, pattern in _QUESTION if pattern.search(question)), None)
    if datum is not Datum.COUNT:
        return Wanted(datum)
    found = _COUNTED.search(question)
    return Wanted(datum, tuple(fold(part) for part in found.groups() if part) if found else ())


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
