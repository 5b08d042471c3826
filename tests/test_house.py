"""Rules of the house that no linter knows (docs/house.md)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "knowledge", "notifications", "storage")
FILES = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
HEAVY = {"aiogram", "telegram", "alembic", "aiohttp", "apscheduler"}
UNWELCOME = {"utils", "helpers", "common", "core", "services", "managers", "models", "schemas"}


def spoken_too_early(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of awaits inside `async with ….begin() as tx` that do not go to the transaction."""
    for block in ast.walk(tree):
        if not isinstance(block, ast.AsyncWith):
            continue
        opened = [item for item in block.items if ast.unparse(item.context_expr).endswith(".begin()")]
        names = {item.optional_vars.id for item in opened if isinstance(item.optional_vars, ast.Name)}
        if not opened:
            continue
        for node in (inner for line in block.body for inner in ast.walk(line)):
            if isinstance(node, ast.Await) and not names & {
                name.id for name in ast.walk(node) if isinstance(name, ast.Name)
            }:
                yield node.lineno


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_nothing_is_said_before_the_commit(file: Path) -> None:
    assert not list(spoken_too_early(ast.parse(file.read_text(encoding="utf-8"))))


def test_the_rule_sees_a_culprit() -> None:
    bad = "async def f():\n  async with store.begin() as tx:\n    await save(tx)\n    await message.answer('x')\n"
    assert list(spoken_too_early(ast.parse(bad))) == [4]


def test_a_file_can_be_read_in_one_go() -> None:
    long = {str(f.relative_to(ROOT)): n for f in FILES if (n := len(f.read_text(encoding="utf-8").splitlines())) > 320}
    assert not long


def test_no_room_has_a_drawer_for_odds_and_ends() -> None:
    assert not [file for file in FILES if file.stem in UNWELCOME or file.parent.name in UNWELCOME]


@pytest.mark.parametrize(
    "command",
    [
        ["--help"],
        ["ask", "hồ sơ bị mất thì sao"],
        ["people", "list"],
        ["documents", "list"],
        ["journal", "verify"],
        ["outbox"],
        ["preview", "ticket_replied"],
        ["tick", "--at", "2026-11-24T07:30"],
        ["db", "current"],
    ],
    ids=lambda words: words[0],
)
def test_light_commands_do_not_carry_heavy_libraries(command: list[str], tmp_path: Path) -> None:
    environment = {"TROLY_DATA": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    # The first call makes the sample store (that needs alembic); the second is the one that is looked at.
    first = ["ask", "xin chào", "--no-dense"]
    subprocess.run([sys.executable, "-m", "bot", *first], env=environment, cwd=ROOT, check=True, capture_output=True)
    looked_at = (
        "import sys; from bot.__main__ import main; code = main(sys.argv[1:]);"
        f"print('HEAVY', sorted({HEAVY!r} & set(sys.modules))); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", looked_at, *command],
        env=environment,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_the_clock_is_read_in_one_place() -> None:
    elsewhere = [
        str(file.relative_to(ROOT))
        for file in FILES
        if file.name != "clock.py" and "datetime.now(" in file.read_text(encoding="utf-8")
    ]
    assert not elsewhere
