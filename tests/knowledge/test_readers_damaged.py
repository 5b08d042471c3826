"""Damaged files: each is read, or refused in words; never another exception, never for long, never in much memory."""

import random
import resource
import time
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from knowledge.readers import Reading, Unreadable, read

FORMATS = Path(__file__).parents[1] / "data" / "formats"
SMALL = ["quy-che.docx", "quy-che.pdf", "quy-che.html", "danh-muc.xlsx", "quy-che-vntime.docx"]
SIGNS = (
    b"<",
    b">",
    b"&",
    b"\0",
    b"\xff",
    b"(",
    b")",
    b"[",
    b"<<",
    b">>",
    b"99999999999",
    b"-1",
    b"endobj",
    b"</w:p>",
    b"1e999",
)


def damaged(source: bytes, chance: random.Random) -> bytes:
    """Return a file as it comes off a bad disk or out of bad hands: cut, overwritten, doubled, shuffled."""
    made = bytearray(source)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        at = chance.randrange(len(made)) if made else 0
        match chance.randrange(6):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                made[at:at] = chance.choice(SIGNS)
            case 2:
                del made[at : at + chance.choice((1, 4, 64, 1000))]
            case 3:
                made[at:at] = made[at : at + chance.choice((4, 64, 1000))]
            case 4:
                other = chance.randrange(len(made)) if made else 0
                made[at : at + 16], made[other : other + 16] = made[other : other + 16], made[at : at + 16]
            case _:
                del made[max(at, len(made) // 3) :]
    return bytes(made)


def inside(source: bytes, chance: random.Random) -> bytes:
    """Damage one part of a package and pack it again, so that the damage gets past the unpacking."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(source)) as old, zipfile.ZipFile(packed, "w") as new:
        names = [name for name in old.namelist() if name.endswith((".xml", ".rels"))]
        victim = chance.choice(names)
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damaged(part, chance) if name == victim else part)
    return packed.getvalue()


def attempt(name: str, source: bytes) -> Reading | None:
    with suppress(Unreadable):
        return read(name, source)
    return None


def victims(name: str, count: int, seed: int) -> list[bytes]:
    chance = random.Random(f"{name} {seed}")  # noqa: S311 - the same damage every time
    source = (FORMATS / name).read_bytes()
    packed = name.endswith((".docx", ".xlsx"))
    return [inside(source, chance) if packed and at % 2 else damaged(source, chance) for at in range(count)]


@pytest.mark.parametrize("name", SMALL)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name: str) -> None:
    for source in victims(name, 12, 1):
        found = attempt(name, source)
        assert found is None or len({place.id for place in found.places}) == len(found.places)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", [*SMALL, "so-tay.docx", "so-tay.pdf", "so-tay.html"])
def test_no_damage_takes_long_or_much(name: str, seed: int) -> None:
    slowest = 0.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for source in victims(name, 150, 100 + seed):
        start = time.process_time()
        attempt(name, source)
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
