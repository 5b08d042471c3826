"""Vietnamese as it is typed: Unicode forms, marks, syllables, and telling it from English."""

import re
import unicodedata
from functools import lru_cache

from knowledge.texts import Language

# Zero-width and direction marks, soft hyphen, variation selectors, byte order mark, tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_MARKED = re.compile("[\u00c0-\u1ef9]")

# "hoà" and "hòa", "lý" and "lí" are one word in two spellings; search keys use one of them.
_TONE_PLACE = {
    new: old
    for vowels, olds, news in (("oa", "òóỏõọ", "àáảãạ"), ("oe", "òóỏõọ", "èéẻẽẹ"), ("uy", "ùúủũụ", "ỳýỷỹỵ"))
    for new, old in ((vowels[0] + n, o + vowels[1]) for o, n in zip(olds, news, strict=True))
}
_NEW_STYLE = re.compile("(?<!q)(" + "|".join(_TONE_PLACE) + ")$")
_FINAL_Y = re.compile("^(h|k|l|m|s|t|v)([yỳýỷỹỵ])$")
_Y_TO_I = dict(zip("yỳýỷỹỵ", "iìíỉĩị", strict=True))

# Function words that are no Vietnamese syllable without marks ("to", "do", "in", "so", "an", "no", "the" are).
_ENGLISH_WORDS = """
the is are was were been does did doing how what when where who whom which why whose can could may might must
shall should will would has have had my you your we our they their she its this that these those there and or
of on for from with about into your if not please tell show list give get need want any many much hello thanks
thank bye it he be by at as
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_TELEX = str.maketrans("", "", "sfrxjw")
_LONG = 4
_ENOUGH = 2000


def nfc(text: str) -> str:
    """Return `text` in Unicode form NFC: macOS and some keyboards send letters and marks apart."""
    return unicodedata.normalize("NFC", text)


# Every Vietnamese letter with marks, and the marks that stand alone: most texts fold by this table.
_PLAIN = {ord("đ"): "d"} | {
    code: unicodedata.normalize("NFD", chr(code))[0] for code in (*range(0xE0, 0x1B5), *range(0x1EA0, 0x1EFA))
    if unicodedata.combining(unicodedata.normalize("NFD", chr(code))[-1])
} | {ord(mark): None for mark in "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"}  # fmt: skip


def fold(text: str) -> str:
    """Return `text` lower-cased, without Vietnamese marks, with đ as d: "Đo lường" gives "do luong"."""
    lower = text.lower()
    if lower.isascii():
        return lower
    folded = lower.translate(_PLAIN)
    if folded.isascii():
        return folded
    apart = unicodedata.normalize("NFD", lower.replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def tidy(text: str) -> str:
    """Return `text` in NFC on one line: invisible and control characters gone, white space folded to single spaces."""
    visible = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    # Lone surrogates (broken emoji from a client) cannot be encoded, neither to the store nor to the index.
    visible = visible.encode("utf-8", "ignore").decode("utf-8")
    return _SPACE.sub(" ", nfc(visible)).strip()


@lru_cache(maxsize=65536)
def one_spelling(syllable: str) -> str:
    """Return the spelling under which a lower-case NFC syllable is searched: "hoà" gives "hòa", "lý" gives "lí"."""
    if syllable.isascii() and not syllable.endswith("y"):
        return syllable
    placed = _NEW_STYLE.sub(lambda found: _TONE_PLACE[found.group()], syllable)
    return _FINAL_Y.sub(lambda found: found[1] + _Y_TO_I[found[2]], placed)


@lru_cache(maxsize=65536)
def fold_syllable(syllable: str) -> str:
    """Return one search key without its marks; remembered, for the same few thousand syllables come again and again."""
    return fold(syllable)


def tokens(text: str) -> list[str]:
    """Return the syllables of `text` in order, lower-case NFC, as they are spelled: see `one_spelling`."""
    return _TOKEN.findall(nfc(text).lower())


def syllables(text: str) -> list[str]:
    """Return the search keys of `text` in order: lower-case NFC syllables, numbers whole ("9.1.2"), no punctuation."""
    return [one_spelling(token) for token in tokens(text)]


def has_marks(text: str) -> bool:
    """Tell whether any letter carries a Vietnamese mark (đ counts)."""
    return any(fold(letter) != letter.lower() for letter in nfc(text) if letter.isalpha() and not letter.isascii())


def language_of(text: str) -> Language:
    """Tell the language of what somebody typed: Vietnamese unless English function words prevail.

    Vietnamese without marks shares "to", "in", "an", "so", "the" with English, so one such word decides nothing;
    nor does one foreign word beside another: "xe container", "ban karaoke".
    """
    words = [word for word in _TOKEN.findall(nfc(text[:_ENOUGH]).lower()) if word.isalpha()]
    marked = sum(1 for word in words if not word.isascii())
    english = sum(1 for word in words if word in _ENGLISH)
    foreign = sum(1 for word in words if word not in _ENGLISH and len(word) >= _LONG and _foreign(word))
    if not english and foreign == 1 < len(words):
        return Language.VI
    return Language.EN if words and english + foreign - marked > 0.45 * len(words) else Language.VI


_ONSET = "(?:ngh|ng|nh|ph|th|tr|ch|gh|gi|kh|qu|[bcdghklmnpqrstvx])?"
_RHYME = (
    "(?:ieu|yeu|uoi|uou|oai|oay|uay|uya|uyu|uye(?:n|t)|ie(?:m|n|ng|p|t|c)|ye(?:m|n|ng|t)|uo(?:m|n|ng|p|t|c)|oa(?:m|n|ng|nh|p|t|c|ch)"
    "|oe(?:n|t)|ua(?:n|ng|t)|uy(?:nh|ch|t|p)|[aeiouy](?:ch|nh|ng|[mnpct])|[aeo]o|[aeo]u|[aeou]i|[aeiou]a|ay|uy|ue|uo|iu|uu|oo(?:ng|c)"
    "|[aeiouy])"
)
_VIETNAMESE = re.compile(f"^{_ONSET}{_RHYME}$")


@lru_cache(maxsize=65536)
def _could_be_vietnamese(word: str) -> bool:
    return bool(_VIETNAMESE.match(fold(word)))


def could_be_vietnamese(word: str) -> bool:
    """Tell whether `word`, marks aside, has the shape of one Vietnamese syllable."""
    return _could_be_vietnamese(word.lower())


def _foreign(word: str) -> bool:
    if not word.isascii() or _could_be_vietnamese(word):
        return False
    # Raw telex ("chaats", "dduwowcj") is Vietnamese too.
    telex = re.sub(r"([aeod])\1", r"\1", word[:1] + word[1:].translate(_TELEX))
    return telex == word or not _could_be_vietnamese(telex)
