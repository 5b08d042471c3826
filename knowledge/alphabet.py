"""Texts written with one letter a syllable: what is looked for in them is found as fast as a character in a string.

Each syllable of the documents, with and without its marks, gets a Unicode character of its own in the order of first
sight. A window of 140 words takes half a kilobyte so, "are these two neighbours?" is one substring test, and the words
of the search index are one or two letters long.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.repair import names_both_ways
from knowledge.vietnamese import fold_syllable, one_spelling, tokens

# None of these is white space, at which the index cuts words; up to 41,000 syllables take two bytes each.
BREAK = "\u3400"  # stands between stretches that are no neighbours
UNKNOWN = "\u3401"  # a syllable that the documents do not have
NOWHERE = "\u3402"  # what is looked for and stands in no text
_FIRST, _END, _AFTER = 0x3403, 0xD800, 0x20000
_LONGEST_NAME = 6


@dataclass(frozen=True, slots=True, eq=False)
class Bag:
    """A text in letters, with marks and folded; `topic`: other words under which its heading is looked for, folded."""

    marked: str
    folded: str
    topic: str = ""


class Alphabet(dict[str, str]):
    """The letters of all syllables, by search key. Grows while an index is built, and only then."""

    def __init__(self) -> None:
        super().__init__()
        self._bare = {letter: letter for letter in (BREAK, UNKNOWN, NOWHERE)}
        self._typed: dict[str, str] = {}
        self._names = {self._learnt(name): self._learnt(other) for name, other in names_both_ways().items()}
        self._starts = frozenset(name[0] for name in self._names)
        self._beginnings = frozenset(name[:2] for name in self._names if len(name) > 1)

    def __missing__(self, key: str) -> str:
        number = _FIRST + len(self)
        letter = self[key] = chr(number if number < _END else number - _END + _AFTER)
        bare = fold_syllable(key)
        self._bare[letter] = letter if bare == key else self[bare]
        return letter

    def _learnt(self, keys: Iterable[str]) -> str:
        return "".join([self[key] for key in keys])

    def learn(self, text: str) -> str:
        """Return a text in letters, with marks; new syllables get theirs."""
        words = tokens(text)
        typed = self._typed
        for word in words:
            if word not in typed:
                typed[word] = self[one_spelling(word)]
        return "".join([typed[word] for word in words])

    def spell(self, text: str) -> str:
        """Return a text in letters, with marks; a syllable that is not known is UNKNOWN, which nobody looks for."""
        typed = self._typed
        return "".join([typed.get(word) or self.get(one_spelling(word), UNKNOWN) for word in tokens(text)])

    def folded(self, letters: str) -> str:
        """Return the letters of the same syllables without their marks."""
        bare = self._bare
        return "".join([bare[letter] for letter in letters])

    def also_written(self, letters: str) -> list[str]:
        """Return the other form of every official abbreviation in a text: it must be found, and be common, in both.

        Else "hệ thống quản lý chất lượng" would seem rare in a manual that writes HTQLCL.
        """
        names, starts, found = self._names, self._starts, []
        for place in [place for place, letter in enumerate(letters) if letter in starts]:
            if other := names.get(letters[place]):
                found.append(other)
            # Most syllables that begin a name begin none here: two of them tell.
            if letters[place : place + 2] not in self._beginnings:
                continue
            for size in range(_LONGEST_NAME, 1, -1):
                if other := names.get(letters[place : place + size]):
                    found.append(other)
                    break
        return found

    def word(self, keys: Sequence[str]) -> str:
        """Return what to look for in texts: NOWHERE if one of these search keys stands in none."""
        letters = [self.get(key, NOWHERE) for key in keys]
        return NOWHERE if NOWHERE in letters else "".join(letters)

    def bag(self, text: str, topics: Sequence[Sequence[str]] = ()) -> Bag:
        """Return the bag of a text. Names in their other form come after it, each apart: no false neighbours."""
        letters = self.spell(text)
        if others := self.also_written(letters):
            letters = BREAK.join([letters, *others, ""])
        return Bag(letters, self.folded(letters), BREAK.join([self.spell(" ".join(topic)) for topic in topics]))


def together(bags: Sequence[Bag]) -> Bag:
    """Return the bag of texts that follow each other."""
    topic = bags[0].topic if bags else ""
    return Bag("".join([bag.marked for bag in bags]), "".join([bag.folded for bag in bags]), topic)
