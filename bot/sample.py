"""The sample office: the customer's real manual, and people who say that they are invented."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import knowledge
from bot import sample_dossiers
from bot.settings import Settings
from knowledge import readers, validity
from storage import Store, Tx, documents, identities, legal_texts, links, people, procedure_imports
from storage.controlled import Origin
from storage.people import Role
from storage.sample import mark

# bot.channels.webchat's own, which to import takes a messenger with it; a test compares the two.
WEB_BOT = 1_000_000_002
DATA = Path(knowledge.__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class SampleRole:
    """One person of the demonstration whose chat can be opened by a link."""

    role: str
    person_id: int
    name: str


def _plan() -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads((DATA / "sample.json").read_text(encoding="utf-8")))


def furnished(settings: Settings) -> Settings:
    """Return the settings with the sample's opening hours where the office has none; they are shown as unconfirmed."""
    if settings.office.hours:
        return settings
    office = settings.office.model_copy(update={**_plan()["office"], "hours_confirmed": False})
    return settings.model_copy(update={"office": office})


async def seed(store: Store, *, at: datetime) -> None:
    """Fill an empty store with the sample office. A store that holds any person is left alone."""
    plan = _plan()
    async with store.begin() as tx:
        if await people.everybody(tx):
            return
        await mark(tx, at)
        ids = {row["key"]: await _person(tx, row, at) for row in plan["people"]}
        for row in plan["documents"]:
            await _document(tx, row, ids, at)
        await procedure_imports.take(tx, _lines("procedures.jsonl"), by=None, at=at)
        await legal_texts.add_missing(tx, validity.seed())
    await sample_dossiers.seed(store, at=at)


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


async def _person(tx: Tx, row: dict[str, Any], at: datetime) -> int:
    roles = [Role(role) for role in row["roles"]]
    person = await people.add(
        tx, name=row["name"], roles=roles, unit=row["unit"], fields=row.get("fields", ()), at=at, by=None
    )
    # Where a notice reaches them: the chat into which the demonstration lets whoever plays this role.
    key = row.get("demo", row["key"])
    account = await identities.meet(tx, channel="web", bot_id=WEB_BOT, outside_id=f"demo-{key}", at=at)
    await links.redeem(tx, await links.issue(tx, person.id, by=None, at=at), account.identity_id, at=at)
    return person.id


async def _document(tx: Tx, row: dict[str, Any], ids: dict[str, int], at: datetime) -> None:
    source = (DATA / row["file"]).read_bytes()
    reading = readers.read(row["file"], source)
    version = await documents.draft(
        tx,
        code=row["code"],
        title=row["title"],
        version=row["version"],
        audience=row["audience"],
        origin=Origin.INTERNAL,
        source_name=row["file"],
        source=source,
        places=reading.places,
        warnings=reading.warnings,
        writer_id=ids["writer"],
        at=at,
    )
    await documents.check(tx, version.id, by=ids["checker"], at=at)
    await documents.approve(
        tx,
        version.id,
        by=ids["approver"],
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_from_confirmed=row["effective_from_confirmed"],
        at=at,
    )


async def roles(store: Store) -> list[SampleRole]:
    """Return the sample people whose chats the demonstration opens, by the name of their role."""
    async with store.reading() as tx:
        by_name = {person.name: person.id for person in await people.everybody(tx)}
    return [
        SampleRole(row["demo"], by_name[row["name"]], row["name"])
        for row in _plan()["people"]
        if "demo" in row and row["name"] in by_name
    ]
