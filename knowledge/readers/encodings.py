"""Knows the old Vietnamese encodings and turns them into Unicode (NFC): TCVN3, VNI-Windows, Windows-1258, VISCII.

Before Unicode an office wrote with fonts that drew Vietnamese letters at the places of French ones; ".VnTime" is such a
font (TCVN3, its capitals in a font of their own, ".VnTimeH"), "VNI-Times" another. What was written so looks like
"ViÖt Nam" or "Vieät Nam" in any other font. Tables: TCVN 5712:1993 (VN3), RFC 1456 (VISCII), VNI Software Co.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import chain, islice

_HIGH = range(0x80, 0x100)
_SAMPLED = 200_000  # characters looked at to recognise an encoding
_ENOUGH = 0.85  # of the words with marks must be Vietnamese syllables
_LEAST_WORDS = 3
_SAMPLE = 80  # characters of a sample for a person


class Legacy(StrEnum):
    TCVN3 = "TCVN3 (ABC, .VnTime)"
    VNI = "VNI-Windows"
    CP1258 = "Windows-1258"
    VISCII = "VISCII"


_TCVN3 = dict(
    chain(
        zip(range(0xA1, 0xAF), "ĂÂÊÔƠƯĐăâêôơưđ", strict=True),
        zip((0xB5, 0xB6, 0xB7, 0xB8, 0xB9), "àảãáạ", strict=True),
        zip((0xBB, 0xBC, 0xBD, 0xBE, 0xC6), "ằẳẵắặ", strict=True),
        zip((0xC7, 0xC8, 0xC9, 0xCA, 0xCB), "ầẩẫấậ", strict=True),
        zip((0xCC, 0xCE, 0xCF, 0xD0, 0xD1), "èẻẽéẹ", strict=True),
        zip((0xD2, 0xD3, 0xD4, 0xD5, 0xD6), "ềểễếệ", strict=True),
        zip((0xD7, 0xD8, 0xDC, 0xDD, 0xDE), "ìỉĩíị", strict=True),
        zip((0xDF, 0xE1, 0xE2, 0xE3, 0xE4), "òỏõóọ", strict=True),
        zip((0xE5, 0xE6, 0xE7, 0xE8, 0xE9), "ồổỗốộ", strict=True),
        zip((0xEA, 0xEB, 0xEC, 0xED, 0xEE), "ờởỡớợ", strict=True),
        zip((0xEF, 0xF1, 0xF2, 0xF3, 0xF4), "ùủũúụ", strict=True),
        zip((0xF5, 0xF6, 0xF7, 0xF8, 0xF9), "ừửữứự", strict=True),
        zip((0xFA, 0xFB, 0xFC, 0xFD, 0xFE), "ỳỷỹýỵ", strict=True),
    )
)
_VISCII = dict(
    zip(
        (0x02, 0x05, 0x06, 0x14, 0x19, 0x1E, *_HIGH),
        "ẲẴẪỶỸỴẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
        "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ",
        strict=True,
    )
)
_MARKS = {  # of VNI: the letter behind a vowel, and what it adds: circumflex or breve, then the tone
    **dict(zip("ùøûõï", ("\u0301", "\u0300", "\u0309", "\u0303", "\u0323"), strict=True)),
    **dict(
        zip("âáàåãä", ("\u0302" + tone for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")), strict=True)
    ),
    **dict(
        zip("êéèúüë", ("\u0306" + tone for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")), strict=True)
    ),
}
_ALONE = dict(zip("ôöñíìæóòîÔÖÑÍÌÆÓÒÎ", "ơưđíìỉĩịỵƠƯĐÍÌỈĨỊỴ", strict=True))
_VNI = re.compile("([aeouyôöAEOUYÔÖ])([ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])|[ôöñíìæóòîÔÖÑÍÌÆÓÒÎ]")

_FONT = re.compile(r"(?:[A-Z]{6}\+)?\s*(?:(?P<tcvn3>\.\s*vn)|(?P<vni>vni[-_ ]))(?P<rest>.*)", re.IGNORECASE)
_CHARSETS = {
    "windows-1258": Legacy.CP1258,
    "cp1258": Legacy.CP1258,
    "x-cp1258": Legacy.CP1258,
    "tcvn": Legacy.TCVN3,
    "tcvn-5712": Legacy.TCVN3,
    "tcvn5712-1": Legacy.TCVN3,
    "x-viet-tcvn5712": Legacy.TCVN3,
    "x-viet-tcvn": Legacy.TCVN3,
    "viscii": Legacy.VISCII,
    "x-viet-viscii": Legacy.VISCII,
    "x-viet-vni": Legacy.VNI,
}
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u0323][^\W\d_]*)*")
_PROPER = re.compile("[\u0102\u0103\u0110\u0111\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9]")  # letters no French text has
_AROUND = " .,;:!?()[]\"'“”‘’…/-+"
_LOOKED_AT = 200  # words of a line
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"(?:uyê|iê|yê|uô|ươ|uâ|uê|uơ|uy|oa|oă|oe|oo|ua|ia|ưa|ya|ưu|iu|êu|eo|ao|au|âu|ai|ay|ây|oi|ôi|ơi|ui|ưi|uya|uyu|oai|oay"
    r"|oeo|uây|iêu|yêu|uôi|ươi|ươu|[aăâeêioôơuưy])(?:ch|ng|nh|[cmnpt])?"
)


def by_font(font: str) -> Legacy | None:
    """Tell the encoding that a font draws: ".VnTime", "ABCDEF+.VnArialH" and "VNI-Times" are known by their names."""
    found = _FONT.match(font.lstrip("/"))
    return None if not found else Legacy.TCVN3 if found["tcvn3"] else Legacy.VNI


def by_charset(charset: str) -> Legacy | None:
    return _CHARSETS.get(charset.strip().lower())


def in_font(text: str, font: str) -> str:
    """Return what a person sees who looks at `text` in `font`; what is Unicode already stays."""
    legacy = by_font(font)
    if not legacy or text.isascii() or _PROPER.search(text):
        return _capitals(text, font) if legacy and text.isascii() else text
    return _capitals(unicode_of(text, legacy), font)


def _capitals(text: str, font: str) -> str:
    found = _FONT.match(font.lstrip("/"))
    name = re.split(r"[-, ]", found["rest"])[0] if found and found["tcvn3"] else ""
    return text.upper() if name.endswith("H") else text  # .VnTimeH draws small letters as capitals


def unicode_of(text: str, legacy: Legacy) -> str:
    """Return `text`, whose bytes were taken for Western ones, in Unicode (NFC)."""
    return unicodedata.normalize("NFC", _TURN[legacy](text))


def decoded_as(source: bytes, legacy: Legacy) -> str:
    return unicode_of(western(source), legacy)


def guessed(source: bytes) -> str | None:
    """Read bytes that are no UTF-8 as Western ones, where that is Vietnamese in an old encoding; else None."""
    text = western(source)
    return text if recognised(text) else None


def recognised(text: str) -> Legacy | None:
    """Tell in which old encoding garbled text was written; None for what is no Vietnamese, or is Unicode already."""
    text = text[:_SAMPLED]
    if text.isascii() or len(_PROPER.findall(text)) > len(text) // 200:
        return None
    scores = {legacy: _likeness(unicode_of(text, legacy)) for legacy in Legacy}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= _ENOUGH else None


def suspect(text: str) -> bool:
    """Tell a line that is no Unicode Vietnamese, though it has marks; French ones look so as well."""
    if text.isascii() or _PROPER.search(text):
        return False
    words = _marked(text)
    return sum(1 for word in words if _is_syllable(word)) * 2 < len(words) or not words


def gains(text: str, legacy: Legacy) -> bool:
    """Tell whether more of a line is Vietnamese when it is taken for an old encoding: "N¬i nép", but not "cá là"."""
    if text.isascii() or _PROPER.search(text):
        return False
    words = [word.strip(_AROUND) for word in text.split()[:_LOOKED_AT] if not word.isascii()]
    return sum(_is_syllable(unicode_of(word, legacy)) - _is_syllable(word) for word in words) > 0


def sample(lines: Iterable[str]) -> str:
    """Return the words with most marks for a person, who sees at once whether they are right."""
    starts = (line if len(line) <= _SAMPLE else line[:_SAMPLE].rsplit(" ", 1)[0] + "…" for line in islice(lines, 200))
    return max(starts, key=lambda start: sum(1 for letter in start if not letter.isascii()), default="")


def _likeness(text: str) -> float:
    """Return the share of words with marks that are Vietnamese syllables; 0 where too few have marks."""
    words = _marked(text)
    if len(words) < _LEAST_WORDS or not _PROPER.search(text):
        return 0.0
    return sum(1 for word in words if _is_syllable(word)) / len(words)


def _marked(text: str) -> list[str]:
    return [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]


def _is_syllable(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    apart = unicodedata.normalize("NFD", word.lower())
    toneless, tones = _TONE.subn("", apart)
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", toneless)) is not None


def western(source: bytes) -> str:
    """Read bytes as Windows does in the West; the five that it gives no letter stand for themselves."""
    return source.decode("latin-1").translate(_WESTERN)


def _tables() -> dict[str, Callable[[str], str]]:
    def mapping(table: dict[int, str]) -> Callable[[str], str]:
        letters = str.maketrans(
            {letter: made for byte, made in table.items() for letter in {_WESTERN[byte], chr(byte)}}
        )
        return lambda text: text.translate(letters)

    cp1258 = {byte: made for byte in _HIGH if (made := bytes([byte]).decode("cp1258", "ignore"))}
    return {
        Legacy.TCVN3: mapping(_TCVN3),
        Legacy.VISCII: mapping(_VISCII),
        Legacy.CP1258: mapping(cp1258),
        Legacy.VNI: lambda text: _VNI.sub(_vni, text),
    }


def _vni(found: re.Match[str]) -> str:
    if not found[1]:
        return _ALONE[found[0]]
    letter = _ALONE.get(found[1], found[1])
    return letter + _MARKS[found[2].lower()]


_WESTERN = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)}
_TURN = _tables()
