"""Claiming deliveries: each is in one holder's hands, for a while. The statements are built once, for their speed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, String, and_, bindparam, cast, select, text, update

from storage.addresses import EMAIL
from storage.base import Tx
from storage.deliveries import AWAY, DUE, Delivery, DeliveryState, Lane
from storage.notices import Notice
from storage.who import Person

_T = Delivery.table()
_BEFORE = _T.alias("before")
_KINDS: BindParameter[Any] = bindparam("kinds", expanding=True)
_ELSEWHERE: BindParameter[Any] = bindparam("elsewhere", expanding=True)
_CLAIMED = {
    "state": DeliveryState.CLAIMED,
    "claimed_by": bindparam("by"),
    "claimed_until": bindparam("until"),
    "tries": _T.c.tries + 1,
    "why": None,
}
# How often an earlier fact may fail on its way before what goes another way waits for it no longer: time enough for a
# mail server's greylisting.
PATIENCE = 5


def _is_code(of: FromClause) -> ColumnElement[bool]:
    """Return whether it goes to a mailbox that is yet to be confirmed: it waits for nothing, and nothing for it."""
    return and_(of.c.channel == EMAIL, of.c.chat_id != 0)


def _earlier(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return whether something of this person and lane comes first that is in hand, is retried, or is due."""
    retried = _BEFORE.c.state == DeliveryState.LATER
    first = select(_BEFORE.c.id).where(
        _BEFORE.c.person_id == _T.c.person_id,
        *where,
        ~_is_code(_BEFORE),
        _BEFORE.c.lane == _T.c.lane,
        _BEFORE.c.id < _T.c.id,
        _BEFORE.c.kind.in_(_KINDS),
        text("before.state IN ('waiting', 'later', 'claimed')"),
        (_BEFORE.c.state == DeliveryState.CLAIMED)
        # What is not worth sending any more is about to be ended, and holds up nobody until then.
        | ((_BEFORE.c.expires_at > bindparam("now")) & (retried | (_BEFORE.c.due_at <= bindparam("now")))),
    )
    return first.exists()


_HELD_UP = _earlier(_BEFORE.c.channel == _T.c.channel)
_HOPEFUL = (_BEFORE.c.tries < PATIENCE) | (_BEFORE.c.state == DeliveryState.CLAIMED)
# What goes from one line to the next because they are away comes to one that is not.
_GOES_ROUND = cast(_BEFORE.c.tried, String).like(f'%"{AWAY}%')
_HELD_UP_ELSEWHERE = _earlier(
    _BEFORE.c.channel != _T.c.channel, (_BEFORE.c.channel.in_(_ELSEWHERE) & _HOPEFUL) | _GOES_ROUND
)
_FIRST = (
    select(_T.c.id)
    .where(DUE, _T.c.channel == bindparam("road"), _T.c.lane == bindparam("pace"))
    .where(_T.c.due_at <= bindparam("now"), _T.c.expires_at > bindparam("now"), _T.c.kind.in_(_KINDS))
    .where(_is_code(_T) | ~(_HELD_UP | _HELD_UP_ELSEWHERE))
    .order_by(_T.c.due_at, _T.c.id)
    .limit(bindparam("most"))
    # A CTE that locks is worked once; a subquery might be worked again for each row, and lock more than `most`.
    .with_for_update(skip_locked=True)
    .cte("first")
)
_CLAIM = update(_T).where(_T.c.id.in_(select(_FIRST.c.id)), DUE).values(_CLAIMED).returning(_T.c.id)
_LEAD = select(_T.c.person_id, _T.c.kind, _T.c.channel).where(_T.c.id == bindparam("lead")).subquery()
_ALSO = (
    select(_T.c.id)
    .join(_LEAD, (_LEAD.c.person_id == _T.c.person_id) & (_LEAD.c.channel == _T.c.channel))
    .where(DUE, _T.c.kind == _LEAD.c.kind, _T.c.expires_at > bindparam("now"))
    .order_by(_T.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, of=_T)
    .cte("also")
)
_CLAIM_ALSO = update(_T).where(_T.c.id.in_(select(_ALSO.c.id)), DUE).values(_CLAIMED).returning(_T.c.id)
# As many facts as one message can be about.
_GATHERED = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery as its holder sees it: `about` and `facts` are the notice's, `language` the person's."""

    id: int
    notice_id: int
    person_id: int
    kind: str
    lane: Lane
    channel: str
    bot_id: int
    chat_id: int
    posted_at: datetime
    expires_at: datetime
    tries: int
    doubts: int
    tried: list[str]
    about: int
    facts: Mapping[str, Any] | None
    language: str | None


_HOLDING = (
    select(
        *(_T.c[field.name] for field in fields(Held) if field.name in _T.c),
        Notice.table().c.about,
        Notice.table().c.facts,
        Person.table().c.language,
    )
    .join(Notice.table(), Notice.table().c.id == _T.c.notice_id)
    .join(Person.table(), Person.table().c.id == _T.c.person_id)
    .where(_T.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_T.c.id)
)
_STILL = (
    select(_T.c.id)
    .where(_T.c.id.in_(bindparam("ids", expanding=True)))
    .where(_T.c.claimed_by == bindparam("by"), _T.c.claimed_until == bindparam("until"))
    .with_for_update()
)


async def claim(
    tx: Tx,
    *,
    channel: str,
    lane: Lane,
    kinds: Collection[str],
    by: str,
    until: datetime,
    now: datetime,
    limit: int,
    elsewhere: Collection[str] = (),
) -> list[int]:
    """Claim what is due in this lane, the longest due first, for `by` until `until`; return the ids.

    Of one person and lane only the first goes: what comes after waits until that is settled, unless it only waits for
    its day. For what comes first on one of the channels `elsewhere` (the others whose line is not away) it waits until
    that has failed `PATIENCE` times, and for what goes round between lines that are away. What is due of kinds that
    are not in `kinds` holds up nobody.
    """
    # No name of a column: in an UPDATE it would be a value to set.
    where = {"road": channel, "pace": lane, "kinds": list(kinds), "elsewhere": list(elsewhere), "most": limit}
    given = {**where, "by": by, "until": until, "now": now}
    return sorted((await tx.scalars(_CLAIM, given)).all())


async def claim_with(tx: Tx, lead: int, *, by: str, until: datetime, now: datetime) -> list[int]:
    """Claim what is to be gathered into the message of `lead`: the same person, kind and channel; return the ids."""
    given = {"lead": lead, "by": by, "until": until, "now": now, "most": _GATHERED}
    return sorted((await tx.scalars(_CLAIM_ALSO, given)).all())


async def holding(tx: Tx, ids: Sequence[int]) -> list[Held]:
    """Return these, in the order of their ids."""
    rows = await tx.execute(_HOLDING, {"ids": list(ids)})
    return [Held(**row) for row in rows.mappings()]


async def still_held(tx: Tx, ids: Collection[int], by: str, until: datetime) -> frozenset[int]:
    """Return which of these are still claimed by `by` until `until`; they are held until the commit."""
    return frozenset(await tx.scalars(_STILL, {"ids": list(ids), "by": by, "until": until}))
