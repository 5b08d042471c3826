"""The lexical index: tantivy in memory, syllables and pairs of syllables, each with marks and folded, in letters.

Pairs of syllables do what word segmentation promises, better, and hold up on text without marks.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from operator import add

import tantivy

from knowledge.alphabet import BREAK, Alphabet, Bag
from knowledge.texts import Audience
from knowledge.vietnamese import syllables
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
_WRITER_BYTES = 120_000_000  # enough for some thousands of procedures in one segment, which is searched faster
_MANY = 3000
_COMMON = 0.08
_REMEMBERED = 65536  # terms, so that what anybody types takes no memory without bound

Terms = Mapping[tuple[str, str], float]  # (field, one letter or two): how much it counts


def pairs(letters: str) -> Iterator[str]:
    """Return the pairs of neighbours: "abc" gives "ab", "bc"."""
    return map(add, letters, letters[1:])


class Index:
    """Windows that can be searched as of a day and for an audience. Immutable; safe from several threads."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.windows = tuple(windows)
        edges = {edge for window in windows for edge in (window.text.effective_from, window.text.effective_to) if edge}
        self._edges = sorted(edges)
        self._named = _documents_of_names(windows)
        self.alphabet = Alphabet()
        builder = tantivy.SchemaBuilder()
        for field in (*FIELDS, "open"):
            builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field("window", stored=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema)
        writer = self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)
        # Among very many windows marks tell nothing more apart (measured: no hit lost), and would double the index.
        self._marks = len(windows) <= _MANY
        self.fields: set[str] = set()
        self.bags = tuple([self._added(writer, number, window) for number, window in enumerate(windows)])
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        self.frequency = lru_cache(maxsize=_REMEMBERED)(self._searcher.doc_freq)
        self._term = lru_cache(maxsize=_REMEMBERED // 4)(self._looked_for)
        self._in_force: dict[tuple[int, Audience], Sequence[int]] = {}

    def __len__(self) -> int:
        return len(self.windows)

    def _added(self, writer: tantivy.IndexWriter, number: int, window: Window) -> Bag:
        """Add a window to the index, and return its bag."""
        alphabet = self.alphabet
        heading, body = alphabet.learn(window.heading), alphabet.learn(window.body)
        # Names in their other form come after the text, each apart, so that no false neighbours arise.
        strands = [body, *alphabet.also_written(body)]
        title = alphabet.folded(heading)
        topics = [alphabet.learn(" ".join(topic)) for topic in window.topics]
        contents: dict[str, Sequence[str]] = {
            "marked": strands if self._marks else (),
            "folded": [alphabet.folded(strand) for strand in strands],
            "name" if window.text.document in self._named else "title": [title],
            "topic": topics,
        }
        document = tantivy.Document()
        for field, content in contents.items():
            if content:
                document.add_text(field, " ".join("".join(content)))
                document.add_text(f"{field}_pairs", " ".join(chain.from_iterable(map(pairs, content))))
                self.fields.update((field, f"{field}_pairs"))
        document.add_text("open", " ".join(self._eras(window)))
        document.add_unsigned("window", number)
        writer.add_document(document)
        letters = BREAK.join([heading + body, *strands[1:], *alphabet.also_written(heading)])
        return Bag(letters, alphabet.folded(letters), BREAK.join(topics))

    def name_of(self, window: Window) -> str:
        """Return the heading in folded letters if it is a name that people ask for, as a procedure's is, else ""."""
        return self.alphabet.folded(self.alphabet.spell(window.heading)) if window.text.document in self._named else ""

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

    def _looked_for(self, field: str, key: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, key, "freq")

    def search(self, terms: Terms, *, day: date, audience: Audience, limit: int) -> list[tuple[float, int]]:
        """Return (score, number of the window), best first; only windows in force on `day` and meant for `audience`."""
        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        wanted = [
            (should, tantivy.Query.boost_query(self._term(field, key), weight))
            for (field, key), weight in self._telling(terms)
        ]
        if not wanted:
            return []
        query = tantivy.Query.boolean_query(wanted)
        # Where every window is open to this reader, the condition would only cost time.
        if len(self.in_force(day, audience)) < len(self.windows):
            query = tantivy.Query.boolean_query([(must, self._open(day, audience)), (must, query)])
        hits = self._searcher.search(query, limit, count=False).hits
        numbers = self._searcher.fast_field_values("window", [address for _, address in hits])
        return [(score, int(number or 0)) for (score, _), number in zip(hits, numbers, strict=True)]

    def _telling(self, terms: Terms) -> Iterable[tuple[tuple[str, str], float]]:
        """Leave out the common words among very many windows: they cost most of the time and tell nothing apart.

        Measured: a quarter of the time, no hit lost.
        """
        if self._marks:
            return terms.items()
        most = _COMMON * len(self.windows)
        return [one for one in terms.items() if self.frequency(*one[0]) < most] or terms.items()

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
