"""A question as it is searched: its words, how much each says, and what else they may mean."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from knowledge.phrasebook import Book, Wordings, english, everyday, function_words, official
from knowledge.repair import Speech, abbreviations
from knowledge.texts import Language
from knowledge.vietnamese import fold_syllable, language_of, syllables, tidy

_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style)\b[^>]*>.*?</\1>|</?[a-zA-Z][^<>]{0,200}>|\{[%{#].{0,200}?[%}#]\}|\$\{.{0,80}?\}",
    re.DOTALL,
)
_SIGNS = re.compile(r"[*_~`|\[\](){}<>#\\^=]+")
# A statement of a database wrapped around a question, or around nothing.
_SQL = re.compile(
    r"\b(?:drop|alter|truncate)\s+table\s+\w+|\b(?:delete\s+from|insert\s+into)\s+\w+|\bunion\s+select\b|\blimit\s+\d+"
    r"|\bselect\s+\S+\s+from\s+\S+(?:\s+where\s+\w+\s*=)?",
    re.IGNORECASE,
)
_HEAD, _TAIL = 1500, 500
_SAID = 2
_LONGEST = 120  # syllables: beyond that nobody asks one thing, and the search stays bounded
FUNCTION_WEIGHT = 0.12
_UNTRANSLATED = 0.5
_NAME_WEIGHT = 0.25
_CODE_WEIGHT = 1.8
_FEW_MARKS = 0.2


@dataclass(frozen=True, slots=True)
class Word:
    """One syllable of a question: as searched with marks, folded, and its weight (function words weigh little)."""

    key: str
    folded: str
    weight: float
    typed: str

    @property
    def content(self) -> bool:
        return self.weight > FUNCTION_WEIGHT


@dataclass(frozen=True, slots=True)
class Phrase:
    """Other words for a stretch of the question: a synonym, an abbreviation written out, a translation."""

    keys: tuple[str, ...]
    weight: float
    stands_for: tuple[int, ...]  # positions of the words it replaces


@dataclass(frozen=True, slots=True)
class Understanding:
    """What is searched for a question. `text` is the question without markup, as asked."""

    text: str
    language: Language
    words: tuple[Word, ...]
    phrases: tuple[Phrase, ...] = ()
    slips: Mapping[int, str] = field(default_factory=dict)
    before: str = ""  # the question it leans on
    bare: bool = False  # typed without marks, which were restored

    @property
    def content(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.content)

    @property
    def own(self) -> int:
        """Return how many of the content words are of this turn; they stand before those of the question before."""
        keys = [word.key for word in self.words]
        return sum(1 for word in self.words[: keys.index("") if "" in keys else None] if word.content)

    @property
    def said(self) -> str:
        """Return the question for a sentence vector: with its marks restored, for without them a vector is useless."""
        if self.language is Language.EN:
            return self.text
        return " ".join(word.key for word in self.words if word.key)

    @property
    def now(self) -> str:
        """Return what is asked in this turn alone, as search keys (see `said`)."""
        if self.language is Language.EN:
            return self.text.lower()
        keys = [word.key for word in self.words]
        return " ".join(keys[: keys.index("")] if "" in keys else keys)


def plain_question(text: str) -> str:
    """Return a question without markup, invisible characters and repetition, of bounded length."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]} {text[-_TAIL:]}"
    return tidy(_SIGNS.sub(" ", _SQL.sub(" ", _MARKUP.sub(" ", tidy(text)))))


def understand(
    text: str, speech: Speech, language: Language | None = None, own_names: frozenset[tuple[str, ...]] = frozenset()
) -> Understanding:
    """Read a question: telex, VNI, short forms, missing marks and slips are resolved, function words weighed down.

    `own_names` are the names of the documents themselves: "theo sổ tay" says little about which clause of it is meant.
    """
    plain = plain_question(text)
    return understand_plain(plain, speech, language, language_of(plain), own_names)


def understand_plain(
    plain: str, speech: Speech, language: Language | None, typed_in: Language, own_names: frozenset[tuple[str, ...]]
) -> Understanding:
    """Read what `plain_question` has made of a question; `typed_in`: what `language_of` says of it."""
    typed = _unrepeated(syllables(plain))[:_LONGEST]
    spoken = language or typed_in
    if spoken is Language.EN and typed_in is Language.EN:
        return _english(plain, typed)
    bare = sum(1 for key in typed if key.isascii() and key.isalpha())
    lettered = sum(1 for key in typed if key.isalpha()) or 1
    typed = [part for key in typed for part in _spelled_out(key, speech)]
    marked = [speech.typed_raw(key) or key for key in typed]
    unmarked = bare > (1 - _FEW_MARKS) * lettered
    keys = speech.restore(marked) if unmarked else marked
    slips = speech.slips(keys)
    weights = [weight * _rank(key) for key, weight in zip(keys, _weights(keys, own_names), strict=True)]
    words = tuple(
        Word(key, fold_syllable(key), weight, raw) for key, raw, weight in zip(keys, typed, weights, strict=True)
    )
    return Understanding(plain, spoken, words, tuple(_phrases(keys, weights)), slips, bare=unmarked)


def _spelled_out(key: str, speech: Speech) -> list[str]:
    """Return what a chat's short form stands for. An abbreviation that the documents use themselves is left alone."""
    meant = abbreviations()[0].get(key)
    if meant is None or (len(key) > 1 and key in speech.written):
        return [key]
    return syllables(meant)


def _unrepeated(keys: Sequence[str]) -> list[str]:
    """Drop what is said over and over: the same three syllables in a row a third time."""
    seen: dict[tuple[str, ...], int] = {}
    kept: list[str] = []
    for place, key in enumerate(keys):
        three = tuple(keys[max(0, place - 2) : place + 1])
        seen[three] = seen.get(three, 0) + 1
        if seen[three] <= _SAID:
            kept.append(key)
    return kept


@lru_cache(maxsize=8)
def _named(own_names: frozenset[tuple[str, ...]]) -> Book[bool]:
    return Book(dict.fromkeys(own_names, True))


def _rank(key: str) -> float:
    # A code ("PL03", "H32", "9001") names one thing.
    return _CODE_WEIGHT if key[-1:].isdigit() and len(key) > 1 else 1.0


def _weights(keys: Sequence[str], own_names: frozenset[tuple[str, ...]]) -> list[float]:
    weights = [1.0] * len(keys)
    own, function = _named(own_names), function_words()
    for place in range(len(keys)):
        if found := own.at(keys, place):
            weights[place : place + found[0]] = [_NAME_WEIGHT] * found[0]
    place = 0
    while place < len(keys):
        found = function.at(keys, place)
        length = found[0] if found else 0
        for offset in range(place, place + length):
            weights[offset] = min(FUNCTION_WEIGHT, weights[offset])
        place += length or 1
    return weights


SYNONYM, ABBREVIATION, PERSON = 0.45, 0.8, 0.7


def _phrases(keys: Sequence[str], weights: Sequence[float]) -> Iterator[Phrase]:
    for place, size, others in _found(keys, official()):
        if max(weights[place : place + size]) > FUNCTION_WEIGHT:
            yield from (Phrase(other, ABBREVIATION, tuple(range(place, place + size))) for other in others)
    for place, size, others in _found(keys, everyday()):
        yield from (Phrase(other, SYNONYM, tuple(range(place, place + size))) for other in others)
    for place, (first, second) in enumerate(pairwise(keys)):
        # "ai duyệt?" is answered by "người phê duyệt".
        if first == "ai" and weights[place + 1] > FUNCTION_WEIGHT:
            yield Phrase(("người", *keys[place + 1 : place + 3]), PERSON, (place,))
        if second == "ai":
            continue


def _found(keys: Sequence[str], known: Book[Wordings]) -> Iterator[tuple[int, int, Wordings]]:
    """Yield (position, length, other wordings), longest first; what a longer phrase covers is not read again."""
    place = 0
    while place < len(keys):
        if found := known.at(keys, place):
            yield place, *found
        place += found[0] if found else 1


_ENGLISH_FUNCTION = frozenset(
    syllables(
        """
        the a an is are was were be been do does did how what when where who whom which why whose can could may
        might must shall should will would has have had i me my you your we our us they their them he she it its
        this that these those there and or of on for from with about into to in at by as if not no please tell show
        list give get need want any many much hello hi thanks thank long let happen happens say says said according
        s also some so out up down more most use used
        """
    )
)
_ENDINGS = ("ies", "ing", "ed", "es", "s", "d", "ly", "e")


def _stem(word: str) -> str:
    """Return the form of an English word that the glossary has, if any of its simple forms stands there."""
    if (word,) in english().known or not word.isalpha():
        return word
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        for form in (base, base + "e", base + "y"):
            if base != word and (form,) in english().known:
                return form
    return word


def _english(plain: str, typed: Sequence[str]) -> Understanding:
    stems = [_stem(key) for key in typed]
    translated = [*_found(typed, english()), *_found(stems, english())]
    understood = {place + offset for place, size, _ in translated for offset in range(size)}

    def weight(place: int, key: str) -> float:
        if key in _ENGLISH_FUNCTION and place not in understood:
            return FUNCTION_WEIGHT
        # A word that is neither in the glossary nor in the documents is seldom what a question turns on.
        return 1.0 if place in understood or not key.isalpha() else _UNTRANSLATED

    words = tuple(Word(key, key, weight(place, key), key) for place, key in enumerate(typed))
    phrases = [
        Phrase(other, 1.0 if number == 0 else 0.6, tuple(range(place, place + size)))
        for place, size, others in translated
        for number, other in enumerate(others)
    ]
    return Understanding(plain, Language.EN, words, tuple(phrases))
