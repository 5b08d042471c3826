"""Tells what a number is by its digits and how they are grouped: a phone, a personal id, a tax code, a card.

Numbering plan of telephones (TT 22/2014/TT-BTTTT as amended): mobiles 03, 05, 07, 08, 09 with ten digits, landlines 02
with eleven. CCCD: twelve digits, the first three a province code (TT 59/2021/TT-BCA). Tax codes: ten digits, the tenth
a check digit, -nnn for a branch (TT 105/2020/TT-BTC). Cards: Luhn (ISO/IEC 7812-1).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class MaskedKind(StrEnum):
    PERSONAL_ID = "personal_id"
    TAX_CODE = "tax_code"
    PHONE = "phone"
    EMAIL = "email"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Group:
    """Digits written together, or one digit spelled as a word; `before`: what parts it from the group before."""

    digits: str
    start: int
    end: int
    before: str | None  # None: too much for one number


FEWEST_ANNOUNCED, FEWEST_DIGITS, MOST_DIGITS = 6, 10, 19
_MOBILE = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")
_LANDLINE = re.compile(r"02\d{9}|01[2689]\d{8}")  # 01…: mobiles until 2018, still in people's books
_ELEVEN = re.compile(r"0\d{10}")  # a landline, or a mobile with a digit too many
_ABROAD = re.compile(r"(?:00)?840?(?:[35789]\d{8}|2\d{9})")
_HOTLINE = re.compile(r"1[89]00\d{4,6}")
_DOUBLED = str.maketrans("0123456789", "0246813579")
_NAPAS = re.compile(r"9704\d{12}(?:\d{3})?")  # cards of Vietnamese banks; not every bank keeps Luhn
_PROVINCES = re.compile(
    r"0(?:0[12468]|1[01245789]|2[024567]|3[01345678]|4[024568]|5[12468]|49|6[02468]|7[024579]|8[0234679]|9[1-6])"
)
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PHONE, _ID, _OLD_ID, _TAX, _BRANCH = 10, 12, 9, 10, 13
_THOUSAND = 3
_CARD = range(13, 20)
_ACCOUNT = range(6, 20)
_SHAPES_OF_CARDS = ((4, 6, 5), (4, 6, 4))


def classify(groups: Sequence[Group], digits: str, cue: MaskedKind | None, *, plus: bool) -> MaskedKind | None:
    """Return what these groups are together; None: nothing that has to be masked. `digits`: theirs, joined.

    `cue`: what the words before announce ("sdt", "cccd"). `plus`: a plus sign stands directly before.
    """
    if plus and 8 <= len(digits) <= 15:  # noqa: PLR2004 - E.164: at most 15 digits
        return MaskedKind.PHONE
    if all(_YEAR.fullmatch(group.digits) for group in groups):
        return None
    amount = _is_amount(groups, digits)
    if cue and not (amount and cue is MaskedKind.CARD) and (kind := _announced(digits, cue)):
        return kind
    if amount:
        return None
    return _whole(digits) if len(groups) == 1 else _grouped(groups, digits)


def _announced(digits: str, cue: MaskedKind) -> MaskedKind | None:
    lengths = {
        MaskedKind.PHONE: range(7, 13),
        MaskedKind.PERSONAL_ID: (_OLD_ID, _ID),
        MaskedKind.TAX_CODE: (_TAX, _ID, _BRANCH),
        MaskedKind.CARD: _ACCOUNT,
    }
    return cue if len(digits) in lengths.get(cue, ()) and not _HOTLINE.fullmatch(digits) else None


def _is_amount(groups: Sequence[Group], digits: str) -> bool:
    """1.200.000, 5 000 000 or 5000000000: thousands, or a round sum."""
    if digits.startswith("0") or (_ABROAD.fullmatch(digits) and groups[-1].before not in {".", ","}):
        return False
    parted = {group.before for group in groups[1:]}
    thousands = all(len(group.digits) == _THOUSAND for group in groups[1:]) and len(groups[0].digits) <= _THOUSAND
    return digits.endswith("00000") or (thousands and parted in ({"."}, {","}, {" "}))


def _whole(digits: str) -> MaskedKind | None:
    if len(digits) == _TAX and not _MOBILE.fullmatch(digits):
        return MaskedKind.TAX_CODE
    if len(digits) == _ID:
        return MaskedKind.PERSONAL_ID
    if _MOBILE.fullmatch(digits) or _ABROAD.fullmatch(digits) or _ELEVEN.fullmatch(digits):
        return MaskedKind.PHONE
    if _is_card(digits):
        return MaskedKind.CARD
    return MaskedKind.TAX_CODE if len(digits) == _BRANCH and tax_check(digits) else None


def _is_card(digits: str) -> bool:
    return len(digits) in _CARD and digits[0] != "0" and (luhn(digits) or _NAPAS.fullmatch(digits) is not None)


def _grouped(groups: Sequence[Group], digits: str) -> MaskedKind | None:
    sizes = tuple(len(group.digits) for group in groups)
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) or _ABROAD.fullmatch(digits):
        return MaskedKind.PHONE
    if len(digits) == _ID and _PROVINCES.match(digits):
        return MaskedKind.PERSONAL_ID
    if sizes == (_TAX, _BRANCH - _TAX) and groups[1].before in {"-", " - ", "- ", " -"}:
        return MaskedKind.TAX_CODE
    if len(digits) == _TAX and tax_check(digits) and len(sizes) <= 4 and min(sizes[:-1]) > 1:  # noqa: PLR2004 - "42 0012345 6"
        return MaskedKind.TAX_CODE
    if _is_card(digits) and _shaped_as_card(groups, sizes):
        return MaskedKind.CARD
    return None


def _shaped_as_card(groups: Sequence[Group], sizes: tuple[int, ...]) -> bool:
    """Fours, or what card makers print, or evenly parted digits and pairs; "4.1 4.2 4.3" is a list of clauses."""
    even = len({group.before for group in groups[1:]}) == 1 and set(sizes[:-1]) <= {max(sizes)}
    return set(sizes[:-1]) == {4} or sizes in _SHAPES_OF_CARDS or even


def luhn(digits: str) -> bool:
    doubled = digits[-2::-2].translate(_DOUBLED)
    return sum(map(int, digits[::-2] + doubled)) % 10 == 0


def tax_check(digits: str) -> bool:
    """Tell whether the tenth digit is the check digit of the first nine."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _TAX_WEIGHTS, strict=False))
    return 10 - total % 11 == int(digits[9])


def masked_number(kind: MaskedKind, digits: str) -> str:
    """Return what is kept of a number: 09xx***123, 001*******89, 42******67, ************1111."""
    match kind:
        case MaskedKind.PHONE:
            home = re.sub(r"^(?:00)?840?(?=[2-9]\d{8})", "0", digits)
            return f"{home[:2]}xx***{home[-3:]}"
        case MaskedKind.PERSONAL_ID:
            return f"{digits[:3]}{'*' * (len(digits) - 5)}{digits[-2:]}"
        case MaskedKind.TAX_CODE:
            return f"{digits[:2]}******{digits[8:10]}" + ("-***" if len(digits) == _BRANCH else "")
        case _:
            return f"{'*' * max(4, len(digits) - 4)}{digits[-4:]}"
