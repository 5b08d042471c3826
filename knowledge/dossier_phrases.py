"""What people mean of dossiers in the ways they type: "hs nao sap tre", "0412 bo sung r", "hs cay xang toi dau r".

Only a whole text that says nothing else is one of these: a longer sentence that merely holds the words is a question.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge import dossier_codes
from knowledge.vietnamese import fold, tidy


class Wish(StrEnum):
    """What is wanted. What staff mean comes first; STATUS_PERHAPS is a question to the documents for who has none."""

    SHOW = "show"
    WORK = "work"
    LATE = "late"
    SOON = "soon"
    IN_TIME = "in_time"
    NOT_IN_TIME = "not_in_time"
    KNOWN = "known"
    SUPPLEMENTED = "supplemented"
    NOTE = "note"
    APOLOGY = "apology"
    HISTORY = "history"
    HAND_ON = "hand_on"
    STATUS = "status"
    STATUS_PERHAPS = "status_perhaps"
    FORGOTTEN = "forgotten"
    PAPERS = "papers"
    FOLLOW = "follow"


@dataclass(frozen=True, slots=True)
class Phrase:
    """`which`: the end of a code ("" none, or the whole code stands in the text). `whom`: folded; `text`: as typed.

    `topic`: words that may tell which of several dossiers is meant ("cay xang").
    """

    wish: Wish
    which: str = ""
    whom: str = ""
    text: str = ""
    topic: tuple[str, ...] = ()


# How people write short; what is no word of its own is left out.
_SHORT = {
    **dict.fromkeys(("r", "rui", "roy", "ruj"), "roi"),
    **dict.fromkeys(("ko", "k", "kh", "khg", "hk", "hok", "hong", "hem", "kg", "kong"), "khong"),
    **dict.fromkeys(("bs", "bosung"), "bo sung"),
    **dict.fromkeys(("jo", "zo", "gjo"), "gio"),
    **dict.fromkeys(("j", "gj", "ji"), "gi"),
    **dict.fromkeys(("dc", "dk", "dx"), "duoc"),
    **dict.fromkeys(("chx", "chwa"), "chua"),
    **dict.fromkeys(("kq", "kqua"), "ket qua"),
    **dict.fromkeys(("gp", "gphep"), "giay phep"),
    **dict.fromkeys(("oke", "okay", "okie"), "ok"),
    **dict.fromkeys(("z", "zay", "vay", "v", "a", "ak", "ah", "nhe", "nha", "nhi", "oi", "ui"), ""),
    **dict.fromkeys(("ad", "admin", "bot", "luon", "da", "thua", "chao", "please", "pls", "voi", "zoi", "nhoa"), ""),
    "gcn": "giay chung nhan",
    "dag": "dang",
    "nhiu": "nhieu",
    "tree": "tre",
    "vc": "viec",
    "ntn": "the nao",
    "bn": "bao nhieu",
    "fong": "phong",
    "hnay": "hom nay",
}
_DOSSIER = dict.fromkeys(("hs", "hso", "hoso"), "ho so")
_CODE = "#"
_W = rf"(?:(?:cai |con )?(?:ho so )?(?:so |ma |so cuoi |duoi )?(?:{_CODE}|(?P<which>\d{{3,6}})))"
_ROI = r"(?: roi)?"
_WHO = r"(?:toi |em |minh |anh |chi |e |tui )?"
_BY = r"(?:(?:khach|khach hang|dan|nguoi dan|cong dan|doanh nghiep|cty|cong ty|chu ho so|ho|nguoi nop|ben do) )?"
_ADDED = (
    r"(?:nop |gui |mang )?(?:du )?bo sung(?: du| xong| giay to| day du| them)*"
    r"|nop (?:du|them)(?: giay to)?|du (?:giay to|ho so)"
)
_STAFF: tuple[tuple[Wish, str], ...] = (
    (Wish.SUPPLEMENTED, rf"{_BY}{_W} {_BY}(?:co |vua |moi )?(?:{_ADDED}){_ROI}"),
    (Wish.SUPPLEMENTED, rf"{_BY}(?:vua |moi )?(?:{_ADDED}) (?:roi )?(?:cho )?{_W}{_ROI}"),
    (
        Wish.NOT_IN_TIME,
        (
            rf"{_W} (?:chac |co the |se |bi |kha nang )*(?:(?:khong|chua) (?:kip|xong)|tre|cham)(?: han| mat| dau"
            rf"| tien do)*{_ROI}"
            r"(?: xin gia han)?"
        ),
    ),
    (Wish.NOT_IN_TIME, rf"(?:chac |se )?khong kip(?: han)? {_W}{_ROI}"),
    (Wish.IN_TIME, rf"{_W} (?:chac |se |van |thi )*(?:lam )?(?:kip|dung han|xong dung han)(?: han| thoi| ma)*{_ROI}"),
    (Wish.IN_TIME, rf"(?:chac |se )?kip(?: han)? {_W}{_ROI}"),
    (Wish.KNOWN, rf"{_W} {_WHO}(?:biet|ro|nhan|nhan duoc|ok|xem|nam){_ROI}"),
    (Wish.KNOWN, rf"{_WHO}(?:biet|ro|ok|nhan|nhan duoc|nam)(?: roi)? {_W}{_ROI}"),
    (Wish.SHOW, rf"(?:xem|mo|kiem tra|tra|tra cuu|coi|cho (?:toi |em )?xem|tim) {_W}"),
    (
        Wish.SHOW,
        (
            rf"{_W} (?:dang )?(?:(?:(?:o|toi|den|di toi) )?dau|(?:the nao|sao|ra sao|tinh hinh)"
            rf"|(?:bao gio|khi nao|ngay nao) (?:het han|den han|tra|hen|xong)|(?:con )?(?:may ngay"
            rf"|bao lau)(?: nua)?(?: het han| den han)?"
            rf"|(?:han|hen) (?:khi nao|ngay nao|nao|bao gio)|ai (?:dang )?(?:giu|lam|xu ly|thu ly|cam|phu trach)"
            rf"|cua ai|xong chua|tinh trang(?: sao)?){_ROI}"
        ),
    ),
    (Wish.SHOW, rf"ai (?:dang )?(?:giu|lam|xu ly|thu ly|cam|phu trach|duoc giao) {_W}"),
    (Wish.SHOW, rf"(?:han|hen|ngay hen|tinh trang)(?: tra)?(?: cua)? {_W}"),
    (Wish.SHOW, rf"{_W} (?:xong|hoan thanh|tra|tra ket qua|giai quyet xong|co ket qua){_ROI}"),
    (Wish.SHOW, r"(?:ho so |ma |so )?(?P<which>\d{3,6})"),
    (Wish.APOLOGY, rf"(?:du thao |viet |lam )?(?:van ban |thu |phieu )?xin loi(?: cho)? {_W}"),
    (Wish.HISTORY, rf"(?:xem )?(?:lich su|qua trinh|dien bien)(?: xu ly)?(?: cua)? {_W}"),
    (Wish.NOTE, rf"(?:ghi chu|note|ghi)(?: vao| cho)? {_W} .+"),
)
# In these somebody is named, whose name may be what is short for another word.
_WHOM = r"(?P<whom>[a-z][a-z ]{0,40}?)"
_SINCE = r"(?: (?:vi|do|ly do|boi vi) .+)?"
_HAND_ON = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:chuyen|giao|phan cong|ban giao|doi)(?: lai)? {_W} (?:cho|sang|qua) {_WHOM}{_SINCE}",
        rf"{_W} (?:chuyen|giao|phan cong|doi)(?: lai)? (?:cho|sang|qua) {_WHOM}{_SINCE}",
        rf"(?:chuyen|giao)(?: lai)? (?:cho|sang) {_WHOM} {_W}{_SINCE}",
    )
)
_STAFF_PATTERNS = tuple((wish, re.compile(pattern)) for wish, pattern in _STAFF)
_WHY = re.compile(r"\s(?:vì|vi|do|lý do|ly do|bởi vì)\s*:?\s+(?P<why>.+)$", re.IGNORECASE | re.DOTALL)
# A text of nothing but these words asks for one's work; which part of it, other words tell.
_LIST_WORDS = (
    "toan lau tra ho so viec nao sap tre han den toi gan qua cham het may bao nhieu cai con dang co khong phong minh "
    "don vi ta cua hom nay tuan mai ngay gi gap can lam xu ly giu danh sach liet ke xem cho em anh chi roi bi nhung "
    "cac tat ca tong luong trong nguoi tui phai ai chua xong duoc sau thang thay duyet ton dong nguy phan nhat"
)
_LIST = frozenset(_LIST_WORDS.split())
# "hồ sơ nào chờ trả" asks for what is no longer worked on.
_NO_LIST = re.compile(r"\b(?:lam viec|cho tra)\b")
_LATE_CUE = re.compile(r"\b(?:tre|cham|qua han)\b")
_SOON_CUE = re.compile(r"\b(?:sap|gan|nguy co)\b.*\b(?:tre|han|cham|het)\b|\b(?:den|toi|het) han\b")
_WORK_CUE = re.compile(
    r"\b(?:viec|danh sach|liet ke|gap|ton dong|ho so)\b.*\b(?:nao|gi|may|bao nhieu|hom nay|cua|dang|gap|phai|can|ton "
    r"dong|nhat)\b|\b(?:may|bao nhieu|con|nhung|cac|danh sach|tat ca)\b.*\b(?:ho so|viec)\b|\bviec\b"
)
_THING = r"(?:ho so|giay phep|giay chung nhan|giay|don|ket qua|the|chung nhan)"
_STATUS = re.compile(
    rf"(?:.{{0,30}} )?{_THING}(?P<topic>(?: [a-z]+){{0,8}}?) (?:(?:dang |di )?(?:toi|den) dau|dang o dau|o dau(?= roi)"
    r"|(?:xong|duyet|ky|giai quyet|lam) (?:xong )?chua|(?:the nao|sao|ra sao)(?= roi)|(?:co )?(?:ket qua|xong) chua"
    r"|co chua)(?: roi)?(?: the| nhi| thua)*"
)
_STATUS_WORDS = (
    "ho so toi em minh tui cua cong ty cty ben nha don giay phep chung nhan ket qua nop hom truoc tuan thang "
    "dau den o dang da roi chua khong xong co duoc bao gio khi nao lau nua the sao ra tinh trang tien do hinh "
    "kiem tra cuu xem giup dum cho hoi muon biet xin lay duyet ky moi anh chi chau con bac chu vay la thi e t "
    "m mk it c giai quyet xu ly han hen ngay may lam on lan nay cai kia lai nhe vui long can noi chung luc gio qua bi "
    "tre cham dung phong nam check tiep nhan chuyen len so ma thay gi het vua van ben"
)
_STATUS_SAID = frozenset(_STATUS_WORDS.split())
_STATUS_CUE = re.compile(
    r"\b(?:tinh trang|tien do|tinh hinh|kiem tra|tra cuu)\b.*\bho so\b|\bho so\b.*\b(?:(?:toi|den|dang o) dau|o dau roi"
    r"|(?:sao|the nao) roi|(?:xong|duyet|ky|co|duoc|quyet|ly|nhan|len so) chua|tinh trang|tien do)\b"
    r"|\bho so\b.*\b(?:dang|nam) o (?:dau|phong nao|cho nao)\b|\bcheck ho so\b"
    r"|\bsao (?:ma )?ho so\b.*\b(?:lau|cham|tre)\b"
    r"|\bho so(?: cua \w+(?: ty)?)?(?: co)?(?: bi)? (?:tre|cham|dung hen|dung han)(?: han| hen)?(?: khong| roi| chua)?$"
    r"|^(?:toi |em )?(?:muon |can )?(?:biet|xem|hoi) ho so cua (?:toi|em|minh|cong ty)"
)
_PERHAPS_CUE = re.compile(
    r"\b(?:bao gio|khi nao|chung nao|luc nao|may gio|bao lau|chua|hen ngay nao|ngay nao|may ngay nua)\b.*"
    r"|\b(?:lay|nhan)(?: duoc)? (?:giay|ket qua)\b"
)
# Of how and where one files, and how long a procedure takes or a licence lasts, the documents speak.
_NOT_OF_ONES_OWN = re.compile(
    r"\bnop (?:ho so|don)\b(?!.*\b(?:chua|roi)\b)|\bho so nop (?:luc|khi)\b|\b(?:nhan ho so|o dau|het han|tra lai)\b"
    r"|\b(?:khi|luc) nao (?:can|phai|duoc)\b|^bao lau (?:thi )?(?:co|duoc|xong)\b"
)
_PERHAPS_THING = re.compile(r"\b(?:giay|ket qua|ho so|don|xong|tra)\b")
_FORGOTTEN = re.compile(
    rf"(?:.{{0,20}} )?(?:quen|khong nho|khong biet|mat|lam mat|roi mat|that lac|khong con|khong thay|khong giu|lac|"
    rf"khong nho duoc|khong tim thay)(?: mat)?(?: cai| to)? (?:(?:ma|so|ma so)(?: cua)? (?:ho so|bien nhan)|giay hen|"
    rf"bien nhan|"
    rf"giay bien nhan|giay tiep nhan|phieu hen|giay hen tra(?: ket qua)?|giay nop){_ROI}"
    rf"(?: (?:thi )?(?:lam sao|phai lam sao|sao|tinh sao|lam the nao|sao gio|sao bay gio))?"
)
_WHERE_CODE = re.compile(
    r"(?:.{0,20} )?(?:ma|so|ma so) (?:ho so|bien nhan) (?:nam |ghi |xem |lay |tim |o )*(?:dau|cho nao|the nao|sao)"
    r"|(?:lam sao|lam the nao|cach nao|o dau)(?: de)? (?:biet|co|lay|tim|xem)(?: duoc)? (?:ma|so|ma so) ho so"
)
_PAPERS = re.compile(
    rf"(?:.{{0,20}} )?(?:ho so )?(?:{_WHO})?(?:con |dang |bi )*"
    r"(?:thieu|can bo sung|phai bo sung|bo sung|can nop them|can them)"
    rf"(?: nhung| them| cai)*(?: giay to| giay| gi)*(?: gi| nao)(?: khong| nua| nua khong)?"
    r"|(?:ho so )?(?:con )?thieu (?:gi|giay to gi|giay gi)(?: khong| nua khong)?"
)
_FOLLOW = re.compile(
    r"(?:.{0,12} )?(?:theo doi(?: giup)?(?: ho so)?(?: nay| do| cua toi| cua em| cua minh)?(?: giup| toi| em"
    r"| cho)*|(?:khi nao |co gi |neu )?"
    r"(?:co ket qua|xong|co giay|thay doi|co gi|moi|tin)?(?: thi| moi)? ?(?:bao|nhan|thong bao)(?: lai| tin)*(?: cho)?"
    r" (?:toi|em|minh|chau)(?: biet| hay)?"
    r"(?: (?:khi|luc) .{2,20})?)"
)
_CITIZEN = ((Wish.FOLLOW, _FOLLOW), (Wish.PAPERS, _PAPERS))
_DONE = re.compile(rf"{_WHO}(?:{_W} )?{_WHO}(?:vua |moi )?(?:{_ADDED})(?: (?:ho so )?(?:{_CODE}|\d{{3,6}}))?{_ROI}")
_NUMBER = re.compile(r"(?<!\d)\d{3,6}(?!\d)")
_MOST_WORDS, _LONGEST = 16, 400


def spelled(text: str) -> str:
    """Return a text as phrases are compared: folded, shorthand written out, the code of a dossier as "#"."""
    return " ".join(" ".join(_SHORT.get(word, word) for word in _bare(text).split()).split())


def _bare(text: str) -> str:
    """Return a text folded, its punctuation gone, every other word as it is."""
    text = tidy(text)
    if found := dossier_codes.named(text):
        at = text.find(found.code)
        text = f"{text[:at]} {_CODE} {found.rest}" if at >= 0 else text
    words = re.findall(rf"[a-z]+|\d+|{_CODE}", fold(text))
    return " ".join(_DOSSIER.get(word, word) for word in words)


def meant_by_staff(text: str) -> Phrase | None:
    """Return what somebody of the staff wants of dossiers; None: it is none of these."""
    if len(text) > _LONGEST:
        return None
    bare = _bare(text)
    for pattern in _HAND_ON:
        if found := pattern.fullmatch(bare):
            why = _WHY.search(text)
            return Phrase(Wish.HAND_ON, found["which"] or "", found["whom"], why["why"].strip() if why else "")
    said = spelled(text)
    for wish, pattern in _STAFF_PATTERNS:
        if found := pattern.fullmatch(said):
            which = found.groupdict().get("which") or ""
            return Phrase(wish, which, text=_note(text, which) if wish is Wish.NOTE else "")
    return _work(said)


def _note(text: str, which: str) -> str:
    """Return what is to be noted, as it was typed."""
    code = dossier_codes.named(text)
    return (code.rest if code else text.partition(which)[2]).strip(" :,.-–\n")


def _work(said: str) -> Phrase | None:
    words = said.split()
    if len(words) > _MOST_WORDS or not _LIST.issuperset(words) or _NO_LIST.search(said):
        return None
    if _SOON_CUE.search(said):
        return Phrase(Wish.SOON)
    if _LATE_CUE.search(said):
        return Phrase(Wish.LATE)
    return Phrase(Wish.WORK) if _WORK_CUE.search(said) else None


def meant_by_citizen(text: str) -> Phrase | None:
    """Return what a citizen wants of their dossiers; None: it is none of these."""
    said = spelled(text) if len(text) <= _LONGEST else ""
    words = said.split()
    if not words or len(words) > _MOST_WORDS:
        return None
    which = _NUMBER.search(said)
    number = which[0] if which else ""
    if _DONE.fullmatch(said) and (number or {_CODE, "roi", "xong"} & set(words)):
        return Phrase(Wish.SUPPLEMENTED, number)
    if _FORGOTTEN.fullmatch(said) or _WHERE_CODE.fullmatch(said):
        return Phrase(Wish.FORGOTTEN)
    if _CODE in words:
        return None
    wish = next((wish for wish, pattern in _CITIZEN if pattern.fullmatch(said)), None)
    return Phrase(wish, number) if wish else _status(said, words, number)


def _status(said: str, words: list[str], number: str) -> Phrase | None:
    plain = [word for word in words if not word.isdigit()]
    if _STATUS_SAID.issuperset(plain):
        if _STATUS_CUE.search(said):
            return Phrase(Wish.STATUS, number)
        if _PERHAPS_CUE.search(said) and _PERHAPS_THING.search(said) and not _NOT_OF_ONES_OWN.search(said):
            return Phrase(Wish.STATUS_PERHAPS, number)
    if found := _STATUS.fullmatch(said):
        topic = tuple(word for word in found["topic"].split() if word not in _STATUS_SAID)
        # "giấy phép xong chưa" of nobody's is asked of a procedure; "hồ sơ … tới đâu rồi" is not.
        sure = said.startswith("ho so") or "dau" in words
        return Phrase(Wish.STATUS if sure else Wish.STATUS_PERHAPS, number, topic=topic)
    return None
