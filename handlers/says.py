"""One filter for a command typed, spoken without its slash, or pressed; and the words a conversation says."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.turn import Turn
from knowledge.vietnamese import fold, tidy
from knowledge.wording import Words

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_BETWEEN = re.compile(r"[\s\-_]+")


def words(stem: str) -> Mapping[str, Words]:
    """Return what a conversation says, by language."""
    return {language: Words(stem, language) for language in ("vi", "en")}


@lru_cache(maxsize=64)  # every command compares the same text
def plainly(text: str) -> str:
    """Return `text` as commands are compared: no marks, no case, no punctuation around, single spaces."""
    return _BETWEEN.sub(" ", _EDGES.sub("", fold(tidy(text))))


class Says(Filter):
    """The command `/name`, typed or pressed; or one of its spoken forms as the whole of what was typed.

    `rest` in the answer is what follows the name. A spoken form is followed by nothing but `then` (a pattern over
    folded text): a longer sentence that merely begins with the same words is a question. `alone`:
    whether a spoken form may stand without it.
    """

    def __init__(self, name: str, *spoken: str, then: str = "", alone: bool = True) -> None:
        self.name = name
        # A command without spoken forms ("/hay 12") stands on buttons; its bare name is a word like any other.
        forms = "|".join(re.escape(form) for form in (name, *spoken)) if spoken else r"(?!)"
        self.spoken = re.compile(rf"(?:{forms})(?: (?P<rest>{then})){'?' if alone else ''}" if then else forms)

    async def __call__(self, _event: Message | CallbackQuery, turn: Turn) -> bool | dict[str, str]:
        rest = self.match(turn.command)
        return False if rest is None else {"rest": rest}

    def match(self, command: str) -> str | None:
        """Return what follows the command ("" for nothing), or None when this is not the command."""
        if command.startswith("/"):
            name, rest = named(command)
            return rest if name == self.name else None
        found = self.spoken.fullmatch(plainly(command))
        return (found.groupdict().get("rest") or "") if found else None


def named(command: str) -> tuple[str, str]:
    """Return the name of a command with its slash, plainly, and what follows it."""
    first, _, rest = command[1:].partition(" ")
    # Telegram adds the bot's name in groups: /huy@troly_bot
    return plainly(first.partition("@")[0]).replace(" ", ""), rest.strip()


class SaysAny(Filter):
    """Any of the commands that the routers under `parent` answer to: one look at all that `Says` in their handlers."""

    def __init__(self, parent: Router) -> None:
        handlers = (
            handler
            for router in parent.chain_tail
            for observer in (router.message, router.callback_query)
            for handler in observer.handlers
        )
        filters = (each.callback for handler in handlers for each in handler.filters or ())
        known = [says for says in filters if isinstance(says, Says)]
        self._names = frozenset(says.name for says in known)
        own = [says for says in known if type(says).match is not Says.match]
        patterns = {says.spoken.pattern.replace("?P<rest>", "?:") for says in known if says not in own}
        self._spoken = re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)))
        self._own = tuple({(type(says), says.name, says.spoken): says for says in own}.values())

    async def __call__(self, _event: Message | CallbackQuery, turn: Turn) -> bool:
        if turn.command.startswith("/"):
            return named(turn.command)[0] in self._names
        if self._spoken.fullmatch(plainly(turn.command)):
            return True
        return any(says.match(turn.command) is not None for says in self._own)


class NoPlainText(SaysAny):
    """Whatever is not a text alone between the two of us: a command, a press, what a form waits for, what was withheld.

    `parent` holds the conversations for all of these; a question passes them by at one look.
    """

    async def __call__(self, event: Message | CallbackQuery, turn: Turn) -> bool:
        if isinstance(event, CallbackQuery) or turn.in_group or turn.suspicion or turn.secret or turn.form.state:
            return True
        return turn.command.startswith("/") or await super().__call__(event, turn)


class Told(Filter):
    """A whole sentence, by one of the staff or by a citizen, of which `reads` makes something; never in a group."""

    def __init__(self, reads: Callable[[str], Any], *, staff: bool) -> None:
        self._reads, self._staff = reads, staff

    async def __call__(self, _event: Message, turn: Turn) -> bool | dict[str, Any]:
        if turn.who.is_staff is not self._staff or turn.in_group or turn.command.startswith("/"):
            return False
        rest = self._reads(turn.text)
        return {"rest": rest} if rest else False


class Asked(Filter):
    """A form waits for what is typed."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return turn.form.state is not None


class Typed(Filter):
    """Text that is no slash command: what a form asked for."""

    async def __call__(self, _event: Message, turn: Turn) -> bool:
        return bool(turn.text) and not turn.command.startswith("/")


def number(rest: str) -> int | None:
    """Return the number that stands first in what followed a command, or None."""
    first = rest.partition(" ")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) <= _DIGITS else None


_DIGITS = 18  # what fits a 64-bit id whatever the digits
