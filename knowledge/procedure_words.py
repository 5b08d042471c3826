"""What is told from the words of a procedure: its variant, terms, sums, numbers of legal texts, days."""

import re
from datetime import date
from decimal import Decimal

from knowledge.procedures import TimeLimit, Unit, Variant
from knowledge.vietnamese import fold, nfc

# The ranges à-ỹ and À-Ỹ hold letters of both cases.
LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
UPPER = LOWER.upper()

# The agency's letters end where the next word begins: the portal glues "…TT-BTC" and "Luật…" together.
_KINDS = (
    r"(?i:NĐ-CP|ND-CP)|NQ-CP|QĐ-TTg|CT-TTg|QH\d{1,2}|UBTVQH\d{1,2}|L-CTN|"
    r"(?:TTLT|TT|QĐ|NQ|NĐ|CT|VBHN|KH|CV)-[A-ZĐ]+(?:-[A-ZĐ]+)*"
    rf"(?![{LOWER}])"
)
# Where a year or the number of a law's assembly ends the title before, the number follows without a space.
_LEGAL = re.compile(
    rf"(?:(?<![\d/.])|(?<=19\d\d)|(?<=20\d\d)|(?<=QH\d\d))(\d{{1,4}}(?:\.\d{{1,3}})?/(?:\d{{4}}/)?(?:{_KINDS}))"
)
_TERM = re.compile(
    r"(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:\([^)]{1,30}\)\s*)?(ngày làm việc|ngày|giờ làm việc|giờ)", re.IGNORECASE
)
_UNITS = {"ngay lam viec": Unit.WORKING_DAYS, "ngay": Unit.CALENDAR_DAYS, "gio lam viec": Unit.HOURS, "gio": Unit.HOURS}
_SUM = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:việt nam đồng|vnđ|đồng|đ\b)", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")

# The first that stands in the name decides: "Cấp lại Giấy phép đã sửa đổi" is a re-issue. With their marks: "đối" is no
# "đổi".
_VARIANTS = tuple(
    (variant, re.compile(words))
    for variant, words in (
        (Variant.REISSUED, r"\bcấp lại\b|\bcấp đổi\b|^(?:thủ tục )?đổi\b"),
        (Variant.AMENDED, r"\bsửa đổi\b|\bbổ sung\b|\bđiều chỉnh\b|\bthay đổi\b"),
        (Variant.RENEWED, r"\bgia hạn\b|\bkéo dài\b"),
        (Variant.ENDED, r"\bchấm dứt\b|\bthu hồi\b|\bhủy bỏ\b|\bhuỷ bỏ\b|\bxóa đăng ký\b|\bgiải thể\b"),
    )
)
_NEW = re.compile(r"^(?:thủ tục )?(?:đề nghị )?(?:cấp|đăng ký|thông báo|thành lập|công nhận|phê duyệt)\b")


def variant_of(name: str) -> Variant:
    """Tell new, amended, re-issued, renewed and ended procedures apart by their names."""
    lower = nfc(name).lower().strip()
    found = [(at.start(), variant) for variant, words in _VARIANTS if (at := words.search(lower))]
    return min(found)[1] if found else Variant.NEW if _NEW.match(lower) else Variant.OTHER


def legal_numbers(text: str) -> list[str]:
    """Return the numbers of legal texts in the order they are named ("83/2014/NĐ-CP"), each once."""
    return list(dict.fromkeys(_LEGAL.findall(text)))


def legal_spans(text: str) -> list[tuple[int, int, str]]:
    return [(found.start(), found.end(), found[1]) for found in _LEGAL.finditer(text)]


def limits(text: str) -> list[TimeLimit]:
    """Return the terms that a text names, in order: "05 ngày làm việc", "30 ngày", "4 giờ"."""
    return [
        TimeLimit(Decimal(value.replace(",", ".")).normalize() + 0, _UNITS[fold(unit)])
        for value, unit in _TERM.findall(text)
    ]


def sums(text: str) -> list[int]:
    """Return the sums in đồng that a text names."""
    return [int(re.sub(r"[.,]", "", found)) for found in _SUM.findall(text)]


def day_of(text: str) -> date | None:
    """Read a day as an office writes it, 28/03/2026, or ISO. None for anything else, an impossible day included."""
    said = text.strip()
    try:
        if found := _ISO.fullmatch(said):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY.fullmatch(said):
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    return None
