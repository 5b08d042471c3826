"""What was meant by what was typed: raw telex, short forms, slips of the finger, missing marks.

Everything here is only searched with, beside the words as typed; it is never shown as the asker's own.
"""

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice, pairwise
from pathlib import Path

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

from knowledge.vietnamese import could_be_vietnamese, fold_syllable, syllables

_DATA = Path(__file__).parent / "data"
_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TONE_MARKS = frozenset(_TONES.values())
_SHAPES = (
    (re.compile("uw?ow|uow"), "ươ"),
    (re.compile("ow"), "ơ"),
    (re.compile("uw"), "ư"),
    (re.compile("aw"), "ă"),
    (re.compile("w"), "ư"),
)
# VNI, the other way of typing: marks are digits after a letter, or at the end of the syllable.
_VNI = re.compile("[a-z]+(?:[1-9][a-z]*){1,4}")
_VNI_TONES = dict(zip("12345", _TONES.values(), strict=True))
_VNI_SHAPES = (
    ("6", {"a": "â", "e": "ê", "o": "ô"}),
    ("7", {"uo": "ươ", "o": "ơ", "u": "ư"}),
    ("8", {"a": "ă"}),
    ("9", {"d": "đ"}),
)
_DOUBLES = {"aa": "â", "ee": "ê", "oo": "ô", "dd": "đ"}
# Enough to learn an office's language; counting every word of thousands of laws would only make the start slow.
_ENOUGH = 400_000
_SHORTEST_SLIP = 3
_UNSEEN = 2.5
_FORMS = 12
_REMEMBERED = 4096  # syllables, so that what anybody types takes no memory without bound
_VOWEL = re.compile("[aeiouyw]")

# Sounds that people confuse when they write by ear, by dialect; either way round.
_ONSETS = (
    ("x", "s"),
    ("ch", "tr"),
    ("l", "n"),
    ("d", "gi"),
    ("d", "v"),
    ("gi", "v"),
    ("r", "d"),
    ("r", "gi"),
    ("z", "d"),
    ("z", "gi"),
    ("z", "v"),
    ("f", "ph"),
    ("w", "qu"),
    ("j", "gi"),
    ("k", "c"),
    ("qu", "u"),
    ("ng", "ngh"),
    ("g", "gh"),
)
_ENDINGS = (
    ("n", "ng"),
    ("c", "t"),
    ("n", "nh"),
    ("ch", "t"),
    ("in", "inh"),
    ("it", "iet"),
    ("iu", "ieu"),
    ("un", "uon"),
    ("uu", "uou"),
    ("ui", "uoi"),
    ("im", "iem"),
    ("ip", "iep"),
    ("eo", "ao"),
    ("oi", "ai"),
    ("ay", "ai"),
    ("u", "o"),
    ("y", "i"),
    ("um", "uom"),
)


@cache
def abbreviations() -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    """Return short forms as typed in chats (each stands for one phrase), and official ones (texts have both forms)."""
    known = json.loads((_DATA / "abbreviations.json").read_text(encoding="utf-8"))
    return known["typed"], {short: tuple(long) for short, long in known["official"].items()}


_SAFE = 3  # letters; shorter official abbreviations ("vb", "tt") mean too many things


@cache
def names_both_ways() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return the search keys of official abbreviations and of what they stand for, each by the other."""
    known = {
        tuple(syllables(short)): tuple(syllables(longs[0]))
        for short, longs in abbreviations()[1].items()
        if len(longs) == 1 and len(short) >= _SAFE and " " not in short
    }
    return {**{long: short for short, long in known.items() if len(long) > 1}, **known}


@cache
def sayings() -> tuple[tuple[str, ...], ...]:
    """Return how people speak: whole sayings, and the phrases of all the word lists, which bear their marks."""
    lines = [
        line
        for name in ("sayings.txt", "function-words.txt")
        for line in (_DATA / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    for said, others in json.loads((_DATA / "everyday.json").read_text(encoding="utf-8")).items():
        lines += [said, *others]
    for row in (_DATA / "topics.jsonl").read_text(encoding="utf-8").splitlines():
        lines += json.loads(row)["sought"]
    typed, official = abbreviations()
    lines += [*typed.values(), *(long for longs in official.values() for long in longs)]
    return tuple(tuple(syllables(line)) for line in lines)


@cache
def anybody_says() -> frozenset[str]:
    """Return the syllables, folded, that people say about anything: not to stand in a document, they mean little."""
    return frozenset(fold_syllable(key) for saying in sayings() for key in saying)


class Speech:
    """How words follow each other in the documents and in people's questions."""

    def __init__(self, written: Iterable[Sequence[str]], spoken: Iterable[tuple[str, ...]]) -> None:
        self._words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        self.folded: Counter[str] = Counter()
        for sentence in written:
            self._words.update(sentence)
            self._pairs.update(pairwise(sentence))
        self.written = frozenset(self._words)
        for sentence in spoken:
            # Thrice: there are few of them, and they are nearer to a question than the documents are.
            self._words.update(3 * sentence)
            self._pairs.update(3 * tuple(pairwise(sentence)))
        forms: dict[str, list[str]] = defaultdict(list)
        for word, count in self._words.items():
            forms[fold_syllable(word)].append(word)
            self.folded[fold_syllable(word)] += count
        self._forms = dict(forms)
        self._folded_pairs: Counter[tuple[str, str]] = Counter()
        for (first, second), count in self._pairs.items():
            self._folded_pairs[fold_syllable(first), fold_syllable(second)] += count
        self._telex = {_apart(word): word for word in self._words if word.isalpha()}
        self._spellable = [word for word in self.folded if word.isalpha() and len(word) >= _SHORTEST_SLIP]
        self._total = sum(self._words.values()) or 1
        self._near = lru_cache(maxsize=_REMEMBERED)(self._looked_near)
        self._candidates = lru_cache(maxsize=_REMEMBERED)(self._looked_up)
        self.typed_raw = lru_cache(maxsize=_REMEMBERED)(self._typed_raw)

    @classmethod
    def of(cls, texts: Iterable[str], questions: Sequence[str] = ()) -> "Speech":
        """Learn from the documents' lines, from questions that people asked, and from everyday sayings."""

        def written() -> Iterable[Sequence[str]]:
            words = 0
            for text in texts:
                yield (sentence := syllables(text))
                if (words := words + len(sentence)) > _ENOUGH:
                    return

        return cls(written(), (*sayings(), *(tuple(syllables(question)) for question in questions)))

    def knows(self, folded: str) -> bool:
        return folded in self.folded

    def neighbours(self, first: str, second: str) -> int:
        """Return how often two folded syllables were seen side by side."""
        return self._folded_pairs.get((first, second), 0)

    def restore(self, keys: Sequence[str]) -> list[str]:
        """Return the likeliest marks for `keys`; a key that already bears marks keeps them (Viterbi over pairs)."""
        pairs, words = self._pairs, self._words
        states: dict[str, float] = {"": 0.0}
        steps: list[dict[str, str]] = []
        for key in keys:
            likeliest = max(states, key=states.__getitem__)
            step: dict[str, float] = {}
            came: dict[str, str] = {}
            for form, alone, chance in self._candidates(key):
                # Whatever was not seen side by side is equally unlikely: the best state so far stands for all of it.
                best, before = states[likeliest] + alone - _UNSEEN, likeliest
                for previous, value in states.items():
                    if seen := pairs.get((previous, form)):
                        score = value + math.log(0.75 * seen / words[previous] + 0.25 * chance)
                        if score > best:
                            best, before = score, previous
                step[form], came[form] = best, before
            states = step
            steps.append(came)
        if not steps:
            return []
        found = [max(states, key=states.__getitem__)]
        for came in reversed(steps[1:]):
            found.append(came[found[-1]])
        return found[::-1]

    def _looked_up(self, key: str) -> Sequence[tuple[str, float, float]]:
        """Return the forms that `key` may stand for, likeliest first, with its likelihood by itself: log, and plain."""
        known: Sequence[str] = [key]
        if key.isascii() and key.isalpha():
            known = sorted(self._forms.get(key, []), key=lambda form: -self._words[form])[:_FORMS] or known
        chances = [(form, (self._words.get(form, 0) + 0.1) / self._total) for form in known]
        return [(form, math.log(chance), chance) for form, chance in chances]

    def _typed_raw(self, key: str) -> str | None:
        """Return the known syllable that raw telex or VNI spells ("dduwowcj", "d9u7o7c5": "được"), or None."""
        if not key.isascii() or key in self.written:
            return None
        return self._from_telex(key) if key.isalpha() else self._from_vni(key)

    def _from_vni(self, key: str) -> str | None:
        if not _VNI.fullmatch(key):
            return None
        tone = next((_VNI_TONES[mark] for mark in reversed(key) if mark in _VNI_TONES), "")
        letters = "".join(mark for mark in key if mark.isalpha())
        # With one letter there is more often a code ("a4") than a syllable.
        if len(letters) == 1:
            return None
        for digit, shapes in _VNI_SHAPES:
            if digit in key:
                plain = next((plain for plain in shapes if plain in letters), "")
                letters = letters.replace(plain, shapes[plain], 1) if plain else letters
        return self._telex.get((letters, tone))

    def _from_telex(self, key: str) -> str | None:
        if key in self.folded:
            return None
        vowel = _VOWEL.search(key)
        if not vowel:
            return None
        onset, rest = key[: vowel.start() + 1], key[vowel.start() + 1 :]
        tone = next((_TONES[letter] for letter in reversed(rest) if letter in _TONES), "")
        letters = onset + "".join(letter for letter in rest if letter not in _TONES)
        for double, single in _DOUBLES.items():
            letters = letters.replace(double, single)
        for shape, single in _SHAPES:
            letters = shape.sub(single, letters)
        return self._telex.get((letters, tone))

    def slips(self, keys: Sequence[str]) -> dict[int, str]:
        """Return, by position, the folded syllable probably meant where what was typed fits nothing."""
        folded = ["", *(fold_syllable(key) for key in keys), ""]
        meant = {}
        for place, key in enumerate(folded[1:-1]):
            before, after = folded[place], folded[place + 2]
            if not key.isalpha() or self.neighbours(before, key) or self.neighbours(key, after):
                continue
            found = [
                (self.neighbours(before, other) + self.neighbours(other, after), other) for other in self._near(key)
            ]
            # A shape that is no syllable at all is a slip even where its neighbours do not tell which.
            if (
                found
                and (best := max(found))
                and (best[0] > 0 or (not could_be_vietnamese(key) and key not in self.folded))
            ):
                meant[place] = best[1]
        return meant

    def _looked_near(self, folded: str) -> frozenset[str]:
        near = {other for other in _by_ear(folded) if other in self.folded}
        if not could_be_vietnamese(folded) and not self.knows(folded) and len(folded) >= _SHORTEST_SLIP:
            scored = extract(folded, self._spellable, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=8)
            near.update(other for other, _, _ in scored)
        return frozenset(near - {folded})


def _by_ear(folded: str) -> set[str]:
    heard = {folded}
    for one, other in _ONSETS:
        for old, new in ((one, other), (other, one)):
            heard.update(new + word[len(old) :] for word in (folded,) if word.startswith(old))
    for one, other in _ENDINGS:
        for old, new in ((one, other), (other, one)):
            heard.update(word[: -len(old)] + new for word in tuple(islice(heard, 40)) if word.endswith(old))
    return heard


def _apart(word: str) -> tuple[str, str]:
    """Return the letters of a syllable and its tone, wherever the tone is written."""
    letters = unicodedata.normalize("NFD", word)
    tone = "".join(mark for mark in letters if mark in _TONE_MARKS)
    return unicodedata.normalize("NFC", "".join(mark for mark in letters if mark not in _TONE_MARKS)), tone
