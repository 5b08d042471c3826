"""The list of transports: each module is on it, each has its settings, and none is carried where it is not used."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot import transports
from bot.misconfigured import MisconfiguredError
from bot.settings import Settings
from storage import Store

FOLDER = Path(transports.__file__).parent.parent / "notifications" / "transports"


async def names(store: Store, **given: object) -> set[str]:
    made = transports.opened(Settings.model_validate(given), store)
    for one in made.values():
        await one.close()
    return set(made)


async def test_every_transport_is_on_the_list_and_off_without_its_settings(sqlite_store: Store) -> None:
    telegram, email = {"token": "42:fake-token"}, {"host": "127.0.0.1", "sender": "a@b.vn"}
    assert await names(sqlite_store) == {"web"}
    assert await names(sqlite_store, email=email | {"sender": ""}) == {"web"}
    every = {file.stem for file in FOLDER.glob("[!_]*.py")} - {"recording"}
    assert await names(sqlite_store, telegram=telegram, email=email) == every


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("token", {"telegram": {"token": "no token"}}),
        ("token_file", {"telegram": {"token_file": "/nowhere/token"}}),
        ("email", {"email": {"host": "h", "sender": "a@b.vn", "password_file": "/nowhere/password"}}),
        ("email", {"email": {"host": "h", "sender": "a@b.vn", "ca_file": __file__}}),
    ],
)
async def test_settings_that_cannot_be_are_named(sqlite_store: Store, what: str, given: dict[str, object]) -> None:
    with pytest.raises(MisconfiguredError) as wrong:
        await names(sqlite_store, **given)
    assert wrong.value.what == what


@pytest.mark.parametrize("sender", ["a", "a@b@c", "a b@c.vn", "a@b.vn\r\nBcc: c@d.vn", "Sở <a@b.vn>", "a@b.vn\n"])
def test_a_sender_is_one_mailbox(sender: str) -> None:
    with pytest.raises(ValueError, match="sender"):
        Settings.model_validate({"email": {"host": "h", "sender": sender}})


def test_two_processes_never_have_one_name() -> None:
    assert transports.process_name() != transports.process_name()


def test_the_list_carries_no_library_that_is_not_used() -> None:
    look = (
        "import sys, bot.transports; print(sorted({'telegram', 'httpx', 'aiosmtplib', 'aiogram'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", look], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
