"""The command line `troly`. Each command is a module of bot/commands and is imported only when it is called."""

import argparse
import atexit
import gc
import keyword
import os
import sys
from importlib import import_module
from typing import Protocol, cast

from bot.commands import COMMANDS, Complaint, say
from bot.faults import explained


class Command(Protocol):
    """A module of bot/commands: its first docstring line is its help."""

    __doc__: str | None

    def add(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done, 1 found something wrong, 2 could not be done."""
    # The last collection would walk through everything that was loaded, for seconds, to free what ends anyway.
    atexit.register(gc.freeze)
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except BrokenPipeError:  # `troly … | head`: whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _run(words: list[str]) -> int:
    if not words or words[0] not in COMMANDS:
        asked_for_help = bool(words) and words[0] in {"-h", "--help", "help"}
        print(say.usage(COMMANDS), file=sys.stdout if asked_for_help else sys.stderr)
        return 0 if asked_for_help else 2
    name, *rest = words
    module = f"{name}_" if keyword.iskeyword(name) else name
    command = cast("Command", import_module(f"bot.commands.{module}"))
    parser = argparse.ArgumentParser(prog=f"troly {name}", description=COMMANDS[name])
    command.add(parser)
    args = parser.parse_args(rest)
    try:
        return command.run(args)
    except Complaint as complaint:
        print(complaint, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        explanation = explained(fault)
        if explanation is None:
            raise
        print(explanation, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
