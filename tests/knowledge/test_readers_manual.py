import json
from pathlib import Path

import pytest

from knowledge.readers import Reading, read

TESTS = Path(__file__).parent.parent
MANUAL = TESTS.parent / "knowledge" / "data" / "so-tay-chat-luong.md"
CLAUSES: dict[str, dict[str, str]] = json.loads((TESTS / "data" / "clauses.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manual() -> Reading:
    return read(MANUAL.name, MANUAL.read_bytes())


def test_the_manual_names_itself(manual: Reading) -> None:
    assert (manual.code, manual.title) == ("STCL", "Sổ tay chất lượng")


def test_the_manual_has_the_places_of_the_reference_in_order(manual: Reading) -> None:
    assert [place.id for place in manual.places] == list(CLAUSES)


@pytest.mark.parametrize("place", CLAUSES)
def test_a_clause_reads_as_the_reference_has_it(manual: Reading, place: str) -> None:
    found = next(p for p in manual.places if p.id == place)
    assert {"title": found.title, "text": found.text} == CLAUSES[place]
