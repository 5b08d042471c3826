"""Whether a question leans on the one before ("thế còn qua bưu điện?"), and the two read together."""

import re
from dataclasses import replace

from knowledge.understanding import Phrase, Understanding, Word

_OPENS = re.compile(
    r"^(?:(?:dạ|à|ừ|ờ|ok|vâng|em|cho (?:em|tôi|mình) hỏi) )*"
    r"(?:còn(?! hiệu lực| hạn)|thế(?! nào)|vậy|và|rồi|nhưng|nếu vậy|nếu thế|tức là|ngoài ra"
    r"|what about|how about|and|but|then|so|also)\b"
)
_POINTING = frozenset(
    [
        "đó",
        "này",
        "ấy",
        "nó",
        "họ",
        "trên",
        "vậy",
        "thế",
        "kia",
        "it",
        "its",
        "that",
        "this",
        "they",
        "them",
        "those",
        "these",
        "there",
    ]
)
_FEW, _SOME, _MANY = 2, 6, 9
EARLIER, EARLIER_FOR_FEW = 0.6, 0.9


def leans(now: Understanding) -> bool:
    """Tell whether a question says too little by itself: no content, or a few words that point back."""
    content = len(now.content)
    if content <= _FEW:
        return True
    if _OPENS.search(now.now):
        return content <= _MANY
    return content <= _SOME and points_back(now)


def points_back(now: Understanding) -> bool:
    """Tell whether a question says that it goes on about something: "thế còn …", "… đó"."""
    # With their marks: "đo" (measure) is no "đó" (that).
    return bool(_OPENS.search(now.now)) or any(word.key in _POINTING for word in now.words)


def together(now: Understanding, before: Understanding) -> Understanding:
    """Read a question with the one it leans on; the earlier words count less, the more the question says itself."""
    weight = EARLIER_FOR_FEW if len(now.content) <= _FEW else EARLIER
    gap = Word("", "", 0.0, "")
    shift = len(now.words) + 1
    earlier = tuple(replace(word, weight=word.weight * weight) for word in before.words)
    phrases = tuple(
        Phrase(phrase.keys, phrase.weight * weight, tuple(place + shift for place in phrase.stands_for))
        for phrase in before.phrases
    )
    slips = {**now.slips, **{place + shift: meant for place, meant in before.slips.items()}}
    return replace(
        now, words=(*now.words, gap, *earlier), phrases=(*now.phrases, *phrases), slips=slips, before=before.text
    )
