"""Finds the words. A .j2 file is one conversation in one language; each macro in it is one thing said (HTML subset)."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from knowledge.markup_problems import is_subset, telegram_problems
from knowledge.rendering import plain, telegram, web
from knowledge.splitting import split
from knowledge.workdays import VIETNAM

__all__ = ["MissingWords", "Words", "is_subset", "plain", "split", "telegram", "telegram_problems", "web"]

Day = TypeVar("Day", bound=date)
ROOT = Path(__file__).resolve().parent.parent
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class MissingWords(LookupError):  # noqa: N818 - it says what is missing
    """A file of words, or a macro in it, that the program asks for and nobody wrote."""


def day(value: date) -> str:
    """Return a day as a Vietnamese reads it: 28/3/2026. A moment is first taken to Viet Nam."""
    value = _local(value)
    return f"{value.day}/{value.month}/{value.year}"


def day_en(value: date) -> str:
    """Return a day without the quarrel over which number is the month: 28 March 2026."""
    value = _local(value)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """Return an aware moment by the clock of Viet Nam: 07:30 ngày 28/3/2026."""
    return f"{_hour(value)} ngày {day(value)}"


def moment_en(value: datetime) -> str:
    return f"{_hour(value)}, {day_en(value)}"


def _hour(value: datetime) -> str:
    if not isinstance(value, datetime):
        raise TypeError("a day has no hour")
    return f"{_local(value):%H:%M}"


def _local(value: Day) -> Day:
    if not isinstance(value, datetime):
        return value
    if value.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return cast("Day", value.astimezone(VIETNAM))


def amount(value: int) -> str:
    """Return a whole number with dots between the thousands: 1.200.000."""
    return f"{value:,}".replace(",", ".")


def _lines(text: str) -> list[Markup]:
    return [escape(line.strip()) for line in str(text).split("\n") if line.strip()]


def paragraphs(text: str) -> Markup:
    """Return each line of somebody's text as a paragraph."""
    return Markup().join(Markup("<p>{}</p>").format(line) for line in _lines(text))


def breaks(text: str) -> Markup:
    """Return the lines of somebody's text with `<br>` between."""
    return Markup("<br>").join(_lines(text))


def quote(text: str) -> Markup:
    """Return somebody's text, line by line, as a quotation."""
    return Markup("<blockquote>{}</blockquote>").format(breaks(text))


@cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(ROOT), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    furnish(env)
    return env


def furnish(env: Environment) -> None:
    """Give an environment the filters that every file of words may use."""
    for said in (day, day_en, moment, moment_en, amount, paragraphs, breaks, quote):
        env.filters[said.__name__] = said


@cache
def _module(name: str) -> Any:
    try:
        return _environment().get_template(name).module
    except TemplateNotFound as missing:
        raise MissingWords(f"no words: {missing.name} is not there") from missing


@cache
def _source(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


class Words:
    """What one module may say: `Words("handlers/ask").refused(…)` calls the macro `refused` of handlers/ask.vi.j2."""

    def __init__(self, stem: str, language: str = "vi") -> None:
        self._file = f"{stem}.{language}.j2"

    @property
    def source(self) -> str:
        """Return the file as it was written: its digest says which words were used."""
        return _source(self._file)

    def __getattr__(self, name: str) -> Callable[..., str]:
        if name.startswith("__"):  # copy, pickle and inspect ask for these
            raise AttributeError(name)
        try:
            return cast("Callable[..., str]", getattr(_module(self._file), name))
        except AttributeError as missing:
            raise MissingWords(f"no words: {self._file} has no macro {name!r}") from missing
