"""What has moved on since a text was approved: remarks shown beside a quotation that it touches."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Remark:
    """`since`: ISO day from which the law reads otherwise; `sure`: the source was seen (else the words say so)."""

    key: str
    pattern: re.Pattern[str]
    since: str
    source: str
    sure: bool
    vi: str
    en: str


@cache
def remarks() -> tuple[Remark, ...]:
    lines = (_DATA / "remarks.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines if line.strip())
    return tuple(Remark(**{**row, "pattern": re.compile(row["pattern"], re.IGNORECASE)}) for row in rows)


def remarks_on(quotes: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of the remarks that these quotations call for, in the order of the list."""
    said = "\n".join(quotes)
    return tuple(remark.key for remark in remarks() if remark.pattern.search(said))
