"""Looks at the deadlines of the open dossiers: what is urgent is posted at once, the rest when its digest is due.

One notice for one dossier, stage and person; whoever has many hears of all in one message.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from knowledge.deadlines import Addressee, Alert, AlertKind, Thresholds, alerts, digest_is_due, stale
from knowledge.workdays import Calendar, Hours, today
from storage import Store, days, digests, dossier_alerts, notices
from storage.dossier_alerts import Duty, Watched

DIGEST = "dossier_digest"
URGENT = "dossier_urgent"
STALE = "dossier_feed_stale"

_AT_ONCE = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """One alert for one person, as it is posted."""

    kind: str
    about: int
    once: str
    facts: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.about}:{self.once}"


@dataclass(frozen=True, slots=True)
class Office:
    """What every dossier is looked at with: today's calendar and figures, who is there, which sources are silent."""

    now: datetime
    calendar: Calendar
    thresholds: Thresholds
    duty: Duty
    chosen: Mapping[int, time]
    usual: time
    silent: frozenset[str]

    def is_told_now(self, alert: Alert, person_id: int) -> bool:
        """Tell whether it is time: what is urgent at once, the rest from the time that this person chose on."""
        return alert.is_urgent or digest_is_due(self.chosen.get(person_id, self.usual), self.calendar, self.now)


async def dossiers(store: Store, now: datetime, settings: Any) -> int:
    """Post what is to be heard of each open dossier and was not told yet; return how much. Nothing on a rest day."""
    day, thresholds = today(now), of_the_office(settings)
    hours = Hours(settings.calendar.sessions, confirmed=settings.calendar.sessions_confirmed)
    async with store.reading() as tx:
        calendar = Calendar.of(await days.calendar(tx), hours)
        if not calendar.is_working(day):
            return 0
        due_before, since = _bounds(calendar, thresholds, day)
        watched = await dossier_alerts.watched(tx, due_before=due_before, since=since)
        sources = await dossier_alerts.as_of(tx)
        duty, chosen = await dossier_alerts.on_duty(tx, day), await digests.chosen(tx)
    silent = frozenset(name for name, (at, _) in sources.items() if stale(at, calendar, thresholds, now))
    office = Office(now, calendar, thresholds, duty, chosen, settings.alerts.digest, silent)
    found = [one for each in watched for one in _found(office, each)]
    found += [Found(STALE, sources[name][1], "", {}) for name in sorted(silent)]
    return await _post(store, found, now)


def _found(office: Office, dossier: Watched) -> Iterator[Found]:
    # How fresh the data are was asked of their source once, not of each dossier.
    for alert in alerts(replace(dossier, data_at=office.now), office.calendar, office.thresholds, office.now):
        if alert.kind is AlertKind.LATE and dossier.source in office.silent:
            continue
        for person_id in _heirs(office.duty, alert, dossier):
            if office.is_told_now(alert, person_id):
                yield _notice(alert, dossier, person_id)


def _heirs(duty: Duty, alert: Alert, dossier: Watched) -> Sequence[int]:
    match alert.to:
        case Addressee.OFFICER:
            return duty.officer(dossier)
        case Addressee.HEAD:
            return duty.head(dossier)
        case Addressee.DIRECTOR:
            return duty.director()


def _notice(alert: Alert, dossier: Watched, person_id: int) -> Found:
    facts = {"person": person_id, "alert": alert.kind.value, "to": alert.to.value, "left": alert.left}
    if dossier.due_at:
        facts["due"] = today(dossier.due_at).isoformat()
    if alert.by:
        facts["by"] = alert.by.isoformat()
    once = f"{alert.kind}:{alert.to}:{alert.once}:{person_id}"
    return Found(URGENT if alert.is_urgent else DIGEST, dossier.id, once, facts)


async def _post(store: Store, found: Sequence[Found], now: datetime) -> int:
    async with store.reading() as tx:
        fresh = await dossier_alerts.untold(tx, [one.key for one in found])
    by_key = {one.key: one for one in found}
    posted = 0
    for start in range(0, len(fresh), _AT_ONCE):
        async with store.begin() as tx:
            for key in fresh[start : start + _AT_ONCE]:
                one = by_key[key]
                posted += await notices.post(tx, one.kind, one.about, at=now, once=one.once, facts=one.facts)
    return posted


def of_the_office(settings: Any) -> Thresholds:
    own = settings.alerts
    return Thresholds(own.before, own.apology, own.supplement, own.director, timedelta(hours=own.stale_hours))


def _bounds(calendar: Calendar, thresholds: Thresholds, day: date) -> tuple[datetime, datetime]:
    """Return before which due moment, and since which receipt, a dossier may have an alert today."""
    furthest = max((*thresholds.before, thresholds.apology))
    until = calendar.close(calendar.next_working(day, furthest)) + _DAY
    since = calendar.close(calendar.previous_working(day, 2 * thresholds.supplement + 1)) - _DAY
    return until, since
