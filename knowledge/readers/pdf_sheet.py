"""What a PDF page shows, and the arithmetic of where it shows it (ISO 32000-1, 8.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from knowledge.readers.reading import Unreadable

Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
THIN = 3.0  # points; Word fills thin boxes where others draw lines
FAR = 1e6  # points from the page; also ends what no page holds: infinities


class Glyph(NamedTuple):
    """A letter: its left end and baseline, its right end, its height, in points from the lower left corner."""

    x: float
    y: float
    end: float
    size: float
    text: str
    font: str


class Rule(NamedTuple):
    """A straight line, across or upright."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(slots=True)
class Budget:
    """How much work a document may still be: bytes of drawing, and things drawn. Raises Unreadable when spent.

    A thing is a letter or an operator and takes some 20 microseconds; 500 dense pages have a million and a quarter.
    """

    octets: int = 40_000_000
    things: int = 1_500_000

    def spend(self, *, octets: int = 0, things: int = 0) -> None:
        self.octets -= octets
        self.things -= things
        if self.octets < 0 or self.things < 0:
            raise Unreadable("swollen")


@dataclass(slots=True)
class Sheet:
    """What a page shows. `unknown` letters have no code that says what they are; `bare` tables have no lines drawn.

    `beside`: lines that hold texts beside each other, and no table was found that would part them.
    """

    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    unknown: int = 0
    pictures: int = 0
    bare: int = 0
    beside: int = 0
    budget: Budget = field(default_factory=Budget)


def straight(rule: Rule) -> Rule | None:
    """Return a line that is across or upright, its ends in order; None for any other."""
    x1, y1, x2, y2 = rule
    if not all(abs(at) < FAR for at in rule) or max(abs(x2 - x1), abs(y2 - y1)) <= THIN:
        return None
    if abs(y2 - y1) <= THIN:
        return Rule(min(x1, x2), (y1 + y2) / 2, max(x1, x2), (y1 + y2) / 2)
    if abs(x2 - x1) <= THIN:
        return Rule((x1 + x2) / 2, min(y1, y2), (x1 + x2) / 2, max(y1, y2))
    return None


def object_of(found: Any) -> Any:
    return found.get_object() if hasattr(found, "get_object") else found


def numbers(operands: Sequence[Any], count: int) -> tuple[float, ...]:
    return tuple(float(one) for one in operands[:count])


def matrix_of(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = numbers(operands, 6)
    return (a, b, c, d, e, f)


def times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def point(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return (m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
