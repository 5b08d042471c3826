"""Takes in what a One-Stop system reports: a file, read row by row, into the store by batches; what became of each row.

The same for the command line, the watched folder and the feed. Between two batches the chat goes on.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from bot.recounting import redated
from bot.terms import Terms, term_of
from knowledge import dossier_codes, statuses
from knowledge.dossier_rows import BadRow, Columns, DossierRow
from knowledge.dossier_tables import Row, rows
from knowledge.procedures import Mark
from knowledge.workdays import Calendar, today
from storage import Store, Tx, dossier_batches, dossier_imports, dossier_reports
from storage.dossier_batches import MOST_ROWS, Outcome, Roster, Taken
from storage.dossier_imports import DossierBatch
from storage.dossier_numbers import NumberKind
from storage.dossier_reports import Remark, Reported
from storage.dossiers import Applicant, Clock, ClockRule, Status

VANISHED, INCOMPLETE = "vanished", "incomplete"
# Another process waits for SQLite's lock by sleeping: it finds the door open only if we stay outside for a while.
_BREATH = 0.012
# If more than this share of what is open is not in an export, the export was filtered: nothing has vanished.
_MOST_VANISHED = 0.5
_FEW = 20

# Told in sums: they stand on hundreds of rows for one reason.
_COUNTED = frozenset(
    {
        *(Remark.UNKNOWN_UNIT, Remark.UNKNOWN_OFFICER, Remark.NO_NUMBER),
        *(Remark.DUE_DIFFERS, Remark.DUE_COUNTED, Remark.ODD_TERM),
    }
)
_GOOD = frozenset({Taken.NEW, Taken.CHANGED, Taken.UNCHANGED, Taken.OLDER})

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row. `outcome`: a word of Taken, "vanished", or what is wrong; `value`: what it held."""

    number: int
    code: str
    outcome: str
    remarks: tuple[Remark, ...] = ()
    value: str = ""


@dataclass(slots=True)
class Report:
    """What became of a file. `lines`: every row, and what vanished. `older`: a newer export was taken before."""

    lines: list[Line] = field(default_factory=list)
    baseline: bool = False
    older: bool = False
    # Names of units and officers that nobody here bears.
    strange: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> Counter[str]:
        return Counter(line.outcome for line in self.lines)

    @property
    def remarked(self) -> Counter[str]:
        return Counter(remark.value for line in self.lines for remark in line.remarks)

    @property
    def odd(self) -> list[Line]:
        """What somebody should look at, the rows that were not taken first."""
        looked_at = [line for line in self.lines if set(line.remarks) - _COUNTED or line.outcome not in _GOOD]
        return sorted(looked_at, key=lambda line: line.outcome in _GOOD)

    @property
    def failed(self) -> int:
        return sum(count for outcome, count in self.counts.items() if outcome not in {*_GOOD, VANISHED})


@dataclass(frozen=True, slots=True)
class Export:
    """A file of a source. `exported_at`: as of when its data are. `whole`: everything that the source has open."""

    name: str
    content: bytes = field(repr=False)
    exported_at: datetime
    whole: bool = True
    by: int | None = None


class _Undo(Exception):  # noqa: N818  no error: the way out of a transaction that was only tried
    pass


@dataclass(slots=True)
class Intake:
    """One import on its way. `calendar`: flags appointments that are not what received and term come to."""

    store: Store
    columns: Columns
    calendar: Calendar
    now: datetime
    dry_run: bool = False
    progress: Progress = lambda _count: None
    terms: Terms = field(default_factory=Terms)

    async def take(self, export: Export) -> Report:
        """Take an export in. Raises UnreadableTable, also in the middle: what was taken stays, and may come again."""
        report, named = Report(), set[str]()
        async with self.store.reading() as tx:
            roster = await dossier_batches.roster(tx)
            self.terms = await Terms.read(tx)
        batch = await self._begun(export, report)
        found = rows(export.name, export.content, self.columns.knows)
        # Read in a thread: parsing a large sheet must not keep the chat waiting.
        while several := await asyncio.to_thread(_several, found):
            await self._taken(batch, several, roster, named, report)
            self.progress(len(report.lines))
            await asyncio.sleep(_BREATH)
        if export.whole and not report.older and named:
            # What stands in a row that cannot be taken is there all the same.
            refused = {dossier_codes.key(line.code) for line in report.lines if line.outcome not in _GOOD}
            report.lines += await self._vanished(batch, frozenset(named | refused))
        if named and not self.dry_run:  # an empty file is no export: the first one with rows is the baseline
            async with self.store.begin() as tx:
                whole = export.whole and not report.counts[INCOMPLETE]
                await dossier_imports.finish(tx, batch.id, report.counts, whole=whole, at=self.now)
        return report

    async def _begun(self, export: Export, report: Report) -> DossierBatch:
        begun: list[DossierBatch] = []
        async with self._trying() as tx:
            batch, report.older = await dossier_imports.begin(
                tx,
                source=self.columns.source,
                name=export.name,
                exported_at=export.exported_at,
                whole=export.whole,
                by=export.by,
                at=self.now,
            )
            begun.append(batch)
        report.baseline = begun[0].baseline
        return begun[0]

    async def _taken(
        self, batch: DossierBatch, several: Sequence[tuple[int, Row]], roster: Roster, named: set[str], report: Report
    ) -> None:
        good: list[tuple[int, Reported]] = []
        for number, values in several:
            try:
                reported = self._reported(self.columns.row(values), batch.exported_at)
            except BadRow as bad:
                report.lines.append(Line(number, bad.code, bad.what, value=bad.value))
                continue
            if reported.key in named:
                report.lines.append(Line(number, reported.code, "duplicate"))
                continue
            named.add(reported.key)
            good.append((number, reported))
        outcomes: list[Outcome] = []
        async with self._trying() as tx:
            reports = [reported for _, reported in good]
            outcomes += await dossier_batches.take(tx, batch, reports, roster, older=report.older, at=self.now)
            changed = [each.key for each, one in zip(reports, outcomes, strict=True) if one.taken is Taken.CHANGED]
            await redated(tx, changed, self.calendar)
        for (number, reported), one in zip(good, outcomes, strict=True):
            report.lines.append(Line(number, one.code, one.taken, one.remarks))
            unknown = {Remark.UNKNOWN_UNIT: reported.unit, Remark.UNKNOWN_OFFICER: reported.officer}
            report.strange.update(name for remark, name in unknown.items() if name and remark in one.remarks)

    async def _vanished(self, batch: DossierBatch, named: frozenset[str]) -> list[Line]:
        async with self.store.reading() as tx:
            gone, still = await dossier_imports.missing(tx, batch, named)
        if len(gone) > max(_FEW, _MOST_VANISHED * still):
            return [Line(0, "", INCOMPLETE, value=str(len(gone)))]
        for start in range(0, len(gone), MOST_ROWS):
            async with self._trying() as tx:
                await dossier_imports.vanish(
                    tx, batch, [one[0] for one in gone[start : start + MOST_ROWS]], at=self.now
                )
        return [Line(0, code, VANISHED) for _, code in gone]

    @asynccontextmanager
    async def _trying(self) -> AsyncIterator[Tx]:
        try:
            async with self.store.begin() as tx:
                yield tx
                self._undone()
        except _Undo:
            pass

    def _undone(self) -> None:
        if self.dry_run:
            raise _Undo

    def _reported(self, row: DossierRow, exported_at: datetime) -> Reported:
        status = Status(row.status)
        moments, words = row.moments, row.words
        remarks = [Remark.ODD_CODE] if row.odd_code else []
        remarks += [Remark.ODD_TERM] if row.odd_term else []
        if not row.numbers and row.given & dossier_reports.NUMBERS:
            remarks.append(Remark.NO_NUMBER)
        received, term, rule = moments["received_at"], row.term, words["clock_rule"]
        code, name, version = words["procedure_code"], words["procedure_name"], words["procedure_version"]
        stood = self.terms.at(code, name, version, today(received)) if received else None
        if stood is not None:
            term, rule, version = term or term_of(stood), rule or stood.rule, version or stood.version
        mark = stood.mark if stood and row.term is None else None
        # A date that was printed is not doubted for a term that nobody confirmed.
        is_given = (moments["due_at"] or moments["extended_due_at"]) is not None
        doubtful = is_given and mark not in {None, Mark.CONFIRMED}
        due = self.calendar.due(received, term) if received and term and not doubtful else None
        return Reported(
            code=row.code,
            key=row.key,
            status=status,
            clock=Clock(statuses.clock(statuses.Status(status), halted_ends=self.columns.halted_ends)),
            at=moments["updated_at"] or exported_at,
            applicant_kind=Applicant.COMPANY if row.is_company else Applicant.PERSON,
            applicant=row.applicant,
            numbers={NumberKind(kind): digits for kind, digits in row.numbers.items()},
            shown={NumberKind(kind): masked for kind, masked in row.shown.items()},
            procedure_code=code,
            procedure_name=name or "",
            procedure_version=version,
            term=str(term.value) if term else None,
            term_unit=term.unit.value if term else None,
            term_mark=mark if term else None,
            clock_rule=ClockRule(rule) if rule else None,
            field=words["field"],
            unit=words["unit"],
            officer=words["officer"],
            clerk=words["clerk"],
            stage=words["stage"],
            agency=words["agency"],
            received_at=received,
            due_at=moments["due_at"],
            extended_due_at=moments["extended_due_at"],
            computed_due_at=due.moment if due and status in {Status.ACCEPTED, Status.IN_PROGRESS} else None,
            done_at=moments["done_at"],
            returned_at=moments["returned_at"],
            missing=row.missing,
            supplement_at=moments["supplement_at"],
            worked_at=moments["updated_at"] or self.calendar.last_worked(exported_at),
            fee=row.fee,
            remarks=tuple(remarks),
            given=row.given,
        )


def _several(found: Iterator[tuple[int, Row]]) -> list[tuple[int, Row]]:
    return list(islice(found, MOST_ROWS))
