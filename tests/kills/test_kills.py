"""A process may die between any two steps of a turn: nothing is lost, nothing stands twice."""

import multiprocessing
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.kills import victim
from tests.kills.record import remembered

# The imports of a messenger take seconds: they are made once, and every victim is forked from there.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["tests.kills.victim"])

PATIENCE = 60
SLICE = 7


def die(url: str, fatal: int | None) -> int | None:
    """Run a victim to its end; return the number of its steps, or None when it was killed on the way."""
    report: Any = NURSERY.Queue()
    process = NURSERY.Process(target=victim.live, args=(url, fatal, report))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
    return report.get() if process.exitcode == 0 else None


def compare(new_url: Callable[[], str], step: int) -> tuple[int, int]:
    """Kill at every `step`-th step, start again, and compare with a life that was never cut short."""
    calm = new_url()
    steps = die(calm, None)
    assert steps is not None
    undisturbed = remembered(calm)
    assert len(undisturbed["questions"]) == 2
    kills = 0
    for fatal in range(1, steps + 1, step):
        url = new_url()
        kills += die(url, fatal) is None
        die(url, None)
        assert remembered(url) == undisturbed, f"killed at step {fatal} of {steps}"
    return kills, steps


def test_a_turn_cut_short_is_worked_once_after_the_restart(new_url: Callable[[], str]) -> None:
    kills, _ = compare(new_url, SLICE)
    assert kills > 10


@pytest.mark.proof
def test_a_turn_cut_short_at_any_step_is_worked_once_after_the_restart(new_url: Callable[[], str]) -> None:
    kills, steps = compare(new_url, 1)
    print(f"{kills} kills over {steps} steps: nothing lost, nothing doubled")
