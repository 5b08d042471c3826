"""The catalogue of procedures as it is searched: by name, everyday names and, faintly, by what the aspects say.

The name is what people ask for (R@1 .59 to .93 when it is a field of its own); the words of the aspects only help where
a question does not use the name's.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise

import tantivy

from knowledge.called import Name, called
from knowledge.law import LegalText
from knowledge.procedures import Aspect, Procedure
from knowledge.repair import Speech
from knowledge.validity import LegalTexts, seeded
from knowledge.vietnamese import fold_syllable, syllables

FIELDS = ("marked", "marked_pairs", "folded", "folded_pairs", "words")
_WRITER_BYTES = 30_000_000
_BODY = 160  # syllables of an aspect that are searched: what it is about stands at its beginning
_SEARCHED = (Aspect.RESULT, Aspect.APPLICANTS, Aspect.PAPERS, Aspect.CONDITIONS, Aspect.AUTHORITY)
_CODE = re.compile(r"[^\W_][\w.\-/]*[^\W_]")
HITS = 20
_ON_LAW = (Aspect.BASIS, Aspect.FEE, Aspect.AUTHORITY)  # the aspects that name texts of law


@dataclass(frozen=True, slots=True)
class Sought:
    """One key to look for in one field, and how much it counts."""

    field: str
    key: str
    weight: float


class Catalogue:
    """Procedures that can be searched. Immutable, built once and swapped whole; safe from several threads."""

    def __init__(
        self, procedures: Sequence[Procedure], *, law: LegalTexts | None = None, questions: Sequence[str] = ()
    ) -> None:
        self.procedures = tuple(procedures)
        self._law = seeded() if law is None else law
        self.names: tuple[tuple[Name, ...], ...] = tuple(_names(procedure) for procedure in procedures)
        self._by_id: dict[str, list[Procedure]] = {}
        for procedure in procedures:
            for key in {procedure.id, procedure.code or procedure.id}:
                self._by_id.setdefault(key.casefold(), []).append(procedure)
        self.speech = Speech.of(_lines(procedures), questions)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema)
        self._fill()
        self._searcher = self._index.searcher()
        self._counts = _counted(self.names)
        self._rarity = {key: self._rare(seen) for key, seen in self._counts.items()}
        self._rarest = self._rare(0)
        self.worths = tuple(
            tuple(sum(core * self.rarity(key) for key, core in name.core.items()) for name in names)
            for names in self.names
        )

    def __len__(self) -> int:
        return len(self.procedures)

    def _fill(self) -> None:
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for number, (procedure, names) in enumerate(zip(self.procedures, self.names, strict=True)):
            document = tantivy.Document()
            for field, keys in _searched(procedure, names).items():
                document.add_text(field, " ".join(keys))
            document.add_unsigned("number", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def find(self, key: str, day: date) -> Procedure | None:
        """Return the procedure with this national code or internal id that holds on `day`."""
        return next((one for one in self._by_id.get(key.casefold(), ()) if holds(one, day)), None)

    def coded(self, text: str, day: date) -> list[Procedure]:
        """Return the procedures whose national code ("2.000674") or own id ("CT06-01") is written in `text`."""
        named = dict.fromkeys(token.casefold() for token in _CODE.findall(text))
        found = (self.find(code, day) for code in named if any(letter.isdigit() for letter in code))
        return [procedure for procedure in found if procedure]

    def moved(self, procedure: Procedure, day: date) -> tuple[LegalText, ...]:
        """Return the texts of law that a procedure rests on and that have moved on by `day`: replaced, suspended."""
        said = (line for aspect in _ON_LAW if (value := procedure.aspects.get(aspect)) for line in value.lines)
        return self._law.moved(said, day)

    def of_field(self, number: int, day: date) -> list[Procedure]:
        """Return the procedures of one of the manual's sixteen fields, by name."""
        return sorted(
            (one for one in self.procedures if number in one.fields and holds(one, day)), key=lambda one: one.name
        )

    def holding(self, day: date) -> list[Procedure]:
        """Return the procedures that hold on `day`."""
        return [one for one in self.procedures if holds(one, day)]

    def beginning(self, said: str, day: date) -> list[Procedure]:
        """Return the procedures whose name, or an everyday one, begins with `said`, marks and case aside; by name."""
        wanted = " ".join(fold_syllable(key) for key in syllables(said))
        found = [
            one
            for one, names in zip(self.procedures, self.names, strict=True)
            if wanted and holds(one, day) and any(" ".join(name.folded).startswith(wanted) for name in names)
        ]
        return sorted(found, key=lambda one: one.name)

    def letters(self, day: date) -> Mapping[str, int]:
        """Return the letters that names begin with, capital and without marks, and how many names do."""
        counts: dict[str, int] = {}
        for one, names in zip(self.procedures, self.names, strict=True):
            if holds(one, day):
                for letter in {name.folded[0][0].upper() for name in names if name.folded}:
                    counts[letter] = counts.get(letter, 0) + 1
        return dict(sorted(counts.items()))

    def rarity(self, folded: str) -> float:
        """Return how much a syllable tells procedures apart: the logarithm of one over the share named by it."""
        return self._rarity.get(folded, self._rarest)

    def _rare(self, seen: int) -> float:
        return math.log(1 + (len(self.procedures) - seen + 0.5) / (seen + 0.5))

    def names_have(self, folded: str) -> bool:
        return folded in self._counts

    def texts_have(self, folded: str) -> bool:
        return folded in self._counts or self._searcher.doc_freq("words", folded) > 0

    def search(self, sought: Iterable[Sought], limit: int = HITS) -> list[tuple[float, int]]:
        """Return (score, number of the procedure), best first."""
        wanted = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, one.field, one.key, "freq"), one.weight
                ),
            )
            for one in sought
            if one.weight > 0 and self._searcher.doc_freq(one.field, one.key)
        ]
        if not wanted:
            return []
        hits = self._searcher.search(tantivy.Query.boolean_query(wanted), limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [(score, int(number or 0)) for (score, _), number in zip(hits, numbers, strict=True)]


def holds(procedure: Procedure, day: date) -> bool:
    """Tell whether this version of a procedure is in force on `day`."""
    since, until = procedure.effective_from, procedure.effective_to
    return (since is None or since <= day) and (until is None or day < until)


def _names(procedure: Procedure) -> tuple[Name, ...]:
    return (called(procedure.name), *(called(name) for name in procedure.everyday_names))


def _counted(names: Iterable[tuple[Name, ...]]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for known in names:
        for key in {key for name in known for key in name.folded}:
            counts[key] = counts.get(key, 0) + 1
    return counts


def _lines(procedures: Sequence[Procedure]) -> Iterable[str]:
    """Yield what marks are restored from: all names first, for only so many words are learnt."""
    yield from chain.from_iterable((one.name, *one.everyday_names, one.portal_field) for one in procedures)
    for one in procedures:
        yield from (line for aspect in _SEARCHED if (said := one.aspects.get(aspect)) for line in said.lines[:2])


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("number", stored=True, fast=True)
    return builder.build()


def _searched(procedure: Procedure, names: Sequence[Name]) -> Mapping[str, list[str]]:
    words: list[str] = [fold_syllable(key) for key in syllables(procedure.portal_field)]
    for aspect in _SEARCHED:
        if said := procedure.aspects.get(aspect):
            words += [fold_syllable(key) for key in syllables(said.text[: _BODY * 8])[:_BODY]]
    return {
        "marked": [key for name in names for key in name.marked],
        "marked_pairs": [pair for name in names for pair in pairs(name.marked)],
        "folded": [key for name in names for key in name.folded],
        "folded_pairs": [pair for name in names for pair in pairs(name.folded)],
        "words": words,
    }


def pairs(keys: Sequence[str]) -> list[str]:
    return [f"{first}_{second}" for first, second in pairwise(keys)]
