"""Codes of dossiers as people type, paste and scan them, and the digits that prove whose dossier it is.

Shape `V1V2V3.Z1Z2.Y1Y2.MX1X2-YYMMDD-XXXX` (TT 01/2018/TT-VPCP Art. 19); a shorter one, `H32.17-250702-0001`, is in use
since. What TT 03/2025/TT-VPCP says was not seen: so a code is kept as it was given, read tolerantly, never refused by
its prefix, and found by its letters and digits alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from knowledge.vietnamese import fold

# What is typed for a digit that looks like it; also in the code's letter, so both sides of a comparison agree.
_LOOKALIKES = str.maketrans("OIL", "011")
_D = "[0-9OIL]"
# Anything that people put between two parts; never between the letter and its two digits: "e 0561…" is somebody's id.
_PART = r"[ \-_./,]"
_GAP = rf"{_PART}{{0,3}}"
_CODE = re.compile(
    rf"(?<![A-Z0-9])(?P<code>(?:{_D}{{3}}{_GAP}{_D}{{2}}{_GAP}{_D}{{2}}{_GAP}|(?:{_D}{{1,3}}\.){{1,4}})?"
    rf"[A-Z]{_D}{{2}}(?:{_PART}{{1,3}}{_D}{{1,4}}|{_D}{{2}}){{0,4}}?{_GAP}(?P<day>{_D}{{6}}){_GAP}(?P<number>{_D}{{4,6}}))"
    r"(?![A-Z0-9])"
)
_PROCEDURE = re.compile(r"(?<![\d.])\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})?(?![\d-])", re.IGNORECASE)
_DAMAGED = re.compile(
    rf"(?<![A-Z0-9])(?:(?:{_D}{{2,3}}\.){{2,3}})?[A-Z]{_D}{{2}}(?:{_PART}{{1,3}}{_D}{{1,4}})?"
    rf" ?[\-_./] ?{_D}{{5,7}} ?[\-_./] ?{_D}{{1,9}}(?![A-Z0-9])"
)
_END_ALONE = re.compile(
    r"(?:tra cuu |tra |xem )?(?:ma )?(?:ho so|hs)(?: so| ma| ma so)? \d{3,8}(?: (?:toi|den|o|di) dau(?: roi| r)?)?"
)
_FOR_A_DOSSIER = re.compile(
    r"\bma (?:so )?(?:ho so|hs)\b|\b(?:ho so|hs)\b.*\b(?:(?:toi|den|o) dau|xong chua|(?:sao|the nao) roi)\b"
    r"|\b(?:tra cuu|tinh trang|theo doi|kiem tra) (?:ho so|hs)\b"
)
# What may be said around the digits; "4 số cuối" has a digit of its own.
_SAID = (
    r"(?:(?:4|bon|may)? ?(?:chu )?so (?:cuoi|duoi)|duoi|sdt|sgt|dt|so dien thoai|dien thoai|phone|cccd|cmnd"
    r"|so dinh danh|can cuoc|so giay to|giay to|id|mst|ma so thue|ma thue|tax(?: code)?|last (?:four|4)(?: digits)?"
    r"|la|is|cua|toi|em|minh|anh|chi|so|[\W_])"
)
_DIGITS = r"(?<!\d)(?P<digits>\d(?:[ .\-()]{0,2}\d){3,13})(?!\d)"
_PROOF = re.compile(rf"{_SAID}*?{_DIGITS}(?:[\W_]+[a-z]+){{0,2}}[\W_]*")
FEWEST_DIGITS, MOST_DIGITS = 4, 14
# A number in a sentence that also names a dossier: an ending, or all of a number; no day, sum, decree or term.
_BESIDE = re.compile(
    r"(?<![\w/.,\-•])\d(?:[ .\-()]{0,2}\d){3,13}(?![\w/•]|[ .\-()]{0,2}\d)"
    r"(?! ?(?:đ|d|đồng|dong|vnđ|vnd|ngày|ngay|tháng|thang|giờ|gio)\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CUE = re.compile(
    r"\b(?:cuoi|duoi|sdt|sgt|dt|dien thoai|phone|cccd|cmnd|dinh danh|can cuoc|giay to|mst|thue|tax|last)\b[^\d]{0,20}$"
)
_FEWEST_WHOLE, _FEW_WORDS = 9, 8
# Whoever writes into the register writes numbers that prove nothing.
_WRITTEN_DOWN = re.compile(r"\b(?:ghi chu|note|ghi|chuyen|giao)\b")
# Most of what is typed has none: a look at its digits is cheaper than one at each of its letters.
_DIGIT, _FEWEST_IN_A_CODE = re.compile(r"[\doOlI]"), 12
LONGEST, _LONGEST_SENTENCE = 60, 400
# A button's command has 64 bytes (Telegram's limit): room for a word before the code and a number behind it.
_MOST_BYTES = 45


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A code that stood in a text. `key`: what it is looked up by. `rest`: the text behind it."""

    code: str
    key: str
    rest: str


def key(code: str) -> str:
    """Return what a code is looked up by: its letters and digits, upper case, look-alikes as digits."""
    plain = unicodedata.normalize("NFKC", code).upper().translate(_LOOKALIKES)
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())


def named(text: str) -> DossierCode | None:
    """Return the first dossier code in a text, a pasted link or what a barcode holds; None where there is none."""
    if len(_DIGIT.findall(text)) < _FEWEST_IN_A_CODE:
        return None
    if "%" in text:
        text = unquote(text)
    shadow = _shadow(text)
    found = _CODE.search(shadow)
    if found is None:
        return None
    start, end = found.span("code")
    code = text[start:end].strip()
    return DossierCode(code, key(code), text[end:])


def all_named(text: str) -> list[str]:
    """Return every dossier code in a text, as given."""
    return [text[start:end].strip() for start, end in spans_of(text)]


def damaged(text: str) -> bool:
    """Tell whether a text holds what was to be a dossier's code, a digit short or too long; or only its end."""
    if len(text) > _LONGEST_SENTENCE or named(text):
        return False
    return _DAMAGED.search(_shadow(text)) is not None or _END_ALONE.fullmatch(" ".join(fold(text).split())) is not None


def procedure_for_a_dossier(text: str) -> str | None:
    """Return the procedure's code by which somebody asks for a dossier: where it is, or as "my dossier's code"."""
    found = procedure(text)
    return found if found and _FOR_A_DOSSIER.search(fold(text)) else None


def procedure(text: str) -> str | None:
    """Return the code of a procedure (`2.000674`) that stood in a text: people mix it up with a dossier's."""
    found = _PROCEDURE.search(text)
    return found.group() if found else None


def day_of(code: str) -> date | None:
    """Return the day of acceptance in a code; None where it has no such shape, or the day is in no calendar."""
    found = _CODE.fullmatch(_shadow(code.strip()))
    if found is None:
        return None
    digits = found["day"].translate(_LOOKALIKES)
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def proof(text: str) -> str:
    """Return the digits where a text is nothing but a number that may prove something; "" for any other text."""
    # What may be said around them can be read in several ways: a long text would take for ever, and is no number.
    found = _PROOF.fullmatch(fold(text)) if len(text) <= LONGEST else None
    # The national code of a procedure, typed alone, asks for that procedure.
    return digits_of(found["digits"]) if found and not _PROCEDURE.fullmatch(text.strip()) else ""


def digits_of(text: str) -> str:
    """Return the digits in a text, those of any script as ours."""
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())


def proof_beside(text: str) -> tuple[str, str]:
    """Return the digits that stand beside a dossier code, and the text with them hidden; ("", text) where none do."""
    spans = spans_of(text) if len(text) <= _LONGEST_SENTENCE else []
    if not spans:
        return _behind_a_link(text)
    end = spans[0][1]
    if len(spans) == 1 and (digits := proof(text[end:])):
        return digits, text[:end] + re.sub(r"\d", "•", text[end:])
    return _in_a_sentence(text, spans)


def _behind_a_link(text: str) -> tuple[str, str]:
    """Look behind a code that is written as links are: "H32%2D261113%2D0001&SGT=4567"."""
    code = named(text) if "%" in text else None
    digits = proof(code.rest) if code and text.endswith(code.rest) else ""
    if not code or not digits:
        return "", text
    end = len(text) - len(code.rest)
    return digits, text[:end] + re.sub(r"\d", "•", text[end:])


def _in_a_sentence(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, str]:
    plain = text
    for start, end in spans:
        plain = plain[:start] + "#" * (end - start) + plain[end:]
    folded = fold(plain)
    if _WRITTEN_DOWN.search(folded):
        return "", text
    few = len(re.findall(r"[a-z]+", folded)) <= _FEW_WORDS
    found = [one for one in _BESIDE.finditer(plain) if _proves(one, plain, few=few)]
    if len(found) != 1:
        return "", text
    start, end = found[0].span()
    return digits_of(found[0].group()), text[:start] + re.sub(r"\d", "•", text[start:end]) + text[end:]


def _proves(found: re.Match[str], text: str, *, few: bool) -> bool:
    digits = digits_of(found.group())
    if len(digits) >= _FEWEST_WHOLE:
        return True
    said_so = _CUE.search(fold(text[: found.start()])) is not None
    return len(digits) == FEWEST_DIGITS and (said_so or (few and not _YEAR.fullmatch(digits)))


def spans_of(text: str) -> list[tuple[int, int]]:
    """Return where dossier codes stand in a text."""
    if len(_DIGIT.findall(text)) < _FEWEST_IN_A_CODE:
        return []
    return [found.span("code") for found in _CODE.finditer(_shadow(text))]


def written(code: str) -> bool:
    """Tell whether a source's code can be kept: it has a digit, is no procedure's, and fits under a button."""
    found = _PROCEDURE.fullmatch(code.strip())
    fits = len(key(code)) >= FEWEST_DIGITS and len(code.encode()) <= _MOST_BYTES
    return found is None and fits and any(map(str.isdigit, code))


def _shadow(text: str) -> str:
    return "".join(_shades(text))


def _shades(text: str) -> Iterator[str]:
    """Yield one plain sign for each of the text: any dash as "-", foreign digits and wide letters as ours."""
    for sign in text:
        if unicodedata.category(sign) == "Pd" or sign in "\u2212\u2043\u30fc~":
            yield "-"
        elif sign in "·•∙․。｡‧・":
            yield "."
        elif unicodedata.category(sign) == "Zs":
            yield " "
        else:
            plain = unicodedata.normalize("NFKC", sign).upper()
            yield plain if len(plain) == 1 else " "
