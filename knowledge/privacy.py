"""Masks personal numbers and addresses before anything is stored: Law 91/2025/QH15 (purpose, least data).

The text is looked at through a shadow of it: marks, zero-width characters and foreign digits folded away, each
character of the shadow standing for one of the text. What is found there is masked in the text, the rest stays.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from knowledge import dossier_codes
from knowledge.numbers import FEWEST_ANNOUNCED, FEWEST_DIGITS, MOST_DIGITS, Group, MaskedKind, classify, masked_number

__all__ = ["Masked", "MaskedKind", "mask"]

_HIDDEN = "\x00"  # stands in the shadow for what is settled: masked already, or not to be masked
_NUMERALS = (
    *("khong ko zero", "mot one", "hai two", "ba three", "bon tu four"),
    *("nam lam five", "sau six", "bay seven", "tam eight", "chin nine"),
)
_WORDS = {word: str(digit) for digit, words in enumerate(_NUMERALS) for word in words.split()}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_GROUP = re.compile(rf"\d+|(?<![a-z])(?:{_WORD})+(?![a-z])")
_SPELLED = re.compile(_WORD)
_LETTER_O = re.compile(r"[0-9a-z]+")
_BETWEEN = re.compile(r"[ .\-_/,*~()]{0,3}")

# What looks like a personal number and is none; masked results too, so that masking twice changes nothing.
_SETTLED = re.compile(
    r"|".join(  # noqa: FLY002 - one line a shape, each with its reason
        [
            r"\d\dxx\*{3}\d{3}|\d{3}\*{4,7}\d\d|\d\d\*{6}\d\d(?:-\*{3})?|\*{4,15}\d{4}",  # what `mask` writes
            r"[a-z0-9._%+\-]\*{3}@[a-z0-9.*\-]{1,300}",
            r"(?:\d{1,3}\.){0,4}(?<![a-z])[a-z]\d{2}(?:\.\d{1,4}){0,4} ?- ?\d{6} ?- ?\d{4,6}(?!\d)",  # dossier codes
            r"(?<![\da-z])\d{3}[. ]?\d\d[. ]?\d\d[. ]?[a-z]\d\d[ \-_.]{0,3}\d{6}[ \-_.]{0,3}\d{4,6}(?!\d)",  # barcodes
            r"(?<![\da-z])[a-z]\d\d(?:[. ]\d{1,4}){0,4}[ \-_.]{1,3}\d{6}[ \-_.]{1,3}\d{4,6}(?!\d)",  # with spaces
            r"(?<!\d)[23]\d(?:0\d|1[0-2])[0-3]\d ?- ?\d{4}(?!\d)",  # their tail: day, number
            r"(?<![\d.\-/])(?:[0-3]?\d)([./\-])(?:[01]?\d)\1(?:19|20)\d\d(?!\d|[./\-]\d)",  # days
            r"(?<![\d.\-/])(?:19|20)\d\d([./\-])[01]\d\2[0-3]\d(?!\d|[./\-]\d)",
            r"(?<!\d)(?<!\d[ .,\-/])[1-9]\d*(?:[., ]\d{3})* ?(?:d|dong|vnd|usd|trieu|ty|ti|nghin|ngan|k)(?![a-z/])",
            r"(?<![\d/])\d{1,5}/(?:(?:19|20)\d\d(?!\d)|[a-z]{2})",  # decisions, laws
            r"(?<!\d)[1-3]\.\d{6}(?!\d)",  # codes of procedures
        ]
    )
)
_CUE = re.compile(
    r"(?P<phone>\b(?:sdt|dt|dien thoai|phone|tel|mobile|zalo|goi|lien he|lien lac|call|whatsapp|viber|hotline)\b)"
    r"|(?P<personal_id>\b(?:cccd|cmnd|cmt|cmtnd|can cuoc|chung minh|dinh danh|id card|identity|gttt))\b"
    r"|(?P<tax_code>\b(?:mst|ma so thue|ma thue|tax|msdn|ma so doanh nghiep|ma so dn))\b"
    r"|(?P<card>\b(?:stk|so tk|tai khoan|account|so the|the atm|card|visa|mastercard|napas|ngan hang))\b"
)
_CUE_REACH = 32

_AT = r"(?: {0,2}@ {0,2}| ?[(\[{<] ?(?:at|a cong|acong|@) ?[)\]}>] ?| (?:a cong|acong|a coong|a moc) )"
_DOT = r"(?: {0,2}\. {0,2}| ?[(\[{<] ?(?:dot|cham|\.) ?[)\]}>] ?| (?:dot|cham) )"
_TOP = r"(?:com|vn|net|org|edu|gov|info)(?![a-z0-9])"  # "me", "co" after a full stop are Vietnamese words
_LABEL = r"[a-z0-9\-]{1,63}"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL}|{_DOT}{_TOP}){{1,6}}"
_MAILBOX = rf"(?:gmail|yahoo|hotmail|outlook|icloud|proton|protonmail|live|ymail|zoho){_DOT}{_TOP}"
_EMAIL = re.compile(rf"(?:{_AT}(?P<domain>{_DOMAIN})| (?:at|a) (?P<mailbox>{_MAILBOX}))")
_LOCAL = re.compile(r"[a-z0-9._%+\-]{1,64}\Z")
_LONGEST_LOCAL = 64
_FEWEST_SPELLED, _DIGITS_OF_A_CODE = 4, 12
_NO_BEGINNING = frozenset("12345679")
_REMEMBERED = 0x2100  # every Latin letter; what is rarer is looked up each time
_LONG_NUMBER = re.compile(r"\d{6,}")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and what was masked in it."""

    text: str
    kinds: frozenset[MaskedKind]


@dataclass(frozen=True, slots=True)
class _Find:
    kind: MaskedKind
    start: int
    end: int
    instead: str


def mask(text: str, *, but: frozenset[MaskedKind] = frozenset()) -> Masked:
    """Mask phones, personal ids, tax codes, e-mail and card numbers. Never raises; masking twice changes nothing.

    `but`: kinds that stay as they are.
    """
    shadow, places = _shadow(text)
    finds = list(_emails(shadow))
    shadow = _hide(shadow, ((find.start, find.end) for find in finds))
    shadow = _hide(shadow, (found.span() for found in _SETTLED.finditer(shadow)))
    if sum(map(str.isdigit, shadow)) >= _DIGITS_OF_A_CODE:
        shadow = _hide(shadow, (span for span in dossier_codes.spans_of(shadow) if _is_of_a_day(shadow, span)))
    finds += _numbers(shadow)
    finds = [find for find in finds if find.kind not in but]
    if not finds:
        return Masked(text, frozenset())
    said, at = [], 0
    for find in sorted(finds, key=lambda find: find.start):
        said += [text[at : places[find.start]], find.instead]
        at = places[find.end - 1] + 1
    return Masked("".join([*said, text[at:]]), frozenset(find.kind for find in finds))


def _is_of_a_day(shadow: str, span: tuple[int, int]) -> bool:
    """Tell a dossier's code, in which a day stands, from an id behind a letter."""
    return dossier_codes.day_of(shadow[span[0] : span[1]]) is not None


def _shade(letter: str) -> str:
    """Return the one plain character that a letter is looked at as; "" for what nobody sees."""
    category = unicodedata.category(letter)
    if category in {"Mn", "Me", "Cf", "Cs"}:
        return ""
    if (digit := unicodedata.digit(letter, None)) is not None:
        return str(digit)
    if category == "Pd" or letter == "\u2212":
        return "-"
    if category == "Zs":
        return " "
    if letter in "·•∙․。｡‧・":
        return "."
    plain = unicodedata.normalize("NFKD", letter.lower().replace("đ", "d"))[:1]
    return plain if plain and plain != _HIDDEN and not plain.isdigit() else " "  # "¼" is no 1


class _Shades(dict[int, str]):
    """A table for `str.translate`, filled in as letters are met."""

    def __missing__(self, code: int) -> str:
        shade = _shade(chr(code))
        if code < _REMEMBERED:
            self[code] = shade
        return shade


_shades = _Shades()


def _shadow(text: str) -> tuple[str, Sequence[int]]:
    shadow = text.translate(_shades)
    places: Sequence[int] = range(len(text))
    if len(shadow) < len(text):
        places = [place for place in places if _shades[ord(text[place])]]
    return _LETTER_O.sub(_zero_for_o, shadow), places


def _zero_for_o(found: re.Match[str]) -> str:
    """Read "O9O5" as a number: the oldest trick."""
    word = found.group()
    return word.replace("o", "0") if word.strip("0123456789o") == "" and word.strip("o") else word


def _hide(shadow: str, spans: Iterator[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in sorted(spans):
        kept += [shadow[at:start], _HIDDEN * (end - start)]
        at = end
    return "".join([*kept, shadow[at:]])


def _emails(shadow: str) -> Iterator[_Find]:
    settled = 0
    for found in _EMAIL.finditer(shadow):
        local = _LOCAL.search(shadow, max(settled, found.start() - _LONGEST_LOCAL), found.start())
        if local:
            domain = _LONG_NUMBER.sub("***", re.sub(_DOT, ".", found["domain"] or found["mailbox"]))
            yield _Find(MaskedKind.EMAIL, local.start(), found.end(), f"{local.group()[0]}***@{domain}")
            settled = found.end()


def _numbers(shadow: str) -> Iterator[_Find]:
    for run in _runs(shadow):
        at = 0
        while at < len(run):
            find, length = _longest(shadow, run, at)
            if find:
                yield find
            at += length


def _runs(shadow: str) -> Iterator[list[Group]]:
    """Yield the groups of digits that stand close enough to be one number."""
    run: list[Group] = []
    for group in _groups(shadow):
        if run and group.before is None:
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _groups(shadow: str) -> Iterator[Group]:
    last = -1
    for found in _GROUP.finditer(shadow):
        pieces = [found] if found.group()[0].isdigit() else list(_SPELLED.finditer(shadow, found.start(), found.end()))
        for piece in pieces:
            between = shadow[last : piece.start()] if last >= 0 else _HIDDEN
            near = _BETWEEN.fullmatch(between) is not None
            yield Group(_WORDS.get(piece.group(), piece.group()), piece.start(), piece.end(), between if near else None)
            last = piece.end()


def _longest(shadow: str, run: Sequence[Group], at: int) -> tuple[_Find | None, int]:
    """Return what the most groups from here on are together, and how many they are."""
    first = run[at]
    cue = _cue(shadow, first.start)
    plus = shadow[max(0, first.start - 1) : first.start] == "+"
    if not cue and not plus and first.digits in _NO_BEGINNING and len(run) - at > MOST_DIGITS:
        return None, 1  # of single digits a card alone begins so, and that would end here
    near = run[at : at + MOST_DIGITS]
    digits = "".join(group.digits for group in near)
    ends = list(accumulate(len(group.digits) for group in near))
    for length in range(bisect_right(ends, MOST_DIGITS), 0, -1):
        if ends[length - 1] < (FEWEST_ANNOUNCED if cue or plus else FEWEST_DIGITS):
            break
        spelled = sum(shadow[group.start].isalpha() for group in near[:length])
        if 0 < spelled < _FEWEST_SPELLED:
            continue  # "03 năm 3.100.000" is a term and a sum
        if kind := classify(near[:length], digits[: ends[length - 1]], cue, plus=plus):
            return _find(shadow, kind, run[at : at + length]), length
    return None, 1


def _find(shadow: str, kind: MaskedKind, groups: Sequence[Group]) -> _Find:
    first = groups[0]
    digits = "".join(group.digits for group in groups)
    before = shadow[max(0, first.start - 1) : first.start]
    bracket = before == "(" and any(")" in (group.before or "") for group in groups[1:2])
    start = first.start - (bracket or (before == "+" and digits.startswith("84")))
    return _Find(kind, start, groups[-1].end, masked_number(kind, digits))


def _cue(shadow: str, at: int) -> MaskedKind | None:
    before = re.split("[\x00\\d]", shadow[max(0, at - _CUE_REACH) : at])[-1]
    cues = list(_CUE.finditer(before))
    return MaskedKind(str(cues[-1].lastgroup)) if cues else None
