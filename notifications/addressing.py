"""From a notice to the people who must hear of it, and where: one delivery each, urgent kinds first."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from notifications.kind import Addressee, Fact, Kind, Lane, Told
from notifications.quiet import Quiet
from notifications.words import LANGUAGES, Wordings
from storage import Store, Tx, addresses, deliveries, notices, undelivered
from storage.addresses import EMAIL, Address
from storage.deliveries import DeliveryState
from storage.notices import Notice

log = logging.getLogger(__name__)

NOBODY = "nobody_reached"
# As many as one transaction addresses: the next urgent one waits for no more than these.
AT_ONCE = 50
_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)


def rest(tries: int, first: timedelta = _REST, longest: timedelta = _LONGEST_REST) -> timedelta:
    """Return how long to rest after so many failures: twice as long each time, up to `longest`."""
    return min(first * float(2 ** min(max(tries, 0), 20)), longest)


@dataclass(frozen=True, slots=True)
class Addressing:
    """`gathers`: whether a gathered kind waits for more facts; a single look at one moment does not.

    `channels`: those by which this office sends; an address elsewhere reaches nobody.
    """

    store: Store
    kinds: Mapping[str, Kind]
    wordings: Wordings
    quiet: Quiet
    gathers: bool = True
    channels: frozenset[str] = frozenset({"web", "telegram", EMAIL})

    async def places(self, tx: Tx, person_id: int) -> list[Address]:
        """Return where this person can be told something, in their own order."""
        return [place for place in await addresses.of(tx, person_id) if place.channel in self.channels]

    async def some(self, now: datetime) -> int:
        """Address the oldest notices of the most urgent lane that has any; return how many were looked at.

        One that fails rests and is reported; the others are addressed all the same. What no kind here knows is left
        alone. Raises what the store raises.
        """
        async with self.store.reading() as tx:
            if not await notices.is_any(tx, self.kinds, now):
                return 0
        for lane in Lane:
            mine = [name for name, kind in self.kinds.items() if lane is kind.LANE]
            try:
                done = await self._together(mine, now)
            except Exception:  # noqa: BLE001 one may have spoilt it for the others: alone, each meets its own failure
                done = await self._one_by_one(mine, now)
            if done:
                return done
        return 0

    async def _together(self, kinds: Sequence[str], now: datetime) -> int:
        async with self.store.begin() as tx:
            found = await notices.unaddressed(tx, kinds, now, AT_ONCE)
            for notice in found:
                await self._address(tx, notice, now)
            if found:
                await notices.addressed(tx, [notice.id for notice in found], now)
        return len(found)

    async def _one_by_one(self, kinds: Sequence[str], now: datetime) -> int:
        async with self.store.begin() as tx:
            found = await notices.unaddressed(tx, kinds, now, AT_ONCE)
        for notice in found:
            try:
                await self._alone(notice, now)
            except Exception as failure:
                why = type(failure).__name__
                log.exception("notice not addressed", extra={"notice": notice.id, "kind": notice.kind, "why": why})
                async with self.store.begin() as tx:
                    await notices.failed(tx, notice.id, why, now + rest(notice.tries))
        return len(found)

    async def _alone(self, notice: Notice, now: datetime) -> None:
        async with self.store.begin() as tx:
            if await notices.addressed(tx, [notice.id], now):
                await self._address(tx, notice, now)

    async def _address(self, tx: Tx, notice: Notice, now: datetime) -> None:
        kind = self.kinds[notice.kind]
        heirs = await kind.addressees(tx, Fact(notice.about, notice.facts or {}))
        here = await undelivered.stays(tx, {one.person_id for one in heirs}) if heirs else ()
        rows, missed = [], []
        for one in {heir.person_id: heir for heir in heirs if heir.person_id in here}.values():
            row = await self._row(tx, notice, kind, one, now)
            rows.append(row)
            if row["state"] is DeliveryState.UNREACHABLE and not (one.home and one.home.unconfirmed):
                missed.append(one.person_id)
        await deliveries.add(tx, rows)
        fact = Fact(notice.about, notice.facts or {})
        for person_id in missed:
            await hand_to_the_unit(tx, self, Missed(notice.kind, notice.id, fact, person_id), now)

    async def _row(self, tx: Tx, notice: Notice, kind: Kind, to: Addressee, now: datetime) -> dict[str, Any]:
        home, places = to.home, await self.places(tx, to.person_id)
        where = home if home in places else places[0] if places else None
        if home and home.unconfirmed:
            where = home if EMAIL in self.channels else None
        wait = kind.GATHERED if kind.GATHERED and self.gathers else timedelta()
        due, expires = notice.posted_at + wait, notice.posted_at + kind.WORTH
        due = self.quiet.over(max(due, now)) if kind.QUIET and self.quiet.holds(max(due, now)) else due
        row = {
            "notice_id": notice.id,
            "person_id": to.person_id,
            "kind": notice.kind,
            "lane": kind.LANE,
            "posted_at": notice.posted_at,
            "due_at": due,
            "expires_at": expires,
            "why": None,
        }
        if expires <= max(due, now):
            return (
                row | _at(where or Address("")) | {"state": DeliveryState.EXPIRED, "why": "not worth sending any more"}
            )
        if where is None:
            # Where it would have gone: should that chat let us in again, it is told there.
            return row | _at(home or Address("")) | {"state": DeliveryState.UNREACHABLE, "why": _why_nowhere(home)}
        return row | _at(where) | {"state": DeliveryState.WAITING}


def _why_nowhere(home: Address | None) -> str:
    if home and home.unconfirmed:
        return "no mail server"
    return undelivered.BLOCKED if home else undelivered.NO_ADDRESS


def _at(where: Address) -> dict[str, Any]:
    return {"channel": where.channel, "bot_id": where.bot_id, "chat_id": where.chat_id}


@dataclass(frozen=True, slots=True)
class Missed:
    """Who was not told of which notice."""

    kind: str
    notice_id: int
    fact: Fact
    person_id: int


async def hand_to_the_unit(tx: Tx, of: Addressing, missed: Missed, now: datetime) -> None:
    """Make it the task of a unit to tell somebody whom no address reaches: a notice to its head, once.

    What is said of it are the subject of the message and its first command: no name, no reason.
    """
    if missed.kind == NOBODY:
        log.error("nobody can be told that somebody cannot be reached", extra={"notice": missed.notice_id})
        return
    try:
        async with tx.begin_nested():  # what becomes of the delivery is written, whatever fails here
            await _task(tx, of, missed, now)
    except Exception:
        log.exception("no task for whom nobody reached", extra={"notice": missed.notice_id, "kind": missed.kind})


async def _task(tx: Tx, of: Addressing, missed: Missed, now: datetime) -> None:
    kind = of.kinds[missed.kind]
    letter = await kind.letter(tx, Told(missed.person_id, "", [missed.fact]))
    if letter is None:
        return
    said = {language: of.wordings.render(missed.kind, kind, letter, language) for language in LANGUAGES}
    facts = {
        "unit": await kind.unit(tx, missed.fact.about),
        "person": missed.person_id,
        "what": {language: one.subject for language, one in said.items()},
        "command": next((press.data for row in letter.buttons for press in row), ""),
    }
    await notices.post(tx, NOBODY, missed.notice_id, at=now, once=str(missed.person_id), facts=facts)
