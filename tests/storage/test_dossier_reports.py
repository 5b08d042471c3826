"""What a report of the One-Stop system makes of a dossier that is known."""

import pytest

from storage.dossier_reports import is_backwards

# Between work, papers, fee and halt a dossier goes to and fro; accepted again after papers were added is no step back.
FORWARDS = [(2, 4), (4, 5), (5, 4), (5, 2), (6, 5), (8, 4), (4, 2), (9, 10), (4, 9), (1, 3), (10, 10)]
BACKWARDS = [(9, 4), (10, 9), (7, 4), (3, 1), (10, 3), (2, 1)]


@pytest.mark.parametrize(("before", "after"), [*FORWARDS, *BACKWARDS])
def test_a_status_that_goes_backwards_is_seen(before: int, after: int) -> None:
    assert is_backwards(before, after) is ((before, after) in BACKWARDS)
