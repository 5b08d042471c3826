"""Claim, speak, settle: how a delivery gets to its person. Nothing is held open while somebody else's server thinks.

Claimed with a lease, so that of several workers one speaks, and what a dead one held comes back. Spoken outside of any
transaction. Settled with the row of the conversation's record in one transaction: between speaking and settling lies
the only moment in which a crash makes somebody hear a thing twice.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from notifications.addressing import Addressing
from notifications.fate import Failed, Fate, Silence, Tried
from notifications.kind import Fact, Kind, Lane, Letter, Told
from notifications.transports import Address, Gone, Later, Message, Outcome, Transport, Unknown
from storage import Store, Tx, addresses, claims, deliveries, leases, mailbox_codes, undelivered
from storage.addresses import EMAIL
from storage.claims import Held
from storage.together import Together

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

# As many of a lane and channel as one claim takes; bulk takes fewer, so that its transaction is soon over.
AT_ONCE = {Lane.URGENT: 20, Lane.NORMAL: 20, Lane.BULK: 20}
# Where recording is sending nothing is slow, and nothing is in doubt.
AT_ONCE_STORED = 100
# A claim outlives the longest sending by far: nobody else may take it while its holder still speaks.
SEND_SECONDS = 45.0
CLAIM = timedelta(seconds=90)
_SETTLE_TRIES = 5
# A worker has a lease of this name and its own: whoever let it run out is dead, and its claims need not run out too.
WORKER = "worker:"


@dataclass(slots=True)
class Delivering:
    """One worker's hands. `holder`: which process this is; another one of the same name would settle our claims."""

    addressing: Addressing
    transports: Mapping[str, Transport]
    holder: str
    clock: Clock
    # Until when nothing is tried on a channel whose line is away.
    _rests: dict[str, datetime] = field(default_factory=dict)
    # Channels on which nothing has got through since: what goes on elsewhere waits for nothing there.
    _dead: set[str] = field(default_factory=set)
    _settling: dict[str, "Together[tuple[datetime, Tried], None]"] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.addressing.store

    def kinds(self, now: datetime) -> list[str]:
        """Return the kinds that may be told at this moment."""
        quiet = self.addressing.quiet.holds(now)
        return [name for name, kind in self.addressing.kinds.items() if not (quiet and kind.QUIET)]

    async def due(self) -> list[tuple[str, Lane]]:
        """Return where there is something to do."""
        now = self.clock()
        ready = [name for name, one in self.transports.items() if one.ready(now) and not self._is_away(name, now)]
        async with self.store.reading() as tx:
            return await deliveries.due(tx, ready, self.kinds(now), now)

    async def some(self, channel: str, lane: Lane) -> int:
        """Claim some of what is due in a lane of a channel, speak and settle it; return how many were claimed."""
        now, transport = self.clock(), self.transports[channel]
        if not transport.ready(now) or self._is_away(channel, now):
            return 0
        until = now + CLAIM
        groups = await self._claim(channel, lane, until, now)
        letters = await self._letters(groups)
        work = [self._one(transport, group, letter, until) for group, letter in zip(groups, letters, strict=True)]
        await asyncio.gather(*work)
        return sum(map(len, groups))

    def _is_away(self, channel: str, now: datetime) -> bool:
        return channel in self._rests and now < self._rests[channel]

    # -- claiming

    async def _claim(self, channel: str, lane: Lane, until: datetime, now: datetime) -> list[list[Held]]:
        """Return what was claimed, each with what was gathered to it."""
        limit = AT_ONCE_STORED if self.transports[channel].stored_is_sent else AT_ONCE[lane]
        async with self.store.begin() as tx:
            ids = await claims.claim(
                tx,
                channel=channel,
                lane=lane,
                kinds=self.kinds(now),
                by=self.holder,
                until=until,
                now=now,
                limit=limit,
                elsewhere=[name for name in self.transports if name != channel and name not in self._dead],
            )
            leads = await claims.holding(tx, ids) if ids else []
            groups = []
            for lead in leads:
                group = [lead]
                if self._kind(lead).GATHERED is not None:
                    also = await claims.claim_with(tx, lead.id, by=self.holder, until=until, now=now)
                    group += await claims.holding(tx, also)
                groups.append(group)
        return groups

    def _kind(self, one: Held) -> Kind:
        return self.addressing.kinds[one.kind]

    # -- finding the words

    async def _letters(self, groups: Sequence[Sequence[Held]]) -> list[tuple[Letter | None, Address] | Failed]:
        """Return what is to be said and where; of a kind that fails, why."""
        try:
            async with self.store.reading() as tx:
                return [await self._letter(tx, group) for group in groups]
        except Exception:  # noqa: BLE001 one may have spoilt it for the others: alone, each meets its own failure
            return [await self._letter_alone(group) for group in groups]

    async def _letter_alone(self, group: Sequence[Held]) -> tuple[Letter | None, Address] | Failed:
        try:
            async with self.store.reading() as tx:
                return await self._letter(tx, group)
        except Exception as failure:
            lead = group[0]
            log.exception("no words for a delivery", extra={"delivery": lead.id, "kind": lead.kind})
            return Failed(type(failure).__name__)

    async def _letter(self, tx: Tx, group: Sequence[Held]) -> tuple[Letter | None, Address]:
        lead = group[0]
        told = Told(lead.person_id, lead.channel, [Fact(one.about, one.facts or {}) for one in group])
        letter = await self._kind(lead).letter(tx, told)
        to = Address(lead.channel, lead.bot_id, lead.chat_id)
        return letter, replace(to, mailbox=await _mailbox(tx, lead.person_id, to))

    # -- speaking

    async def _one(
        self,
        transport: Transport,
        group: Sequence[Held],
        found: tuple[Letter | None, Address] | Failed,
        until: datetime,
    ) -> None:
        lead, kind = group[0], self._kind(group[0])
        to = Address(lead.channel, lead.bot_id, lead.chat_id)
        if isinstance(found, Failed):
            tried = Tried(kind, group, to, found)
        elif found[0] is None:
            tried = Tried(kind, group, to, Silence())
        elif to.channel == EMAIL and not found[1].mailbox:
            tried = Tried(kind, group, to, Gone("no mailbox any more"))
        else:
            tried = await self._spoken(transport, group, found[0], found[1])
        self._notice_the_line(lead.channel, tried.outcome)
        await self._settle(transport, until, tried)

    def _notice_the_line(self, channel: str, outcome: Outcome | Silence | Failed) -> None:
        if isinstance(outcome, Later) and outcome.line:
            self._rests[channel] = self.clock() + outcome.after
            self._dead.add(channel)
        elif not isinstance(outcome, Silence | Failed | Unknown):
            self._dead.discard(channel)

    async def _spoken(self, transport: Transport, group: Sequence[Held], letter: Letter, to: Address) -> Tried:
        lead, kind = group[0], self._kind(group[0])
        language = lead.language or "vi"
        try:
            said = self.addressing.wordings.render(lead.kind, kind, letter, language)
        except Exception as failure:
            log.exception("no words for a delivery", extra={"delivery": lead.id, "kind": lead.kind})
            return Tried(kind, group, to, Failed(type(failure).__name__))
        message = said.message(key=f"delivery-{lead.id}", language=language, about=letter.about)
        return Tried(kind, group, to, await self._sent(transport, to, message), message, said.version)

    async def _sent(self, transport: Transport, to: Address, message: Message) -> Outcome:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await transport.send(to, message, now=self.clock())
        except TimeoutError:
            return Unknown("no answer in time")
        except Exception as failure:  # a transport never raises; one that does has perhaps sent
            log.exception("a transport failed", extra={"channel": to.channel, "why": type(failure).__name__})
            return Unknown(type(failure).__name__)

    # -- settling

    async def _settle(self, transport: Transport, until: datetime, tried: Tried) -> None:
        """Write what became of it, as often as it takes while the claim is ours."""
        if transport.name not in self._settling:

            async def write_all(tx: Tx, several: Sequence[tuple[datetime, Tried]]) -> Sequence[None]:
                return await self._written(tx, transport, several)

            self._settling[transport.name] = Together(self.store, write_all)
        for attempt in range(_SETTLE_TRIES):
            try:
                await self._settling[transport.name].write((until, tried))
            except Exception:
                log.exception("cannot settle", extra={"delivery": tried.held[0].id})
                if attempt == _SETTLE_TRIES - 1:
                    return  # the claim will run out, and then nobody knows whether it was heard
                await asyncio.sleep(2.0**attempt)
            else:
                return

    async def _written(self, tx: Tx, transport: Transport, several: Sequence[tuple[datetime, Tried]]) -> Sequence[None]:
        fate = Fate(tx, self.addressing, transport, self.clock())
        rows: list[Mapping[str, Any]] = []
        ours: dict[datetime, frozenset[int]] = {}
        for until in {until for until, _ in several}:
            ids = [one.id for when, tried in several if when == until for one in tried.held]
            ours[until] = await claims.still_held(tx, ids, self.holder, until)
        for until, tried in several:
            # Erased or cancelled while it was on its way, or no longer ours: nothing of it is written.
            if tried.held[0].id in ours[until]:
                rows += [row for row in await fate.rows(tried) if row["id"] in ours[until]]
        await deliveries.settle(tx, rows)
        return [None] * len(several)

    # -- what comes round

    async def sweep(self) -> int:
        """Take back claims that ran out, end what is no longer worth sending; return how many were touched."""
        now = self.clock()
        sure = [name for name, one in self.transports.items() if one.stored_is_sent]
        again = [name for name, kind in self.addressing.kinds.items() if kind.RETRY_UNKNOWN]
        async with self.store.begin() as tx:
            dead = await leases.run_out(tx, WORKER, now)
            await leases.forget(tx, WORKER, now - timedelta(days=1))
            return (
                await undelivered.lapsed(tx, sure=sure, again=again, dead=dead, now=now)
                + await undelivered.expire(tx, now)
                + await undelivered.back_in_reach(tx, self.addressing.channels, now)
            )


async def _mailbox(tx: Tx, person_id: int, to: Address) -> str:
    if to.unconfirmed:
        found = await mailbox_codes.whose(tx, to.chat_id)
        return found[1] if found and found[0] == person_id else ""
    return await addresses.mailbox_of(tx, person_id) if to.channel == EMAIL else ""
