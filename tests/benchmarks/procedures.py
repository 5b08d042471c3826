"""Which procedure, which aspect: questions made from the names of a portal's export, asked with and without marks.

    python -m tests.benchmarks.procedures EXPORT.jsonl [--set development|final] [--each 1] [--wrong N]

EXPORT.jsonl has the national portal's own field names; it is read where it lies, and nothing of it is kept. The names
are shortened, reworded and misspelt by rule (tests/benchmarks/rewording.py). Asked as `troly ask` does: the manual
stands beside the catalogue, words alone. `first`: the procedure is the first one cited; `twin`: or one whose name
differs in nothing but brackets, which no question without them can tell apart; `five`: it is among the first five;
`aspect`: of questions on an aspect, the procedure found, what is cited first is that aspect; `answered`, and not merely
offered; `wrong`: answered with another procedure.
"""

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from knowledge import procedure_portal
from knowledge.catalogue import Catalogue
from knowledge.procedure_found import NothingSaid
from knowledge.procedure_records import OddRecord
from knowledge.procedures import Procedure
from knowledge.shelves import Shelves
from knowledge.texts import Answer, Choices, Found, Question
from tests.benchmarks.rewording import Asked, plain, questions
from tests.knowledge.shelf import manual

DAY = date(2026, 11, 22)
WARM = 50
SIGNS = ("first", "twin", "five", "aspect", "answered", "wrong")


def read(path: Path) -> Iterator[Procedure]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                yield procedure_portal.procedure(json.loads(line))
            except OddRecord as odd:
                print("left out:", odd.why)


def cited(found: Found) -> list[tuple[str, str]]:
    """Return (procedure, aspect) of what is cited or offered, best first."""
    match found:
        case Answer() | Choices():
            places = [one.place for one in found.citations]
        case NothingSaid():
            places = [found.nearest.place] if found.nearest else []
        case _:
            places = []
    return [(key, aspect) for key, _, aspect in (place.partition("#") for place in places)]


class Score:
    """Counts by kind of question."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._asked: Counter[str] = Counter()
        self._got: Counter[tuple[str, str]] = Counter()

    def add(self, asked: Asked, found: Found) -> bool:
        """Count one; tell whether the procedure came first (or its twin)."""
        places = cited(found)
        keys = list(dict.fromkeys(key for key, _ in places))
        first = bool(keys) and self._same(keys[0], asked.procedure)
        twin = bool(keys) and self._twin(keys[0], asked.procedure)
        signs = {"first": first, "twin": twin, "five": any(self._same(key, asked.procedure) for key in keys[:5])}
        signs["answered"] = isinstance(found, Answer | NothingSaid)
        signs["wrong"] = signs["answered"] and not twin
        for kind in ("all", asked.kind.partition(",")[0], "no marks" if "no marks" in asked.kind else "marks"):
            self._asked[kind] += 1
            self._got.update((kind, sign) for sign, holds in signs.items() if holds)
        if asked.aspect and twin:
            for kind in ("aspects", asked.aspect.value):
                self._asked[kind] += 1
                self._got[kind, "aspect"] += places[0][1] == asked.aspect.value
        return twin

    def show(self) -> None:
        for kind, count in self._asked.items():
            shares = {
                sign: self._got[kind, sign] / count for sign in ("first", "twin", "five", "aspect", "answered", "wrong")
            }
            said = "  ".join(f"{sign} {share:.3f}" for sign, share in shares.items() if share)
            print(f"{kind:12} {count:5}  {said}")

    def _same(self, one: str, other: str) -> bool:
        # The export has a few procedures twice, under two codes and one name.
        return one == other or self._names.get(one) == self._names[other]

    def _twin(self, one: str, other: str) -> bool:
        return one in self._names and plain(self._names[one]).casefold() == plain(self._names[other]).casefold()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("export", type=Path)
    options.add_argument("--set", choices=["development", "final"], default="development")
    options.add_argument("--each", type=int, default=1)
    options.add_argument("--wrong", type=int, default=0)
    chosen = options.parse_args()
    procedures = list(read(chosen.export))
    begun = time.process_time()
    shelves = Shelves.of(manual(), Catalogue(procedures))
    built = time.process_time() - begun
    names = {one.id: one.name for one in procedures}
    made = questions(names, {one.id: list(one.aspects) for one in procedures}, chosen.set, chosen.each)
    score, spent = Score(names), []
    for number, asked in enumerate(made):
        begun = time.process_time()
        found = shelves.ask(Question(asked.text, DAY))
        spent.append((time.process_time() - begun) * 1000)
        if not score.add(asked, found) and number and chosen.wrong:
            chosen.wrong -= 1
            print(asked.kind, "|", asked.text[:150], "|", names[asked.procedure][:120], "|", cited(found)[:2])
    score.show()
    spent = sorted(spent[WARM:])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(procedures)} procedures: index built in {built:.1f} s of CPU, {memory:.0f} MB at the most;")
    print(f"CPU a question: p50 {spent[len(spent) // 2]:.1f} ms, p95 {spent[int(len(spent) * 0.95)]:.1f} ms")


if __name__ == "__main__":
    main()
