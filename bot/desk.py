"""The reading desk: the one library that answers now, swapped whole when the store's generation moves."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date

from knowledge.library import Embedder, Library
from knowledge.texts import Audience, Citation, ControlledText, Found, Place, Question
from storage import Store, documents, vectors

log = logging.getLogger(__name__)

# Vectors are computed in batches of this size: small enough that a question waits at most about a second for a core.
BATCH = 4

Progress = Callable[[int, int], None]


class Desk:
    """Answers from approved texts. Nobody waits for a rebuild: the old library serves until the swap."""

    def __init__(self, store: Store, *, embedder: Embedder | None) -> None:
        self._store = store
        self._embedder = embedder
        self._library = Library(())
        self._unconfirmed: frozenset[tuple[str, str]] = frozenset()
        self._rebuilding = asyncio.Lock()
        self._vectorising = asyncio.Lock()
        self.generation = -1

    @property
    def library(self) -> Library:
        """The library that answers at this moment."""
        return self._library

    async def ask(self, question: Question) -> Found:
        library = self._library
        return await asyncio.to_thread(library.ask, question)

    def place(self, document: str, place: str, *, day: date, audience: Audience) -> Citation | None:
        return self._library.place(document, place, day=day, audience=audience)

    def confirmed(self, document: str, version: str) -> bool:
        """Tell whether somebody has confirmed the day from which this version is in effect."""
        return (document, version) not in self._unconfirmed

    async def refresh(self) -> bool:
        """Rebuild when the store's generation has moved; say whether it had. Cheap when it has not: one row is read."""
        async with self._rebuilding:
            async with self._store.reading() as tx:
                generation = await documents.generation(tx)
                if generation == self.generation:
                    return False
                rows = await documents.approved(tx)
            texts = [_text(row) for row in rows]
            bare = await asyncio.to_thread(lambda: Library(texts, embedder=self._embedder))
            library = bare.with_vectors(await self._stored(bare))
            # Nothing is awaited from here on: no question meets half of the swap.
            self._unconfirmed = frozenset((r.document, r.version) for r in rows if not r.effective_from_confirmed)
            self._library, self.generation = library, generation
        log.info("library swapped", extra={"generation": generation, "texts": len(texts)})
        return True

    async def vectorise(self, progress: Progress | None = None) -> None:
        """Compute the vectors that are missing, store them, and use them once all are there.

        One at a time: after a swap it is called again, and finds what was computed meanwhile.
        """
        if self._embedder is None:
            return
        async with self._vectorising:
            await self._vectorise(self._embedder, progress)

    async def _vectorise(self, embedder: Embedder, progress: Progress | None) -> None:
        library = self._library
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
        if missing and library is self._library:
            self._library = library.with_vectors(have)

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
