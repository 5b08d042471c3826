"""What fails again and again: logged at once, then ever more seldom, and once more when it works."""

import asyncio
import logging
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

# What fails every second is logged at once, then after a minute, and ever more seldom.
_FIRST_GAP, _LONGEST_GAP = 60.0, 3600.0
# It works again when it has not failed for so long: what fails every other time does not work.
_STEADY = 60.0
_REMEMBERED = 600.0


@dataclass(slots=True)
class Trouble:
    """A job that fails: how often, and since when, by the loop's clock in seconds. `recurs`: the timetable's."""

    recurs: bool
    since: float
    last: float
    logged: float
    gap: float
    times: int = 1


@dataclass(slots=True)
class Troubles:
    """By the name of what fails. Used from within the loop."""

    _known: dict[str, Trouble] = field(default_factory=dict)

    def failing(self) -> tuple[str, ...]:
        """Return the names of what fails, the oldest trouble first; what has no beat is forgotten after a while."""
        late = asyncio.get_running_loop().time() - _REMEMBERED
        return tuple(name for name, trouble in self._known.items() if trouble.recurs or trouble.last > late)

    def failed(self, name: str, failure: BaseException, *, recurs: bool) -> None:
        """Note a failure, and log it when it is time. `recurs`: it comes round again by itself."""
        now = asyncio.get_running_loop().time()
        trouble = self._known.get(name)
        if trouble is None or (not recurs and now > trouble.last + _LONGEST_GAP):
            trouble = self._known[name] = Trouble(recurs, now, now, now, _FIRST_GAP)
        else:
            trouble.times, trouble.last = trouble.times + 1, now
            if now < trouble.logged + trouble.gap:
                return
            trouble.logged, trouble.gap = now, min(2 * trouble.gap, _LONGEST_GAP)
        how = {"job": name, "times": trouble.times, "seconds": round(now - trouble.since)}
        log.error("job failed", extra=how, exc_info=failure)

    def worked(self, name: str) -> None:
        """Note that it did what it should."""
        trouble = self._known.get(name)
        now = asyncio.get_running_loop().time()
        if trouble is not None and now >= trouble.last + _STEADY:
            del self._known[name]
            how = {"job": name, "times": trouble.times, "seconds": round(trouble.last - trouble.since)}
            log.warning("job works again", extra=how)
