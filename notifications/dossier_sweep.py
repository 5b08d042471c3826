"""Looks at the deadlines of the open dossiers: what is urgent is told at once, the rest in one message a day.

The message of the day is one notice for one person and working day, and names what it speaks of: so it is also the
memory of what was told, and whoever has nothing to hear has an empty one. All day long a look is two short queries; the
dossiers are read when somebody's time has come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from knowledge.deadlines import Addressee, Alert, AlertKind, Thresholds, alerts, digest_is_due, stale
from knowledge.statuses import Clock
from knowledge.workdays import VIETNAM, Calendar, Hours, days, today
from notifications.kinds.dossier_digest import Heard, noted, told_once
from storage import Store, Tx, digests, dossier_alerts, notices
from storage import days as marked
from storage.dossier_alerts import Alike, Duty, Looked, Placed, Watched

DIGEST = "dossier_digest"
URGENT = "dossier_urgent"
STALE = "dossier_feed_stale"

# What a notice is about, its once key, and what is noted with it.
Posted = tuple[int, str, dict[str, Any]]

_DAY = timedelta(days=1)
# Working days: a calendar may have changed since.
_MARGIN = 3
# Of what was told longer ago than this it is told again: a dossier that is still late after two months.
_MEMORY = timedelta(days=60)


@dataclass(frozen=True)
class Look:
    """What every dossier is looked at with: today's calendar and figures, who is there, how fresh the sources are."""

    now: datetime
    calendar: Calendar
    thresholds: Thresholds
    duty: Duty
    times: Mapping[int, time]
    usual: time
    sources: Mapping[str, tuple[datetime, int]]
    _seen: dict[tuple[object, ...], Sequence[tuple[Heard, Addressee]]] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return today(self.now)

    @cached_property
    def silent(self) -> list[str]:
        return [name for name, (at, _) in self.sources.items() if stale(at, self.calendar, self.thresholds, self.now)]

    def ready(self) -> list[int]:
        """Return whose time of the day has come."""
        own = self.times.get
        return [one for one in sorted(self.duty.staff) if digest_is_due(own(one, self.usual), self.calendar, self.now)]

    def hears(self, dossiers: Alike) -> Sequence[tuple[Heard, Addressee]]:
        """Return what there is to hear of the day, of each of these, and who by right. Thousands are due, on few days.

        Of a source that is silent nothing is late.
        """
        what = (*dossiers.same, dossiers.source in self.silent)
        if what not in self._seen:
            found = alerts(_facts(dossiers, self.now), self.calendar, self.thresholds, self.now)
            told = [alert for alert in found if not alert.is_urgent and not (what[-1] and alert.kind is AlertKind.LATE)]
            self._seen[what] = [(_heard(alert, dossiers.due), alert.to) for alert in told]
        return self._seen[what]

    def is_certain(self, heard: Iterable[Heard]) -> bool:
        """Tell whether the days that are counted in these rest on confirmed days only."""
        due = {date.fromisoformat(one.due) for one in heard if one.due}
        return all(self.calendar.certain(self.day, one) for one in due)

    def heirs(self, to: Addressee, dossier: Placed) -> Sequence[int]:
        match to:
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
        # How fresh the data are is asked of their source once, not of each dossier.
        fresh = replace(dossier, data_at=look.now)
        for alert in alerts(fresh, look.calendar, look.thresholds, look.now):
            if not alert.is_urgent:
                continue
            for person_id in look.heirs(alert.to, dossier):
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
        found = _found(look, await dossier_alerts.alike(tx, _looked(look)), waiting)
        await _forget_what_was_told(tx, look, found)
    posted: list[Posted] = [
        (person, look.day.isoformat(), {"groups": noted(heard), "certain": look.is_certain(heard)})
        for person, heard in found.items()
    ]
    async with store.begin() as tx:
        new = await notices.post_many(tx, DIGEST, posted, at=look.now)
    # An empty day is a note for the next look; nobody hears of it.
    return sum(1 for person, _ in new if found[person])


def _found(look: Look, open_: Iterable[Alike], people: Iterable[int]) -> dict[int, dict[Heard, list[str]]]:
    """Return what there is to hear for each of these people, and of which dossiers: their ids, with commas between."""
    found = {person: dict[Heard, list[str]]() for person in people}
    for dossiers in open_:
        for heard, to in look.hears(dossiers):
            for person in look.heirs(to, dossiers):
                if person in found:
                    found[person].setdefault(heard, []).append(dossiers.ids)
    return found


def _heard(alert: Alert, due: str | None) -> Heard:
    by = alert.by.isoformat() if alert.by else ""
    return Heard(alert.kind.value, alert.to.value, alert.left, due or "", by, alert.once)


async def _forget_what_was_told(tx: Tx, look: Look, found: dict[int, dict[Heard, list[str]]]) -> None:
    """Leave of this what no earlier message of these people said.

    Of the officers' own dossiers nothing is told once that could have been told longer ago than the longest reminder;
    whoever else hears of a late one hears of it once, however long it stays so.
    """
    figures = look.thresholds
    longest = max((*figures.before, figures.apology, figures.supplement)) + _MARGIN
    lately, long_ago = look.calendar.previous_working(look.day, longest), look.day - _MEMORY
    keys = {
        f"{DIGEST}:{person}:{day}"
        for person, heard in found.items()
        for day in days(long_ago if any(one.is_late_elsewhere for one in heard) else lately, look.day - _DAY)
        if heard
    }
    for person, facts in await dossier_alerts.facts_of(tx, sorted(keys)):
        said = dict[str, list[str]]()
        for once, told in told_once(facts):
            said.setdefault(once, []).append(told)
        for heard, ids in found[person].items():
            if ids and heard.once in said:
                found[person][heard] = _but(ids, said[heard.once])
    for person, heard_of in found.items():
        found[person] = {heard: ids for heard, ids in heard_of.items() if ids}


def _but(ids: Sequence[str], told: Sequence[str]) -> list[str]:
    """Return the ids of these that are not among those that were told."""
    said = frozenset(",".join(told).split(","))
    return [one for one in ",".join(ids).split(",") if one not in said]


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
        return len(await notices.post_many(tx, kind, [found[key] for key in fresh], at=now))


def of_the_office(settings: Any) -> Thresholds:
    own = settings.alerts
    return Thresholds(own.before, own.apology, own.supplement, own.director, timedelta(hours=own.stale_hours))


def _looked(look: Look) -> Looked:
    """Return within what a dossier may have an alert today. Papers are asked for, or missed, within a few days."""
    calendar, thresholds = look.calendar, look.thresholds
    furthest = max((*thresholds.before, thresholds.apology))
    lately = _begins(calendar.previous_working(look.day, thresholds.supplement + 1))
    # Whoever came before has a term of which the half is longer than any reminder, if it is not over yet.
    short = _begins(calendar.previous_working(look.day, 2 * max(thresholds.before, default=0) + 1))
    # What is due on the rest days after the furthest day has as many working days left.
    until = _begins(calendar.next_working(look.day, furthest + 1))
    return Looked(until, lately, lately, _begins(look.day), min(short, lately))


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


def _facts(dossiers: Alike, now: datetime) -> Watched:
    """Return one dossier for all of these. How fresh the data are is asked of their source, once."""
    days_of = (dossiers.received, dossiers.due, dossiers.asked)
    received, due, asked = (_begins(date.fromisoformat(day)) if day else None for day in days_of)
    return Watched(
        id=0,
        code="",
        source=dossiers.source,
        clock=Clock.RUNNING if dossiers.running else Clock.STOPPED,
        officer_id=dossiers.officer_id,
        unit_id=dossiers.unit_id,
        received_at=received,
        due_at=due,
        in_time=False if dossiers.doubtful else None,
        extended_at=now if dossiers.extended else None,
        supplement_asked_at=asked,
        data_at=now,
    )
