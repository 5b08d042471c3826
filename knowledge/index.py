"""The lexical index: tantivy in memory, syllables and pairs of syllables, each with marks and folded.

Pairs of syllables do what word segmentation promises, better, and hold up on text without marks.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain, pairwise

import tantivy

from knowledge.repair import also_written
from knowledge.texts import Audience
from knowledge.vietnamese import fold_syllable, syllables
from knowledge.windows import Window

FIELDS = (
    "marked",
    "marked_pairs",
    "folded",
    "folded_pairs",
    "title",
    "title_pairs",
    "name",
    "name_pairs",
    "topic",
    "topic_pairs",
)
_WRITER_BYTES = 30_000_000
_FAINT = 0.15
_MANY = 3000
_COMMON = 0.08
_REMEMBERED = 65536  # terms, so that what anybody types takes no memory without bound


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for in one field, and how much it counts."""

    field: str
    key: str
    weight: float


def pairs(keys: Sequence[str]) -> list[str]:
    """Return the pairs of neighbours: ["chất", "lượng"] gives ["chất_lượng"]."""
    return [f"{first}_{second}" for first, second in pairwise(keys)]


class Index:
    """Windows that can be searched as of a day and for an audience. Immutable; safe from several threads."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.windows = tuple(windows)
        edges = {edge for window in windows for edge in (window.text.effective_from, window.text.effective_to) if edge}
        self._edges = sorted(edges)
        self._named = _documents_of_names(windows)
        builder = tantivy.SchemaBuilder()
        for field in (*FIELDS, "open"):
            builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field("window", stored=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        for number, window in enumerate(windows):
            writer.add_document(self._document(number, window))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self.frequency = lru_cache(maxsize=_REMEMBERED)(self._windows_with)
        self._in_force: dict[tuple[int, Audience], Sequence[int]] = {}

    def __len__(self) -> int:
        return len(self.windows)

    def _document(self, number: int, window: Window) -> tantivy.Document:
        # Names in their other form come after the text, each apart, so that no false neighbours arise.
        strands: list[Sequence[str]] = [syllables(window.body)]
        strands += also_written(strands[0])
        keys = list(chain.from_iterable(strands))
        folded_strands = [[fold_syllable(key) for key in strand] for strand in strands]
        folded = list(chain.from_iterable(folded_strands))
        marked_pairs = list(chain.from_iterable(map(pairs, strands)))
        folded_pairs = list(chain.from_iterable(map(pairs, folded_strands)))
        title = [fold_syllable(key) for key in syllables(window.heading)]
        title, name = ([], title) if window.text.document in self._named else (title, [])
        topics = window.topics
        topic = list(chain.from_iterable(topics))
        topic_pairs = list(chain.from_iterable(map(pairs, topics)))
        document = tantivy.Document()
        for field, content in zip(
            FIELDS,
            (keys, marked_pairs, folded, folded_pairs, title, pairs(title), name, pairs(name), topic, topic_pairs),
            strict=True,
        ):
            document.add_text(field, " ".join(content))
        document.add_text("open", " ".join(self._eras(window)))
        document.add_unsigned("window", number)
        return document

    def _eras(self, window: Window) -> list[str]:
        """Return the stretches of time, numbered between all known days of change, in which this text is in force."""
        first = bisect_right(self._edges, window.text.effective_from)
        end = window.text.effective_to
        last = bisect_right(self._edges, end) if end else len(self._edges) + 1
        return [f"{window.text.audience}{era}" for era in range(first, last)]

    def _open(self, day: date, audience: Audience) -> tantivy.Query:
        era = bisect_right(self._edges, day)
        readable = [self._term("open", f"{whose}{era}") for whose in audience.reads()]
        allowed = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in readable])
        return tantivy.Query.const_score_query(allowed, 0.0)

    def _term(self, field: str, key: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, key, "freq")

    def search(self, terms: Iterable[Term], *, day: date, audience: Audience, limit: int) -> list[tuple[float, int]]:
        """Return (score, number of the window), best first; only windows in force on `day` and meant for `audience`."""
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(term.field, term.key), term.weight))
            for term in self._telling([term for term in terms if term.weight > 0])
        ]
        if not wanted:
            return []
        allowed = self._open(day, audience)
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, allowed), (tantivy.Occur.Must, tantivy.Query.boolean_query(wanted))]
        )
        hits = self._searcher.search(query, limit, count=False).hits
        numbers = self._searcher.fast_field_values("window", [address for _, address in hits])
        return [(score, int(number or 0)) for (score, _), number in zip(hits, numbers, strict=True)]

    def _telling(self, terms: Sequence[Term]) -> Sequence[Term]:
        """Return the terms worth looking up: those that stand somewhere; function words only if there is no other.

        Among very many windows common words cost most of the time and tell nothing apart, with marks or without
        (measured: a quarter of the time, no hit lost).
        """
        known = [(term, seen) for term in terms if (seen := self.frequency(term.field, term.key))]
        telling = [(term, seen) for term, seen in known if term.weight > _FAINT] or known
        if len(self.windows) > _MANY:
            most = _COMMON * len(self.windows)
            telling = [(term, seen) for term, seen in telling if term.field != "marked" and seen < most] or telling
        return [term for term, _ in telling]

    def stretch(self, day: date, audience: Audience) -> tuple[int, Audience]:
        """Return the stretch of time between two changes that `day` lies in, for this reader: a key to remember by."""
        return bisect_right(self._edges, day), audience

    def in_force(self, day: date, audience: Audience) -> Sequence[int]:
        """Return the numbers of all windows in force on `day` and meant for `audience`."""
        key = self.stretch(day, audience)
        known = self._in_force.get(key)
        if known is None:
            readable = audience.reads()
            known = tuple(
                number
                for number, window in enumerate(self.windows)
                if window.text.audience in readable
                and window.text.effective_from <= day
                and (window.text.effective_to is None or day < window.text.effective_to)
            )
            self._in_force[key] = known
        return known

    def _windows_with(self, field: str, key: str) -> int:
        """Return in how many windows `key` stands, whatever their day and audience."""
        return self._searcher.doc_freq(field, key)


_LONG_NAME = 9  # syllables
_OWN = 0.9


def _documents_of_names(windows: Sequence[Window]) -> frozenset[str]:
    """Return the documents whose headings are long and each its own, as procedures' names are.

    Such a heading is itself what people ask for (R@1 .59 to .93 when it counts); a clause's short heading is not.
    """
    headings: dict[str, dict[str, int]] = {}
    for window in windows:
        headings.setdefault(window.text.document, {})[window.place.id] = hash(window.place.title)
    lengths: dict[str, int] = {}
    for (document, _), length in {
        (window.text.document, window.place.id): len(syllables(window.place.title)) for window in windows
    }.items():
        lengths[document] = lengths.get(document, 0) + length
    return frozenset(
        document
        for document, known in headings.items()
        if lengths[document] >= _LONG_NAME * len(known) and len(set(known.values())) >= _OWN * len(known)
    )
