"""The reading desk: library and catalogue that answer now, swapped whole when the store's generation moves."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date

from bot import clock
from knowledge.catalogue import Catalogue
from knowledge.law import LegalText
from knowledge.library import Embedder, Library
from knowledge.procedure_records import procedure
from knowledge.shelves import Shelves
from knowledge.texts import Audience, Citation, ControlledText, Found, Place, Question
from knowledge.validity import LegalTexts
from knowledge.workdays import today
from storage import Store, documents, legal_texts, procedures, vectors

log = logging.getLogger(__name__)

# Vectors are computed in batches of this size: small enough that a question waits at most about a second for a core.
BATCH = 4
# How many times as long as a rebuild took, the next one that merely follows it waits.
_REST = 5

Progress = Callable[[int, int], None]


class Desk:
    """Answers from approved texts and procedures. Nobody waits for a rebuild: the old ones serve until the swap."""

    def __init__(self, store: Store, *, embedder: Embedder | None) -> None:
        self._store = store
        self._embedder = embedder
        self._shelves = Shelves.of(Library(()), Catalogue(()))
        self._held: tuple[tuple[documents.ApprovedText, ...], tuple[LegalText, ...]] = ((), ())
        self._unconfirmed: frozenset[tuple[str, str]] = frozenset()
        self._rebuilding = asyncio.Lock()
        self._vectorising = asyncio.Lock()
        self._rests_until = 0.0
        self.generation = -1
        self.day = date.min

    @property
    def library(self) -> Library:
        """The library that answers at this moment."""
        return self._shelves.library

    @property
    def shelves(self) -> Shelves:
        """Library and catalogue that answer at this moment."""
        return self._shelves

    @property
    def catalogue(self) -> Catalogue:
        """The procedures at this moment."""
        return self._shelves.guide.catalogue

    async def ask(self, question: Question) -> Found:
        shelves = self._shelves
        return await asyncio.to_thread(shelves.ask, question)

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        return self._shelves.place(document, place, day=day, audience=audience)

    def plainly_asks(self, text: str) -> bool:
        """Tell whether a text says little but a procedure's name: then it accuses nobody, whatever it sounds like."""
        return self._shelves.guide.plainly_named(text, today(clock.now()))

    def confirmed(self, document: str, version: str) -> bool:
        """Tell whether somebody has confirmed the day from which this version is in effect."""
        return (document, version) not in self._unconfirmed

    async def look(self) -> bool:
        """Refresh, unless the last rebuild took so long that this one has to wait; say whether it did.

        While a large catalogue is taken in, the store's generation moves all the time: at most a sixth of it goes into
        rebuilding, and questions have the rest.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()
        if begun < self._rests_until or not await self.refresh():
            return False
        self._rests_until = loop.time() + _REST * (loop.time() - begun)
        return True

    async def refresh(self) -> bool:
        """Rebuild when the store's generation has moved, or the day; say whether it had. Else one row is read."""
        async with self._rebuilding:
            day = today(clock.now())
            async with self._store.reading() as tx:
                generation = await documents.generation(tx)
                if (generation, day) == (self.generation, self.day):
                    return False
                rows = tuple(await documents.approved(tx))
                held = await procedures.in_force(tx, day)
                law = tuple(LegalText.of(line.facts()) for line in await legal_texts.listed(tx))
            library = self.library if (rows, law) == self._held else await self._bound(rows, law)
            records = [one.record for one in held]
            catalogue = await asyncio.to_thread(
                lambda: Catalogue([procedure(record) for record in records], law=LegalTexts(law))
            )
            # Nothing is awaited from here on: no question meets half of the swap.
            self._unconfirmed = frozenset((r.document, r.version) for r in rows if not r.effective_from_confirmed)
            self._shelves, self._held = Shelves.of(library, catalogue), (rows, law)
            self.generation, self.day = generation, day
        log.info("library swapped", extra={"generation": generation, "texts": len(rows), "procedures": len(records)})
        return True

    async def _bound(self, rows: Sequence[documents.ApprovedText], law: Sequence[LegalText]) -> Library:
        texts, known = [_text(row) for row in rows], LegalTexts(law)
        bare = await asyncio.to_thread(lambda: Library(texts, embedder=self._embedder, law=known))
        return bare.with_vectors(await self._stored(bare))

    async def vectorise(self, progress: Progress | None = None) -> None:
        """Compute the vectors that are missing, store them, and use them once all are there.

        One at a time: after a swap it is called again, and finds what was computed meanwhile.
        """
        if self._embedder is None:
            return
        async with self._vectorising:
            await self._vectorise(self._embedder, progress)

    async def _vectorise(self, embedder: Embedder, progress: Progress | None) -> None:
        library = self.library
        have = await self._stored(library)
        missing = [(key, text) for key, text in library.windows().items() if key not in have]
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            made = await asyncio.to_thread(embedder.embed, [text for _, text in batch], query=False)
            fresh = {key: vector for (key, _), vector in zip(batch, made, strict=True)}
            async with self._store.begin() as tx:
                await vectors.put(tx, embedder.name, fresh)
            have |= fresh
            if progress:
                progress(min(start + BATCH, len(missing)), len(missing))
        if missing and library is self.library:
            self._shelves = Shelves(library.with_vectors(have), self._shelves.guide)

    async def _stored(self, library: Library) -> dict[str, bytes]:
        if self._embedder is None:
            return {}
        async with self._store.reading() as tx:
            return await vectors.of(tx, self._embedder.name, list(library.windows()))


def _text(row: documents.ApprovedText) -> ControlledText:
    return ControlledText(
        document=row.document,
        version=row.version,
        title=row.title,
        audience=Audience(row.audience),
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        places=tuple(Place(*place) for place in row.places),
    )
