"""What becomes of a delivery after it was tried: the one table of outcomes."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from notifications.addressing import Addressing, Missed, hand_to_the_unit, rest
from notifications.kind import Fact, Kind
from notifications.transports import Gone, Later, Message, Outcome, Refused, Sent, Transport, Unknown
from storage import Tx, addresses, mailbox_codes, undelivered, unreachable
from storage.addresses import EMAIL, Address
from storage.claims import Held
from storage.deliveries import AWAY, DeliveryState

log = logging.getLogger(__name__)

# After a failure of the line, and after an unknown outcome; twice as long each time.
_FIRST = timedelta(seconds=2)
_LONGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was left to be said."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The words could not be found: a fault of the kind, which delays this delivery and no other."""

    why: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a claim came to: the first of `held` is the one that was spoken, the others were gathered into it."""

    kind: Kind
    held: Sequence[Held]
    to: Address
    outcome: Outcome | Silence | Failed
    message: Message | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """Decides in the transaction that settles, at the moment `now`."""

    tx: Tx
    of: Addressing
    transport: Transport
    now: datetime

    async def rows(self, tried: Tried) -> list[Mapping[str, Any]]:
        """Return how the deliveries stand from now on, and write into the record what was sent."""
        if isinstance(tried.outcome, Sent):
            return await self._sent(tried, tried.outcome)
        if isinstance(tried.outcome, Gone):
            await self._gone(tried)
        if isinstance(tried.outcome, Refused):
            lead = tried.held[0]
            why = {"delivery": lead.id, "kind": lead.kind, "why": tried.outcome.why}
            log.error("refused by the transport", extra=why)
        return [await self._row(tried, one) for one in tried.held]

    async def _row(self, tried: Tried, one: Held) -> Mapping[str, Any]:
        match tried.outcome:
            case Silence():
                return _row(one, DeliveryState.CANCELLED, "nothing left to say")
            case Failed(why=why):
                return self._again(one, DeliveryState.WAITING, rest(one.tries - 1), f"the kind fails: {why}")
            case Unknown(why=why):
                one = replace(one, doubts=one.doubts + 1)
                if tried.kind.RETRY_UNKNOWN:
                    return self._again(one, DeliveryState.LATER, _pause(one), why)
                return _row(one, DeliveryState.UNKNOWN, why)
            case Later(after=after, why=why):
                return await self._later(tried, one, max(after, _pause(one)), why)
        return await self._elsewhere(tried, one)

    def _again(self, one: Held, state: DeliveryState, after: timedelta, why: str) -> dict[str, Any]:
        due = self.now + after
        if due < one.expires_at:
            return _row(one, state, why, due_at=due)
        return _row(one, DeliveryState.UNKNOWN if one.doubts else DeliveryState.EXPIRED, why)

    async def _sent(self, tried: Tried, sent: Sent) -> list[Mapping[str, Any]]:
        lead, *others = tried.held
        message_id, body = None, None
        if tried.message is not None:
            message_id = await self.transport.record(self.tx, tried.to, tried.message, sent, now=self.now)
            # A code stands in no record.
            if (tried.kind.KEEP or message_id is None) and not tried.to.unconfirmed:
                body = {"subject": tried.message.subject, "html": tried.message.html}
        said = {"sent_at": self.now, "words": tried.words}
        whole = {"outside_id": sent.outside_id, "message_id": message_id, "body": body}
        first = _row(lead, DeliveryState.SENT, None, **said, **whole)
        return [first, *(_row(one, DeliveryState.SENT, None, **said, told_with=lead.id) for one in others)]

    async def _later(self, tried: Tried, one: Held, after: timedelta, why: str) -> dict[str, Any]:
        """Try again; where the line has been away for half of what it is worth, in another place."""
        if self.now - one.posted_at > tried.kind.WORTH / 2:
            moved = await self._moved(one, [*one.tried, AWAY + _here(one).key], why)
            if moved is not None:
                return moved
        return self._again(one, DeliveryState.LATER, after, why)

    async def _elsewhere(self, tried: Tried, one: Held) -> dict[str, Any]:
        blocked = isinstance(tried.outcome, Gone) and one.channel != EMAIL
        why = undelivered.BLOCKED if blocked else getattr(tried.outcome, "why", "")
        been = [*one.tried, _here(one).key]
        if (moved := await self._moved(one, been, why)) is not None:
            return moved
        if not tried.to.unconfirmed:
            fact = Fact(one.about, one.facts or {})
            await hand_to_the_unit(self.tx, self.of, Missed(one.kind, one.notice_id, fact, one.person_id), self.now)
        return _row(one, DeliveryState.UNREACHABLE, why, tried=been)

    async def _moved(self, one: Held, been: list[str], why: str) -> dict[str, Any] | None:
        """Return how it goes to the next address, or round again, after a pause, to one whose line was away."""
        places = [] if _here(one).unconfirmed else await self.of.places(self.tx, one.person_id)
        dead = {key for key in been if not key.startswith(AWAY)}
        fresh = next((place for place in places if not {place.key, AWAY + place.key} & {*been}), None)
        if fresh is not None:
            return self._at(one, fresh, DeliveryState.WAITING, why, due_at=self.now, tries=0, tried=been)
        left = [place for place in places if place.key not in {*dead, _here(one).key}]
        if not left:
            return None
        again = min(left, key=lambda place: been.index(AWAY + place.key))  # the one left longest ago
        others, due = [key for key in been if key != AWAY + again.key], self.now + _pause(one)
        return self._at(one, again, DeliveryState.LATER, why, due_at=due, tried=others)

    def _at(self, one: Held, place: Address, state: DeliveryState, why: str, **changed: Any) -> dict[str, Any]:
        if one.expires_at <= changed["due_at"]:
            return self._again(one, state, one.expires_at - self.now, why)
        where = {"channel": place.channel, "bot_id": place.bot_id, "chat_id": place.chat_id}
        return _row(one, state, why, **where, **changed)

    async def _gone(self, tried: Tried) -> None:
        if tried.to.unconfirmed:
            await mailbox_codes.gone(self.tx, tried.to.chat_id, self.now)
        elif tried.to.channel == EMAIL:
            await addresses.gone(self.tx, tried.held[0].person_id, tried.to.mailbox, self.now)
        else:
            await unreachable.mark(self.tx, tried.to.bot_id, tried.to.chat_id, self.now)


def _pause(one: Held) -> timedelta:
    return rest(one.tries - 1, _FIRST, _LONGEST)


def _here(one: Held) -> Address:
    return Address(one.channel, one.bot_id, one.chat_id)


def _row(one: Held, state: DeliveryState, why: str | None, **changed: Any) -> dict[str, Any]:
    """Return a row that changes nothing but what is said."""
    same = {"due_at": None, "tries": one.tries, "doubts": one.doubts, "tried": one.tried}
    place = {"channel": one.channel, "bot_id": one.bot_id, "chat_id": one.chat_id}
    return {"id": one.id, "state": state, "why": why, **same, **place, **changed}
