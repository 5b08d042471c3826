"""From a question to its best places: search, look closer at the best few, quote, and measure the signs of scope."""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from knowledge.alphabet import Bag
from knowledge.evidence import FIRM, Datum, Wanted, shown, wanted
from knowledge.index import Index
from knowledge.matching import Matcher, Sight
from knowledge.quoting import Layouts, Quote
from knowledge.references import named
from knowledge.scope import Signs
from knowledge.terms import terms
from knowledge.texts import Audience, Citation, ControlledText, Language, Place
from knowledge.understanding import Understanding
from knowledge.vectors import Vectors
from knowledge.vietnamese import fold, nfc
from knowledge.windows import Window

_HITS = 48
_CLOSER = 8  # places that are looked at word by word
_DENSE = 0.25
_ALIKE = 4
_SHARE, _SHOWN, _NAMED, _CALLED = 0.8, 0.12, 2.0, 0.9
_SECOND, _THIRD = 0.77, 0.84
_MOST_SHOWN = 3
_COMPANY = 3
_HANDBOOK = 150  # windows
_NEAR = 3  # windows of one long place that are quoted from


class _Hit(NamedTuple):
    """A place with its best window, and the next best ones: of a long place what is quoted stands in these."""

    score: float
    window: Window
    bag: Bag
    near: list[str]


class _Seen(NamedTuple):
    """One place as it was found: its best window, scores and how much of the question it speaks of."""

    window: Window
    near: Sequence[str]
    score: float
    lexical: float
    cosine: float | None
    margin: float | None
    ahead: float | None
    sight: Sight
    evidence: bool
    named: bool


@dataclass(frozen=True, slots=True)
class _Likeness:
    """Cosines of a question: by place, and over all windows. Raw ones crowd between .75 and .92."""

    places: Mapping[tuple[int, str], float]
    mean: float
    top: float
    alike: tuple[int, ...]

    def ahead(self, cosine: float) -> float:
        return max(0.0, (cosine - self.mean) / max(1e-6, self.top - self.mean))

    def margin(self, cosine: float | None) -> float | None:
        return None if cosine is None else cosine - self.mean


class Ranking:
    def __init__(self, texts: Sequence[ControlledText], index: Index, vectors: Vectors) -> None:
        self._index = index
        self._vectors = vectors
        self._texts = texts
        self._layouts = Layouts(index.alphabet)
        self._numbered: dict[tuple[int, Audience], Mapping[str, tuple[ControlledText, Place]]] = {}

    def best(self, asked: Understanding, *, day: date, audience: Audience) -> "Ranked | None":
        """Return the places that may answer, best first; only of texts in force on `day` for `audience`."""
        hits = self._index.search(terms(asked, self._index), day=day, audience=audience, limit=_HITS)
        matcher = Matcher(asked, self._index)
        want = wanted(asked.now, bare=asked.bare)
        open_places = self._open_places(day, audience)
        known, missing = named(fold(asked.text), open_places)
        if asked.before and not known:
            known, _ = named(fold(asked.before), open_places)
        likeness = self._likeness(asked, day, audience)
        windows = self._windows(hits)
        self._add_alike(windows, likeness)
        known = [part for name in known for part in _parts(name, open_places)]
        for name in known:
            text, place = open_places[name]
            if place.text.strip():
                whole = Window(text, place, nfc(place.text))
                bag = self._index.alphabet.bag(f"{whole.heading}\n{whole.body}", whole.topics)
                windows.setdefault((id(text), place.id), _Hit(0.0, whole, bag, []))
        if not windows:
            return None
        seen = self._closer(windows, matcher, want, set(known), likeness)
        seen.sort(key=lambda found: -found.score)
        return Ranked(tuple(seen), matcher, want, bool(missing), self._index, self._layouts)

    def _open_places(self, day: date, audience: Audience) -> Mapping[str, tuple[ControlledText, Place]]:
        """Return the numbered places in force, by number; remembered per stretch of time, for it never changes."""
        key = self._index.stretch(day, audience)
        known = self._numbered.get(key)
        if known is None:
            known = {
                place.id: (text, place)
                for text in self._texts
                if text.audience in audience.reads()
                and text.effective_from <= day
                and (text.effective_to is None or day < text.effective_to)
                for place in text.places
                if place.id[:1].isdigit()
            }
            self._numbered[key] = known
        return known

    def _windows(self, hits: Sequence[tuple[float, int]]) -> "_Hits":
        best: _Hits = {}
        for score, number in hits:
            window = self._index.windows[number]
            key = (id(window.text), window.place.id)
            known = best.get(key)
            if known:
                if len(known.near) < _NEAR:
                    known.near.append(window.body)
            elif len(best) < _CLOSER:
                best[key] = _Hit(score, window, self._index.bags[number], [window.body])
        return best

    def _likeness(self, asked: Understanding, day: date, audience: Audience) -> "_Likeness | None":
        found = self._vectors.likeness(asked.said, self._index.in_force(day, audience))
        if not found:
            return None
        places: dict[tuple[int, str], float] = {}
        for number, cosine in found.items():
            window = self._index.windows[number]
            key = (id(window.text), window.place.id)
            places[key] = max(cosine, places.get(key, -1.0))
        alike = sorted(found, key=lambda number: -found[number])[:_ALIKE]
        return _Likeness(places, sum(found.values()) / len(found), max(found.values()), tuple(alike))

    def _add_alike(self, windows: "_Hits", likeness: "_Likeness | None") -> None:
        for number in likeness.alike if likeness else ():
            window = self._index.windows[number]
            hit = _Hit(0.0, window, self._index.bags[number], [window.body])
            windows.setdefault((id(window.text), window.place.id), hit)

    def _closer(
        self, windows: "_Hits", matcher: Matcher, want: Wanted, names: set[str], likeness: "_Likeness | None"
    ) -> list[_Seen]:
        top = max(hit.score for hit in windows.values()) or 1.0
        seen = []
        for score, window, bag, near in windows.values():
            sight = matcher.look(bag)
            evidence = want.datum is not None and shown(want, window.body)
            is_named = window.place.id in names
            value = score / top + _SHARE * sight.share + _SHOWN * evidence + _NAMED * is_named
            # A name counts when it is said in full; single words of it stand in many other names.
            value += _CALLED * matcher.says(self._index.name_of(window)) ** 2
            cosine = likeness.places[id(window.text), window.place.id] if likeness else None
            if likeness and cosine is not None:
                value += _DENSE * likeness.ahead(cosine)
            margin = likeness.margin(cosine) if likeness else None
            ahead = likeness.ahead(cosine) if likeness and cosine is not None else None
            # Who names a place asks about all of it.
            close_by = [] if is_named else near
            seen.append(_Seen(window, close_by, value, score, cosine, margin, ahead, sight, evidence, is_named))
        return seen


_Hits = dict[tuple[int, str], _Hit]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The places found for one question, best first. What is costly is done when asked for: most are never quoted."""

    seen: tuple[_Seen, ...]
    matcher: Matcher
    want: Wanted
    misnamed: bool
    index: Index
    layouts: Layouts
    quotes: dict[int, Quote] = field(default_factory=dict)

    def _quote(self, found: _Seen) -> Quote:
        key = id(found.window)
        if key not in self.quotes:
            self.quotes[key] = self.layouts.quote(found.window.place, found.near, self.matcher, self.want)
        return self.quotes[key]

    def speaks_of_now(self) -> bool:
        """Tell whether the best place speaks of what is asked in this turn, and not of the question before it alone."""
        return self.matcher.speaks_of_now(self.seen[0].sight)

    def worth_showing(self) -> int:
        """Return how many of the best places are shown together: the first, and what comes close to it."""
        best = self.seen[0].score
        count = 1
        for found, limit in zip(self.seen[1:_MOST_SHOWN], (_SECOND, _THIRD), strict=False):
            if found.score < limit * best:
                break
            count += 1
        return count

    def cited(self, start: int, stop: int) -> tuple[Citation, ...]:
        """Return places as citations with the lines that answer."""
        return tuple(_citation(found, self._quote(found).text) for found in self.seen[start:stop])

    def named_only(self, start: int, stop: int) -> tuple[Citation, ...]:
        """Return places as citations without a quotation: they were looked at and are not shown."""
        return tuple(_citation(found, "") for found in self.seen[start:stop])

    def signs(self) -> Signs:
        """Measure what tells whether the best place answers."""
        found, others = self.seen[0], self.seen[1:]
        matcher, sight = self.matcher, found.sight
        quoted = self._quote(found)
        most = matcher.most
        missed = max(
            (rarity * (1 - seen) for rarity, seen in zip(matcher.rarity, sight.words, strict=True)), default=0.0
        )
        numbers = [seen for word, seen in zip(matcher.words, sight.words, strict=True) if word.folded[:1].isdigit()]
        unknown = (
            sum(rarity for rarity, lost in zip(matcher.rarity, matcher.unknown, strict=True) if lost) / matcher.sum
        )
        behind = max((other.lexical for other in others), default=0.0)
        lacking = self.want.datum is not None and not quoted.evidence
        absent = lacking and not shown(self.want, found.window.place.text)
        return Signs(
            share=sight.share,
            quoted=quoted.share,
            pairs=sight.pairs,
            heading=matcher.look(self.layouts.of(found.window.place).heading).share,
            unknown=unknown,
            unknown_pairs=matcher.unknown_pairs(self.index),
            missed=missed / most,
            number_missed=float(bool(numbers) and min(numbers) == 0.0 and not found.named),
            matched=sum(rarity * seen for rarity, seen in zip(matcher.rarity, sight.words, strict=True)) / most,
            words=float(len(matcher.words)),
            strength=found.lexical / (matcher.sum * 6.0),
            gap=1.0 - min(1.0, behind / found.lexical) if found.lexical else 0.0,
            wanted=float(self.want.datum is not None),
            lacking=float(lacking),
            absent=float(absent),
            beyond=float(self.want.datum in (Datum.OWN_CASE, Datum.NOW)),
            named=float(found.named),
            misnamed=float(self.misnamed),
            line=quoted.line,
            typical=matcher.typical,
            strange=matcher.strange,
            name=float(matcher.strange_name(self.index)),
            plain=sum(sight.words) / max(1, len(sight.words)),
            firm=float(absent and self.want.datum in FIRM),
            cosine=found.cosine,
            margin=found.margin,
            ahead=found.ahead,
            **self._company(),
        )

    def _company(self) -> dict[str, float]:
        """Measure what the next best places add: do they speak of the question as well, and of what is missed here."""
        asked, (found, *others) = self.matcher.asked, self.seen
        near = others[:_COMPANY]
        together = [max(column) for column in zip(*(one.sight.words for one in (found, *near)), strict=True)]
        rarity = self.matcher.rarity
        share = sum(map(operator.mul, together, rarity)) / self.matcher.sum
        kin = [one for one in near if _kin(one.window.place.id, found.window.place.id)]
        return {
            "together": share,
            "second": max((one.sight.share for one in near), default=0.0),
            "kin": max((one.sight.share for one in kin), default=0.0),
            "bare": float(asked.bare),
            "english": float(asked.language is Language.EN),
            "repaired": len([place for place in asked.slips if asked.words[place].content]) / max(1, len(rarity)),
            "reworded": self.matcher.reworded,
            "crowd": math.log(max(1.0, len(self.index) / _HANDBOOK)),
            "small": math.log(max(1.0, _HANDBOOK / len(self.index))),
            "odd": self.matcher.odd,
        }


def _kin(one: str, other: str) -> bool:
    """Tell whether two places stand under one heading, or one under the other."""
    return one.partition(".")[0] == other.partition(".")[0]


def _parts(name: str, places: Mapping[str, tuple[ControlledText, Place]]) -> list[str]:
    """Return the place named, or the clauses under it where it is only a heading ("7.1")."""
    if places[name][1].text.strip():
        return [name]
    return [place for place, (_, held) in places.items() if place.startswith(f"{name}.") and held.text.strip()]


def _citation(found: _Seen, words: str) -> Citation:
    place, text = found.window.place, found.window.text
    heading = nfc(place.title).strip(" :")
    return Citation(text.document, text.version, text.title, place.id, heading, words, round(found.score, 4))
