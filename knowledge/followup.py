"""Whether a question leans on the one before ("thế còn qua bưu điện?"), and the two read together."""

import re
from dataclasses import replace

from knowledge.understanding import Phrase, Understanding, Word
from knowledge.vietnamese import fold

_OPENS = re.compile(
    r"^(?:(?:da|a|u|uh|uhm|ok|vang|em|cho (?:em|toi|minh) hoi)\s+)*"
    r"(?:con|the con|vay con|the|vay|va|roi|nhung|neu vay|neu the|tuc la|ngoai ra|the thi|vay thi"
    r"|what about|how about|and|but|then|so|also)\b"
)
_POINTING = frozenset("đó này ấy nó họ trên vậy thế kia it its that this they them those these there".split(" "))
_FEW, _SOME, _MANY = 2, 6, 9
EARLIER, EARLIER_FOR_FEW = 0.6, 0.9


def leans(now: Understanding) -> bool:
    """Tell whether a question says too little by itself: no content, or a few words that point back."""
    folded = fold(now.text)
    content = len(now.content)
    if content <= _FEW:
        return True
    if _OPENS.search(folded):
        return content <= _MANY
    # With their marks: "đo" (measure) is no "đó" (that).
    return content <= _SOME and any(word.key in _POINTING for word in now.words)


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
