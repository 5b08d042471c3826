"""A question about procedures, read: what may name one, what asks for an aspect, which variant is meant."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge.asked_aspect import Cue, asked, cues
from knowledge.called import Name, levels_of, variants_of
from knowledge.catalogue import Catalogue
from knowledge.procedures import Aspect, Variant
from knowledge.said_otherwise import other_words
from knowledge.texts import Language
from knowledge.understanding import Phrase, Understanding, Word, understand
from knowledge.vietnamese import syllables

_DATA = Path(__file__).parent / "data"
FRAME, CUE = 0.12, 0.2  # what words weigh that stand around a name, and that ask for an aspect
_FRAME_WORD = " thu tuc "
_OPENERS = frozenset({"the", "con", "vay", "va", "roi", "neu", "nhung", "and", "what", "how", "then"})
_JOINTS = frozenset({"va", "voi", "cung", "and", "kem"})


@cache
def _around() -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Return what people put around the name of a procedure, by kind, as syllables."""
    known = json.loads((_DATA / "around-names.json").read_text(encoding="utf-8"))
    return {kind: frozenset(tuple(syllables(phrase)) for phrase in known[kind]) for kind in ("frames", "light")}


@dataclass(frozen=True, slots=True)
class Token:
    """A syllable of a question: as typed and meant, folded, how much it says; `cue`: it asks for an aspect.

    `light`: a verb that people put before what they want ("mở", "xin"); it counts where the name has it.
    """

    key: str
    folded: str
    weight: float
    slip: str
    bare: bool
    cue: bool
    light: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """A question about procedures, read."""

    understood: Understanding
    tokens: tuple[Token, ...]
    phrases: tuple[Phrase, ...]
    cues: tuple[Cue, ...]
    variants: frozenset[Variant]
    framed: bool  # "thủ tục …" was said
    levels: frozenset[str] = frozenset()

    def aspects(self, names: Sequence[Name] = ()) -> tuple[Aspect, ...]:
        """Return the aspects asked for, surest first; words that belong to a procedure's `names` ask for none."""
        left = [cue for cue in self.cues if not any(self._joins(cue, name) for name in names)]
        apart = [cue for cue in left if not any(self._stands_in(cue, name) for name in names)]
        kept = apart if any(cue.plain for cue in apart) else [cue for cue in left if cue in apart or cue.plain]
        return asked(kept, {place for place, token in enumerate(self.tokens) if token.folded in _JOINTS})

    def _joins(self, cue: Cue, name: Name) -> bool:
        """Tell whether a cue and the word before or after it stand in the name as they do in the question."""
        keys = [token.slip or token.folded for token in self.tokens]
        return (cue.start > 0 and name.has(keys[cue.start - 1 : cue.end])) or (
            cue.end < len(keys) and name.has(keys[cue.start : cue.end + 1])
        )

    def _stands_in(self, cue: Cue, name: Name) -> bool:
        return name.has([token.slip or token.folded for token in self.tokens[cue.start : cue.end]])

    @property
    def opens(self) -> bool:
        """Tell whether it goes on from what was said: "thế …", "còn …", "and …"."""
        return bool(self.tokens) and self.tokens[0].folded in _OPENERS

    @property
    def telling(self) -> tuple[Token, ...]:
        """Return what may name a procedure: neither function words nor what asks for an aspect."""
        return tuple(token for token in self.tokens if token.weight > CUE)


def read(text: str, catalogue: Catalogue, language: Language | None = None) -> Asking:
    """Read a question: marks restored, slips guessed, what asks for an aspect told from what names a procedure."""
    understood = understand(text, catalogue.speech, language)
    keys = [word.key for word in understood.words]
    found = tuple(cues(keys))
    folded = [word.folded for word in understood.words]
    tokens = tuple(_tokens(understood, found))
    phrases = tuple(_phrases(understood, keys))
    variants = variants_of(folded, [token.key for token in tokens if not token.cue])
    return Asking(
        understood, tokens, phrases, found, variants, _FRAME_WORD in f" {' '.join(folded)} ", levels_of(folded)
    )


def _phrases(understood: Understanding, keys: Sequence[str]) -> Iterator[Phrase]:
    yield from understood.phrases
    yield from other_words(keys)


def _tokens(understood: Understanding, found: Sequence[Cue]) -> Iterator[Token]:
    words = understood.words
    asking = {place for cue in found for place in cue.places}
    keys = [word.key for word in words]
    framed, light = _standing(keys, _around()["frames"]), _standing(keys, _around()["light"])
    for place, word in enumerate(words):
        cue = place in asking
        weight = _weight(word, framed=place in framed, cue=cue)
        bare = word.typed != word.key or word.key.isascii()
        yield Token(word.key, word.folded, weight, understood.slips.get(place, ""), bare, cue, place in light)


def _weight(word: Word, *, framed: bool, cue: bool) -> float:
    # A function word that names procedures apart ("nước", "người") is one only here and there.
    weight = min(word.weight, 1.0) if word.weight <= FRAME else 1.0
    if framed:
        weight = min(weight, FRAME)
    return min(weight, CUE) if cue else weight


def _standing(keys: Sequence[str], known: frozenset[tuple[str, ...]]) -> frozenset[int]:
    """Return the positions at which a known phrase stands."""
    places: set[int] = set()
    for size in range(1, 5):
        for place in range(len(keys) - size + 1):
            if tuple(keys[place : place + size]) in known:
                places.update(range(place, place + size))
    return frozenset(places)
