"""The watch over what texts, procedures and replies rest on: found by looking, flagged to whoever owns it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from knowledge.law import LegalText, Standing
from knowledge.procedure_records import procedure
from knowledge.procedures import Aspect, Procedure
from knowledge.validity import LegalTexts
from knowledge.workdays import today
from storage import Store, Tx, documents, generations, legal_texts, notices, procedures, validity_flags
from storage.controlled import VersionState
from storage.documents import PlaceRow, VersionLine
from storage.procedures import Held
from storage.validity_flags import FlagState, Found, Subject, Trouble, ValidityFlag, Written

KIND = "validity_flagged"
# A delegation or a temporary rule about to end is told of this many days before, and again.
AHEAD = (60, 30)
# A reply is looked at this long: what was right when it was written is not wrong because the law moved years later.
_REPLIES = timedelta(days=90)
_AT_ONCE = 100
_REST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everything that is looked at, as it stands at one moment."""

    law: LegalTexts
    texts: Sequence[tuple[VersionLine, Sequence[PlaceRow]]]
    procedures: Sequence[Held]
    replies: Sequence[Written]


async def watch(store: Store, now: datetime, settings: Any) -> int:  # noqa: ARG001 the same for every sweep
    """Flag what cites a text that was replaced or suspended, and what ends within 60 days; return how many notices.

    Nothing is read while neither a text, a procedure, a reply, the list of law nor the day has changed, and on one day
    not more often than every minute.
    """
    day = today(now)
    async with store.reading() as tx:
        generation, reply_id = await generations.current(tx), await validity_flags.last_reply(tx)
        if _is_fresh(await validity_flags.looked(tx), generation, day, reply_id, now):
            return 0
        seen = await _read(tx, day, now)
        standing = await validity_flags.standing(tx)
    found = await asyncio.to_thread(lambda: {one.key: one for one in look(seen.law, seen, day)})
    posted = await _flag(store, list(found.values()), standing, now, day)
    await _clear(store, [flag for key, flag in standing.items() if key not in found], now)
    async with store.begin() as tx:
        await validity_flags.has_looked(tx, generation, day, reply_id, at=now)
    return posted


def _is_fresh(last: validity_flags.Look | None, generation: int, day: date, reply_id: int, now: datetime) -> bool:
    """Tell whether nothing has moved since the last look, or too much to look again so soon: an import goes on."""
    if last is None or last.day != day:
        return False
    return (last.generation, last.reply_id) == (generation, reply_id) or now - last.at < _REST


def look(law: LegalTexts, seen: _Seen, day: date) -> Iterator[Found]:
    """Yield every trouble of this day. Pure."""
    for line, places in seen.texts:
        for place in places:
            for text in _stale(law, [place.title, place.text], day):
                trouble = _trouble(text)
                yield Found(
                    Subject.VERSION, line.id, f"{line.document} – {line.title}", place.id, text.number, trouble,
                    owner_id=line.writer_id,
                )  # fmt: skip
    for held in seen.procedures:
        yield from _of_procedure(law, held, procedure(held.record), day)
    for reply in seen.replies:
        for text in _stale(law, [reply.body], today(reply.at)):
            yield Found(
                Subject.REPLY, reply.id, str(reply.ticket_id), "", text.number, _trouble(text),
                owner_id=reply.officer_id,
            )  # fmt: skip


def _of_procedure(law: LegalTexts, held: Held, found: Procedure, day: date) -> Iterator[Found]:
    name, unit = f"{found.cited} – {found.name}", found.owner_unit or None
    for aspect, said in found.aspects.items():
        # The numbers of the legal basis are columns of their own; its words tell also what they have replaced.
        words = [text.number for text in found.basis] if aspect is Aspect.BASIS and found.basis else said.lines
        for text in _stale(law, words, day):
            yield Found(
                Subject.PROCEDURE, held.procedure_id, name, aspect.value, text.number, _trouble(text), owner_unit=unit
            )
    for aspect, cites, ends in _endings(law, found, day):
        if ends - timedelta(days=AHEAD[0]) <= day:
            # The day is part of what is flagged: one that was put off is another trouble, on another day.
            what = f"{cites} ({ends:%d/%m/%Y})".strip()
            yield Found(
                Subject.PROCEDURE, held.procedure_id, name, aspect.value, what, Trouble.ENDS, ends, owner_unit=unit
            )


def _endings(law: LegalTexts, found: Procedure, day: date) -> Iterator[tuple[Aspect, str, date]]:
    """Yield (aspect, what, last day): delegations, temporary values and fees, texts of law that apply for a time."""
    if (authority := found.authority) is not None and authority.until:
        yield Aspect.AUTHORITY, authority.delegation, authority.until
    for aspect, said in found.aspects.items():
        if said.until:
            yield aspect, "", said.until
    # A fee that another one follows on the next day ends as it should.
    starts = {fee.from_day for fee in found.fees}
    for fee in found.fees:
        if fee.to_day and fee.to_day + timedelta(days=1) not in starts:
            yield Aspect.FEE, fee.basis, fee.to_day
    for basis in found.basis:
        text = law.named(basis.number)
        if text is not None and text.until and not text.is_stale(day):
            yield Aspect.BASIS, text.number, text.until


def _stale(law: LegalTexts, said: Iterable[str], day: date) -> list[LegalText]:
    return [text for text in law.moved(said, day) if text.is_stale(day)]


def _trouble(text: LegalText) -> Trouble:
    return Trouble.SUSPENDED if text.standing is Standing.SUSPENDED else Trouble.REPLACED


async def _read(tx: Tx, day: date, now: datetime) -> _Seen:
    law = LegalTexts(LegalText.of(line.facts()) for line in await legal_texts.listed(tx))
    lines = [line for line in await documents.listed(tx) if line.state is VersionState.APPROVED]
    texts = [(line, await documents.places(tx, line.id)) for line in lines]
    return _Seen(law, texts, await procedures.in_force(tx, day), await validity_flags.replies(tx, since=now - _REPLIES))


async def _flag(
    store: Store, found: Sequence[Found], standing: Mapping[Any, ValidityFlag], now: datetime, day: date
) -> int:
    posted = 0
    due = [one for one in found if _is_due(one, standing.get(one.key), day)]
    for start in range(0, len(due), _AT_ONCE):
        async with store.begin() as tx:
            for one in due[start : start + _AT_ONCE]:
                posted += await _raise(tx, one, standing.get(one.key), now, day)
    return posted


def _is_due(found: Found, known: ValidityFlag | None, day: date) -> bool:
    if known is None or known.state is FlagState.GONE:
        return True
    return known.state is FlagState.OPEN and found.ends_on is not None and _stage(found.ends_on, day) != ""


async def _raise(tx: Tx, found: Found, known: ValidityFlag | None, now: datetime, day: date) -> bool:
    flag_id = await validity_flags.raise_(tx, found, at=now)
    if flag_id is None:
        if known is None or found.ends_on is None:
            return False
        flag_id = known.id
    stage = "" if found.ends_on is None else _stage(found.ends_on, day)
    return await notices.post(tx, KIND, flag_id, at=now, once=stage, facts={"stage": stage})


def _stage(ends: date, day: date) -> str:
    """Return which warning is due: "60", "30", or "0" once the last day is over."""
    left = (ends - day).days
    if left < 0:
        return "0"
    return next((str(days) for days in sorted(AHEAD) if left <= days), "")


async def _clear(store: Store, flags: Sequence[ValidityFlag], now: datetime) -> None:
    over = [flag.id for flag in flags if flag.state is FlagState.OPEN]
    for start in range(0, len(over), _AT_ONCE):
        async with store.begin() as tx:
            for flag_id in over[start : start + _AT_ONCE]:
                await validity_flags.gone(tx, flag_id, at=now)
