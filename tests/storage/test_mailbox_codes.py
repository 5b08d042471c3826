"""Mailboxes that people named before codes were sent wait to be confirmed; those of the office stay."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, insert

from storage import Store, addresses, journal, mailbox_codes, schema
from storage.addresses import Preferred
from storage.who import Person
from tests.notifications.pebbles import NOW


def _to_0012(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.location()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0012")


async def test_a_mailbox_that_somebody_named_themselves_is_to_be_confirmed_after_the_upgrade(
    tmp_path: Path, open_store: Callable[[str], Store]
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/old.db")
    async with store.engine.begin() as connection:
        await connection.run_sync(_to_0012)
        for number in (1, 2, 3):
            person = {"id": number, "name": f"p{number}", "state": "active", "created_at": NOW}
            await connection.execute(insert(Person.table()), person)
            row = {"person_id": number, "channel": "email", "rank": 0, "mailbox": f"p{number}@x.vn", "set_at": NOW}
            await connection.execute(insert(Preferred.table()), row)
        for number, actor in ((1, 1), (2, 3), (3, None)):  # oneself, an administrator, the command line
            entry = {"at": NOW, "actor_id": actor, "action": "mailbox_set", "kind": "addresses", "record_id": number}
            await connection.execute(insert(journal.Entry.table()), {**entry, "digest": "", "mac": ""})
    assert "0013" in await schema.upgrade(store)
    async with store.reading() as tx:
        assert [await addresses.mailbox_of(tx, number) for number in (1, 2, 3)] == ["", "p2@x.vn", "p3@x.vn"]
        waits = await mailbox_codes.pending(tx, 1, NOW)
        assert waits is not None
        assert (waits.mailbox, waits.alive) == ("p1@x.vn", False)
        assert [await mailbox_codes.named(tx, number) for number in (2, 3)] == ["", ""]
    await store.close()
