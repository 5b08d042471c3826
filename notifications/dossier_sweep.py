"""Looks at the deadlines of the open dossiers: what is urgent is told at once, the rest in one message a day.

The message of the day is one notice for one person and working day, and names what it speaks of: so it is also the
memory of what was told, and whoever has nothing to hear has an empty one. All day long a look is two short queries; the
dossiers are read when somebody's time has come.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from knowledge.deadlines import Addressee, Alert, AlertKind, Thresholds, alerts, digest_is_due, stale
from knowledge.workdays import Calendar, Hours, days, today
from storage import Store, Tx, digests, dossier_alerts, notices
from storage import days as marked
from storage.dossier_alerts import Duty, Watched

DIGEST = "dossier_digest"
URGENT = "dossier_urgent"
STALE = "dossier_feed_stale"

# By its key, what a notice is about, its once key, and what is noted with it.
Posted = tuple[int, str, dict[str, Any]]

_DAY = timedelta(days=1)
# Of what was told longer ago than this it is told again: a dossier that is still late after two months.
_MEMORY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Look:
    """What every dossier is looked at with: today's calendar and figures, who is there, how fresh the sources are."""

    now: datetime
    calendar: Calendar
    thresholds: Thresholds
    duty: Duty
    times: Mapping[int, time]
    usual: time
    sources: Mapping[str, tuple[datetime, int]]
    _seen: dict[tuple[object, ...], Sequence[Alert]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return today(self.now)

    @property
    def silent(self) -> list[str]:
        return [name for name, (at, _) in self.sources.items() if stale(at, self.calendar, self.thresholds, self.now)]

    def ready(self) -> list[int]:
        """Return whose time of the day has come."""
        own = self.times.get
        return [one for one in sorted(self.duty.staff) if digest_is_due(own(one, self.usual), self.calendar, self.now)]

    def alerts(self, dossier: Watched) -> Sequence[Alert]:
        """Return what there is to hear. Dossiers of the same days are alike: thousands are due, on a few days."""
        due, asked = dossier.due_at, dossier.supplement_asked_at
        moments = (dossier.received_at, due, asked)
        same = (*(moment and today(moment) for moment in moments), dossier.clock, dossier.in_time, dossier.extended_at)
        if same not in self._seen:
            # How fresh the data are is asked of their source once, not of each dossier.
            fresh = replace(dossier, data_at=self.now)
            self._seen[same] = alerts(fresh, self.calendar, self.thresholds, self.now)
        return self._seen[same]

    def is_certain(self, items: Sequence[Sequence[Any]]) -> bool:
        """Tell whether the days that are counted in these items rest on confirmed days only."""
        due = {date.fromisoformat(item[4]) for item in items if item[4]}
        return all(self.calendar.certain(self.day, one) for one in due)

    def heirs(self, alert: Alert, dossier: Watched) -> Sequence[int]:
        match alert.to:
            case Addressee.OFFICER:
                return self.duty.officer(dossier)
            case Addressee.HEAD:
                return self.duty.head(dossier)
            case Addressee.DIRECTOR:
                return self.duty.director()


async def dossiers(store: Store, now: datetime, settings: Any) -> int:
    """Post what is to be heard of the open dossiers and was not told yet; return how much. Nothing on a rest day."""
    hours = Hours(settings.calendar.sessions, confirmed=settings.calendar.sessions_confirmed)
    async with store.reading() as tx:
        calendar = Calendar.of(await marked.calendar(tx), hours)
        if not calendar.is_working(today(now)):
            return 0
        duty, times = await dossier_alerts.on_duty(tx, today(now)), await digests.chosen(tx)
        sources = await dossier_alerts.as_of(tx)
    look = Look(now, calendar, of_the_office(settings), duty, times, settings.alerts.digest, sources)
    return await _urgent(store, look) + await _of_the_day(store, look) + await _silent(store, look)


async def _urgent(store: Store, look: Look) -> int:
    async with store.reading() as tx:
        doubtful = await dossier_alerts.not_in_time(tx, since=look.calendar.close(look.day) - _DAY)
    found: dict[str, Posted] = {}
    for dossier in doubtful:
        for alert in (alert for alert in look.alerts(dossier) if alert.is_urgent):
            for person_id in look.heirs(alert, dossier):
                once = f"{alert.kind}:{alert.to}:{alert.once}:{person_id}"
                due, by = dossier.due_at and today(dossier.due_at).isoformat(), alert.by and alert.by.isoformat()
                facts = {"person": person_id, "alert": alert.kind, "to": alert.to, "due": due, "by": by}
                found[f"{URGENT}:{dossier.id}:{once}"] = (dossier.id, once, facts)
    return await _post(store, URGENT, found, look.now)


async def _of_the_day(store: Store, look: Look) -> int:
    async with store.reading() as tx:
        keys = {f"{DIGEST}:{person}:{look.day}": person for person in look.ready()}
        waiting = [keys[key] for key in await dossier_alerts.untold(tx, list(keys))]
        if not waiting:
            return 0
        due_before, since = _bounds(look)
        watched = await dossier_alerts.watched(tx, due_before=due_before, since=since)
        told = await _told(tx, look, waiting)
    items: dict[int, list[list[Any]]] = {person: [] for person in waiting}
    for person, item in _items(look, watched):
        if person in items and (key := (person, item[0], item[6])) not in told:
            told.add(key)
            items[person].append(item)
    found = {
        f"{DIGEST}:{person}:{look.day}": (person, look.day.isoformat(), {"items": own, "certain": look.is_certain(own)})
        for person, own in items.items()
    }
    return await _post(store, DIGEST, found, look.now)


def _items(look: Look, watched: Sequence[Watched]) -> Iterator[tuple[int, list[Any]]]:
    """Yield whom each alert of the day is for, and what the notice keeps of it: plain values, nothing personal."""
    silent = set(look.silent)
    for dossier in watched:
        for alert in look.alerts(dossier):
            if alert.is_urgent or (alert.kind is AlertKind.LATE and dossier.source in silent):
                continue
            due, by = dossier.due_at and today(dossier.due_at).isoformat(), alert.by and alert.by.isoformat()
            item = [dossier.id, alert.kind.value, alert.to.value, alert.left, due or "", by or "", alert.once]
            for person in look.heirs(alert, dossier):
                yield person, item


async def _told(tx: Tx, look: Look, people: Sequence[int]) -> set[tuple[int, int, str]]:
    """Return (person, dossier, key) of what earlier messages of these people said."""
    past = [day for day in days(look.day - _MEMORY, look.day - _DAY) if look.calendar.is_working(day)]
    keys = [f"{DIGEST}:{person}:{day}" for person in people for day in past]
    said = await dossier_alerts.facts_of(tx, keys)
    return {(person, item[0], item[6]) for person, facts in said for item in facts.get("items", ())}


async def _silent(store: Store, look: Look) -> int:
    found: dict[str, Posted] = {}
    for name in look.silent:
        batch = look.sources[name][1]
        found[f"{STALE}:{batch}:"] = (batch, "", {})
    return await _post(store, STALE, found, look.now)


async def _post(store: Store, kind: str, found: Mapping[str, Posted], now: datetime) -> int:
    if not found:
        return 0
    async with store.reading() as tx:
        fresh = await dossier_alerts.untold(tx, list(found))
    if not fresh:
        return 0
    async with store.begin() as tx:
        for about, once, facts in (found[key] for key in fresh):
            await notices.post(tx, kind, about, at=now, once=once, facts=facts)
    # An empty day is a note for the next look; nobody hears of it.
    return sum(1 for key in fresh if found[key][2].get("items", True))


def of_the_office(settings: Any) -> Thresholds:
    own = settings.alerts
    return Thresholds(own.before, own.apology, own.supplement, own.director, timedelta(hours=own.stale_hours))


def _bounds(look: Look) -> tuple[datetime, datetime]:
    """Return before which due moment, and since which receipt, a dossier may have an alert today."""
    calendar, thresholds = look.calendar, look.thresholds
    furthest = max((*thresholds.before, thresholds.apology))
    until = calendar.close(calendar.next_working(look.day, furthest)) + _DAY
    since = calendar.close(calendar.previous_working(look.day, 2 * thresholds.supplement + 1)) - _DAY
    return until, since
