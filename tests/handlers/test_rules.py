"""Rules of the talk that no linter knows."""

import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from aiogram import Router

from bot.conversation import PROVIDED
from handlers.routers import COMMANDS, ROUTERS
from handlers.says import Says
from handlers.turn import Button, Saying, said
from notifications.kinds import KINDS

ROOT = Path(__file__).parents[2]
ROOMS = ("handlers", "notifications")
TEMPLATES = sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.vi.j2"))
DOORS = [router for door in ROUTERS for router in door.chain_tail]
_FORM = re.compile(r"^class (\w+)\(StatesGroup\)", re.MULTILINE)
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(([^)]*)\)")


def handlers() -> Iterator[tuple[str, Callable[..., Any]]]:
    for router in DOORS:
        for observer in router.observers.values():
            for handler in observer.handlers:
                yield f"{router.name}.{handler.callback.__name__}", handler.callback


@pytest.mark.parametrize(("name", "handler"), sorted(dict(handlers()).items()), ids=sorted(dict(handlers())))
def test_a_handler_asks_only_for_what_is_given(name: str, handler: Callable[..., Any]) -> None:
    first, *others = inspect.signature(handler).parameters
    assert first == "_event", name
    assert set(others) <= PROVIDED, name


def test_every_conversation_is_in_the_list() -> None:
    listed = {id(router) for router in DOORS}
    modules = [import_module(f"handlers.{file.stem}") for file in (ROOT / "handlers").glob("*.py")]
    routers = {id(r): module.__name__ for module in modules for r in vars(module).values() if isinstance(r, Router)}
    assert set(routers) == listed, [name for key, name in routers.items() if key not in listed]


@pytest.mark.parametrize("kind", ["message", "callback_query"])
def test_whatever_stands_behind_the_door_of_commands_says_which_command(kind: str) -> None:
    for router in COMMANDS.chain_tail:
        for handler in router.observers[kind].handlers:
            assert any(isinstance(each.callback, Says) for each in handler.filters or ()), handler.callback


def test_every_kind_of_notification_is_in_the_list() -> None:
    files = {file.stem for file in (ROOT / "notifications" / "kinds").glob("*.py")} - {"__init__"}
    assert files == set(KINDS)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_whatever_is_said_in_vietnamese_is_said_in_english_too(file: Path) -> None:
    english = file.with_name(file.name.replace(".vi.", ".en."))
    assert _MACRO.findall(file.read_text(encoding="utf-8")) == _MACRO.findall(english.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_no_words_are_left_that_nobody_says(file: Path) -> None:
    programs = "".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    templates = file.read_text(encoding="utf-8")
    unsaid = [
        name
        for name, _ in _MACRO.findall(templates)
        if f".{name}(" not in programs
        and not re.search(rf"(?<!macro ){name}\(", templates)
        and not (file.parent.name == "kinds" and (name in {"subject", "message"} or f'Press("{name}"' in programs))
    ]
    assert not unsaid


def test_every_button_in_the_program_has_a_handler_and_fits() -> None:
    programs = "".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    pressed = set(re.findall(r'f?"/(\w+)', programs))
    registered = set(re.findall(r'@router\.callback_query\((?:[\w.]+, )?Says\("(\w+)"', programs)) | {"lienket"}
    assert pressed <= registered, pressed - registered


def test_no_two_forms_wait_under_one_name() -> None:
    names = [
        name for path in (ROOT / "handlers").glob("*.py") for name in _FORM.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(set(names)) == len(names) > 3


def test_a_saying_survives_its_record() -> None:
    saying = Saying("<p>x</p>", ((Button("a", "/a"), Button("b", url="https://b")),), numbered=True)
    assert said(saying.body()) == saying


def test_only_messages_and_presses_are_worked() -> None:
    kinds = {kind for router in DOORS for kind, observer in router.observers.items() if observer.handlers}
    assert kinds == {"message", "edited_message", "callback_query"}
