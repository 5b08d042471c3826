"""What a message about a dossier needs: the row of its history, the dossier, and the chats that follow it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from storage import dossier_links
from storage.base import Tx
from storage.dossiers import Dossier, DossierEvent
from storage.identities import Identity


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who follows, and the chat in which they said so; None where that account is theirs no more."""

    person_id: int
    chat: tuple[str, int, int] | None


async def event(tx: Tx, event_id: int) -> tuple[DossierEvent, Dossier] | None:
    """Return a row of history and its dossier; None where it is gone."""
    rows = select(DossierEvent, Dossier).join(Dossier, Dossier.id == DossierEvent.dossier_id)
    found = (await tx.execute(rows.where(DossierEvent.id == event_id))).one_or_none()
    return None if found is None else (found[0], found[1])


async def followers(tx: Tx, dossier_id: int) -> Sequence[Follower]:
    """Return who hears of each change of this dossier, (channel, bot, chat) with each."""
    found = []
    for link in await dossier_links.followers(tx, dossier_id):
        account = await tx.scalar(select(Identity).where(Identity.id == link.identity_id))
        live = account is not None and account.revoked_at is None and account.person_id == link.person_id
        chat = (account.channel, account.bot_id, account.number) if account is not None and live else None
        found.append(Follower(link.person_id, chat))
    return found
