"""An office with dossiers and the people who hear of them, day by day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from bot.settings import Settings
from knowledge.workdays import VIETNAM
from notifications.dossier_sweep import dossiers
from notifications.kinds import dossier_digest, dossier_feed_stale, dossier_urgent
from notifications.transports.recording import Noted, Recording
from storage import Store, Tx, people
from storage.dossier_imports import DossierBatch
from storage.dossiers import Applicant, Clock, Dossier, Status
from storage.who import Role
from tests.notifications.delivering import hands, told
from tests.storage.cast import at_the_keyboard

KINDS = {"dossier_digest": dossier_digest, "dossier_urgent": dossier_urgent, "dossier_feed_stale": dossier_feed_stale}
ROLES = {
    "lan": Role.OFFICER,
    "minh": Role.OFFICER,
    "head": Role.HEAD_OF_UNIT,
    "director": Role.DIRECTOR,
    "keeper": Role.ADMINISTRATOR,
}
# November and December 2026 as a wall calendar shows them: 24/11 is off.
WORKED = [date(2026, 11, 2) + timedelta(days=n) for n in range(46) if n % 7 < 5 and n != 22]


def at(day: date | str, hour: str = "07:30") -> datetime:
    return datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=VIETNAM)


BEGINNING = at("2026-11-02")


@dataclass
class Bench:
    """An office with dossiers, and what its people were told. `ids`, `units`: by name; `chats`: names."""

    store: Store
    ids: dict[str, int] = field(default_factory=dict)
    units: dict[str, int | None] = field(default_factory=dict)
    chats: dict[int, str] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    now: datetime = BEGINNING
    noted: list[Noted] = field(default_factory=list)

    async def opens(self) -> "Bench":
        async with self.store.begin() as tx:
            for name, role in ROLES.items():
                await self._joins(tx, name, role, "Phòng")
            batch = DossierBatch(source="s", name="f", exported_at=at("2026-12-31"), whole=True, baseline=True,
                                 started_at=self.now, finished_at=self.now, counts={})  # fmt: skip
            tx.add(batch)
        return self

    async def _joins(self, tx: Tx, name: str, role: Role, unit: str) -> None:
        person = await people.add(tx, name=name, roles=[role], unit=unit, at=self.now, by=None)
        self.ids[name] = person.id
        self.units[name] = person.unit_id
        self.chats[(await at_the_keyboard(tx, person.id)).number] = name

    async def grows(self, officers: int, units: int) -> None:
        """Bring in officers "o0", "o1" … of units with a head each, "h0", "h1" …, by turns."""
        async with self.store.begin() as tx:
            for number in range(units):
                await self._joins(tx, f"h{number}", Role.HEAD_OF_UNIT, f"Phòng {number}")
            for number in range(officers):
                await self._joins(tx, f"o{number}", Role.OFFICER, f"Phòng {number % units}")

    async def takes(self, *rows: dict[str, Any]) -> None:
        async with self.store.begin() as tx:
            plain = {
                "source": "s",
                "status": Status.IN_PROGRESS,
                "clock": Clock.RUNNING,
                "procedure_name": "x",
                "applicant_kind": Applicant.PERSON,
                "applicant": "•",
                "missing": [],
                "in_time": None,
                "sampled": False,
                "baseline": True,
                "data_at": self.now,
                "seen_at": self.now,
                "content": "",
            }
            full = [plain | {"key": row["code"]} | self._of(row) for row in rows]
            if full:
                await tx.execute(insert(Dossier.table()), full)

    def _of(self, row: dict[str, Any]) -> dict[str, Any]:
        officer = row.get("officer", "lan")
        own = {"officer_id": self.ids[officer], "unit_id": self.units[officer]}
        return own | {name: value for name, value in row.items() if name != "officer"}

    async def closes(self, codes: list[str]) -> None:
        async with self.store.begin() as tx:
            done = update(Dossier.table()).values(status=Status.DONE, clock=Clock.STOPPED)
            for start in range(0, len(codes), 500):
                await tx.execute(done.where(Dossier.code.in_(codes[start : start + 500])))

    async def becomes(self, code: str, **values: Any) -> None:
        async with self.store.begin() as tx:
            await tx.execute(update(Dossier.table()).where(Dossier.code == code).values(**values))

    async def ticks(self, day: date | str, hour: str = "07:30") -> list[tuple[str, str]]:
        """Sweep and deliver at this moment; return (person, text) of what was told."""
        self.now = at(day, hour)
        await dossiers(self.store, self.now, self.settings)
        web = Recording("web", into=self.noted)
        before = len(self.noted)
        await told(hands(self.store, lambda: self.now, carried_by={"web": web}, kinds=KINDS))
        return [(self.chats[one.to.chat_id], one.message.html) for one in self.noted[before:]]


def dossier(number: int, due: date | str, *, received: date | str = "2026-10-20", **more: Any) -> dict[str, Any]:
    return {"code": f"D-{number:04}", "due_at": at(due, "17:00"), "received_at": at(received, "09:00"), **more}
