"""What was not delivered: claims whose holder died, what is no longer worth sending, and what the office decides."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, case, cast, exists, func, or_, select, update

from storage import addresses, journal
from storage.addresses import Address, Preferred
from storage.base import ERASED, NoSuchRecord, NotAllowed, Tx, step
from storage.deliveries import FAILED, OPEN, STEPS, Delivery, DeliveryState
from storage.identities import Identity
from storage.messages import Message
from storage.notices import Notice
from storage.sessions import open_session
from storage.unreachable import Unreachable
from storage.who import Person, PersonState

_T = Delivery.table()
_FREE = {"claimed_by": None, "claimed_until": None}
DIED = "its holder died"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the outbox. `name` "" for somebody who has none."""

    id: int
    kind: str
    about: int
    person_id: int
    name: str
    channel: str
    lane: str
    state: DeliveryState
    posted_at: datetime
    due_at: datetime
    expires_at: datetime
    tries: int
    doubts: int
    why: str | None


async def lapsed(
    tx: Tx, *, sure: Collection[str], again: Collection[str], dead: Collection[str] = (), now: datetime
) -> int:
    """Take back the claims that have run out, and those of holders known to be dead; return how many.

    In the channels of `sure` what was not recorded was not spoken: it waits again. Elsewhere nobody knows: kinds of
    `again` are tried once more, the others stay unknown.
    """
    gone = (_T.c.claimed_until <= now) | _T.c.claimed_by.in_(dead) if dead else _T.c.claimed_until <= now
    over = update(_T).where(_T.c.state == DeliveryState.CLAIMED, gone)
    is_sure = _T.c.channel.in_(sure)
    back = over.where(is_sure).values(state=DeliveryState.WAITING, why=DIED, **_FREE)
    doubtful = {"doubts": _T.c.doubts + 1, "why": DIED, **_FREE}
    retried = over.where(~is_sure, _T.c.kind.in_(again)).values(state=DeliveryState.LATER, **doubtful)
    unknown = over.where(~is_sure, _T.c.kind.not_in(again)).values(state=DeliveryState.UNKNOWN, **doubtful)
    return sum([len((await tx.execute(one.returning(_T.c.id))).all()) for one in (back, retried, unknown)])


async def expire(tx: Tx, now: datetime) -> int:
    """End what is no longer worth sending; what may have been heard all the same ends as unknown. Return how many."""
    over = _T.c.state.in_([DeliveryState.WAITING, DeliveryState.LATER]) & (_T.c.expires_at <= now)
    state = case((_T.c.doubts > 0, DeliveryState.UNKNOWN.value), else_=DeliveryState.EXPIRED.value)
    why = func.coalesce(_T.c.why, "not worth sending any more")
    ended = update(_T).where(over).values(state=cast(state, String), why=why)
    return len((await tx.execute(ended.returning(_T.c.id))).all())


# Why somebody could not be told whom an address that comes back, or a new one, will do: nothing else was wrong.
BLOCKED, NO_ADDRESS = "blocked", "no address"


async def back_in_reach(tx: Tx, channels: Collection[str], now: datetime, limit: int = 200) -> int:
    """Let what found nobody wait again whose person can be reached by now (on these channels); return how many.

    At most `limit` and a page of it, the oldest first; the next sweep goes on.
    """
    shut = exists().where(Unreachable.bot_id == Identity.bot_id, Unreachable.chat_id == Identity.number)
    here = Identity.channel.in_(channels)
    chat = exists().where(Identity.person_id == _T.c.person_id, Identity.revoked_at.is_(None), here, ~shut)
    mail = exists().where(
        Preferred.person_id == _T.c.person_id,
        Preferred.mailbox.is_not(None),
        Preferred.gone_at.is_(None),
        Preferred.channel.in_(channels),
    )
    here_still = exists().where(Person.id == _T.c.person_id, Person.state == PersonState.ACTIVE)
    missed = (_T.c.state == DeliveryState.UNREACHABLE, _T.c.why.in_([BLOCKED, NO_ADDRESS]), _T.c.expires_at > now)
    found = select(_T.c.id).where(*missed, here_still, or_(chat, mail)).order_by(_T.c.id).limit(limit)
    count = last = 0
    # Page by page behind the last one: what has no address after all, however much of it there is, holds up nothing.
    while count < limit and (ids := list(await tx.scalars(found.where(_T.c.id > last)))):
        count += sum([await _wait_again(tx, await _held(tx, one), channels, now) for one in ids])
        last = ids[-1]
    await tx.flush()
    return count


async def _wait_again(tx: Tx, row: Delivery, channels: Collection[str], now: datetime) -> bool:
    """Let a delivery wait at the first address of its person; False: they have none."""
    places = [place for place in await addresses.of(tx, row.person_id) if place.channel in channels]
    here = Address(row.channel, row.bot_id, row.chat_id)
    if not places or here.unconfirmed:  # a code is sent anew by whoever asks anew
        return False
    place = next((one for one in places if one.key == here.key), places[0])
    row.channel, row.bot_id, row.chat_id = place.channel, place.bot_id, place.chat_id
    row.state = step(STEPS, row.state, DeliveryState.WAITING)
    row.due_at, row.tries, row.tried, row.why = now, 0, [], None
    return True


async def listed(tx: Tx, states: Collection[DeliveryState] | None = None, limit: int = 200) -> list[Waiting]:
    """Return what waits and what failed (or what is in `states`), the newest first."""
    lines = (
        select(
            _T.c.id,
            _T.c.kind,
            Notice.about,
            _T.c.person_id,
            Person.name,
            *(_T.c[name] for name in ("channel", "lane", "state", "posted_at", "due_at", "expires_at")),
            *(_T.c[name] for name in ("tries", "doubts", "why")),
        )
        .join(Notice, Notice.id == _T.c.notice_id)
        .join(Person, Person.id == _T.c.person_id)
        .where(_T.c.state.in_(OPEN | FAILED if states is None else states))
        .order_by(_T.c.id.desc())
        .limit(limit)
    )
    return [Waiting(**row) for row in (await tx.execute(lines)).mappings()]


@dataclass(frozen=True, slots=True)
class Shown:
    """A delivery that was spoken: `facts` counts those that were gathered into it, `key` is its notice's."""

    person_id: int
    name: str
    channel: str
    lane: str
    kind: str
    key: str
    facts: int


async def shown(tx: Tx, delivery_id: int) -> Shown:
    """Return what a message was about and whom it was for. Raises NoSuchRecord."""
    one = (
        select(_T.c.person_id, Person.name, *(_T.c[name] for name in ("channel", "lane", "kind")), Notice.key)
        .join(Notice, Notice.id == _T.c.notice_id)
        .join(Person, Person.id == _T.c.person_id)
        .where(_T.c.id == delivery_id)
    )
    row = (await tx.execute(one)).first()
    if row is None:
        raise NoSuchRecord(f"delivery {delivery_id}")
    with_it = await tx.scalar(select(func.count()).where(_T.c.told_with == delivery_id)) or 0
    return Shown(**row._mapping, facts=1 + with_it)  # noqa: SLF001 SQLAlchemy's public name for it


async def counted(tx: Tx) -> Mapping[DeliveryState, int]:
    """Return how many deliveries are in each state that is not the usual end."""
    rows = select(_T.c.state, func.count()).where(_T.c.state.in_(OPEN | FAILED)).group_by(_T.c.state)
    return {state: count for state, count in await tx.execute(rows)}  # noqa: C416 a Row is no pair to dict()


async def retry(
    tx: Tx, delivery_id: int, *, worth: Mapping[str, timedelta], channels: Collection[str], by: int, at: datetime
) -> Delivery:
    """Let a failed delivery wait again, for what its kind is worth. Raises NoSuchRecord, NotAllowed.

    Not allowed is also one whose person has no address.
    """
    row = await _held(tx, delivery_id)
    step(STEPS, row.state, DeliveryState.WAITING)
    row.expires_at = max(row.expires_at, at + worth.get(row.kind, timedelta(days=1)))
    if not await _wait_again(tx, row, channels, at):
        raise NotAllowed(f"person {row.person_id} has no address")
    await _decided(tx, row, "retried", by, at)
    return row


async def cancel(tx: Tx, delivery_id: int, *, by: int, at: datetime) -> Delivery:
    """Decide that nobody needs to hear of it any more. Raises NoSuchRecord, NotAllowed."""
    row = await _held(tx, delivery_id)
    row.state = step(STEPS, row.state, DeliveryState.CANCELLED)
    row.claimed_by = row.claimed_until = None
    row.why = row.why or "cancelled"
    await _decided(tx, row, "cancelled", by, at)
    return row


async def drop(tx: Tx, person_id: int, why: str) -> int:
    """Cancel everything that somebody was still to hear; return how many. Whoever is about to speak finds it gone."""
    open_ = update(_T).where(_T.c.person_id == person_id, _T.c.state.in_(OPEN))
    ended = open_.values(state=DeliveryState.CANCELLED, why=why, **_FREE)
    return len((await tx.execute(ended.returning(_T.c.id))).all())


async def forget_bodies(tx: Tx, *where: Any) -> int:
    """Erase what was said in these deliveries; that it was said stays. Return how many."""
    tx.info[ERASED] = True
    said = update(_T).where(_T.c.body.is_not(None), *where).values(body=None)
    return len((await tx.execute(said.returning(_T.c.id))).all())


async def forget_told(tx: Tx, *, before: datetime, keep: Collection[str]) -> int:
    """Erase the texts of what was sent before, but for kinds that the law keeps and web messages nobody has seen.

    What nobody can come back to see (the session of its chat has ended) is not kept for that.
    """
    sent = (_T.c.state == DeliveryState.SENT, _T.c.sent_at < before, _T.c.kind.not_in(keep))
    mail = await forget_bodies(tx, *sent)
    unseen = (
        select(Identity.id)
        .where(Identity.bot_id == Message.bot_id, Identity.number == Message.chat_id, Identity.revoked_at.is_(None))
        .where(or_(Identity.seen_at.is_(None), Identity.seen_at < Message.at), open_session())
        .exists()
    )
    shown = select(_T.c.message_id).where(*sent, _T.c.message_id.is_not(None))
    old = update(Message).where(Message.id.in_(shown), Message.body.is_not(None))
    read = old.where((Message.channel != "web") | ~unseen).values(body=None).returning(Message.id)
    rows = await tx.execute(read, execution_options={"synchronize_session": False})
    return mail + len(rows.all())


async def stays(tx: Tx, person_ids: Collection[int]) -> Collection[int]:
    """Return which of these people are still here: nobody else is told anything."""
    here = select(Person.id).where(Person.id.in_(person_ids), Person.state == PersonState.ACTIVE)
    return set(await tx.scalars(here))


async def _held(tx: Tx, delivery_id: int) -> Delivery:
    row = await tx.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchRecord(f"delivery {delivery_id}")
    return row


async def _decided(tx: Tx, row: Delivery, action: str, by: int, at: datetime) -> None:
    await tx.flush()
    await journal.record(
        tx, actor_id=by, action=action, kind="delivery", record_id=row.id, content={"state": row.state}, at=at
    )
