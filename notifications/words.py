"""The words of a notification: our own beside its kind, or those of the office, checked before they are used.

What the office writes (`<kind>.<language>.j2` in a folder of its own) runs in a sandbox: it sees the plain values of a
letter and the filters, nothing else, and cannot make the program count or multiply for ever.
"""

import hashlib
import html
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from knowledge.wording import MissingWords, Words, furnish, is_subset, plain, telegram, telegram_problems
from notifications import limits
from notifications.kind import Kind, Letter
from notifications.transports import Message

log = logging.getLogger(__name__)

LANGUAGES: Final = ("vi", "en")
_FILTERS: Final = (
    *("capitalize", "count", "default", "e", "escape", "first", "int", "join", "last", "length", "list", "lower"),
    *("replace", "reverse", "round", "select", "sort", "trim", "truncate", "unique", "upper"),
)
# Telegram's limit of a message is 4096; a subject and a button must be read at a glance.
_LONGEST, _SUBJECT, _BUTTON = 3500, 150, 60


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is said: `version` is the number of the kind's words and a digest of the very file that was used."""

    subject: str
    html: str
    buttons: list[list[dict[str, str]]]
    version: str

    def message(self, *, key: str, language: str, about: Any = ()) -> Message:
        return Message(self.subject, self.html, self.buttons, key, language, tuple(about))


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002 jinja2's signature
        if operator == "+" and isinstance(left, int) and isinstance(right, int):
            return left + right
        raise SecurityError(f"{operator} is not for words")

    def is_safe_callable(self, obj: Any) -> bool:
        return isinstance(obj, Macro)  # no method of a text, which could make it as long as memory


def _sandbox() -> _Sandbox:
    env = _Sandbox(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    env.globals.clear()  # range, lipsum, cycler: nothing that counts for ever
    env.filters = {name: env.filters[name] for name in _FILTERS}  # neither `safe` nor what pads and formats
    furnish(env)
    return env


@dataclass(slots=True)
class Wordings:
    """`folder` None: our own words alone. A file is read again when it has changed."""

    folder: Path | None = None
    # By (kind, language): the stamp of the file, its macros or None, and what is wrong with it.
    _read: dict[tuple[str, str], tuple[int, Any, str, str]] = field(default_factory=dict)

    def render(self, name: str, kind: Kind, letter: Letter, language: str) -> Rendered:
        """Return what is said. Words of the office that fail on this letter are reported, and ours are used.

        Raises what our own words raise.
        """
        language = language if language in LANGUAGES else LANGUAGES[0]
        macros, digest = self._office(name, kind, language)
        if macros is not None:
            try:
                return _said(macros, letter, f"{kind.WORDS}-{digest}")
            except Exception as failure:  # whatever they wrote, people are told
                log.exception("words of the office failed", extra={"kind": name, "why": type(failure).__name__})
        ours = Words(f"notifications/kinds/{name}", language)
        return _said(ours, letter, f"{kind.WORDS}-{_digest(ours.source)}")

    def problems(self, kinds: Mapping[str, Kind]) -> dict[str, str]:
        """Return what is wrong with files of the office, by their names; such files are not used."""
        wrong: dict[str, str] = {}
        for path in sorted(self.folder.glob("*.j2")) if self.folder else []:
            name, _, language = path.name.removesuffix(".j2").rpartition(".")
            if name not in kinds or language not in LANGUAGES:
                wrong[path.name] = "no such kind or language"
                continue
            self._office(name, kinds[name], language)
            if why := self._read[name, language][3]:
                wrong[path.name] = why
        return wrong

    def _office(self, name: str, kind: Kind, language: str) -> tuple[Any, str]:
        path = self.folder / f"{name}.{language}.j2" if self.folder else None
        try:
            stamp = path.stat().st_mtime_ns if path else None
        except OSError:
            stamp = None
        if path is None or stamp is None:
            return None, ""
        known = self._read.get((name, language))
        if known is None or known[0] != stamp:
            known = (stamp, *_checked(path, kind))
            self._read[name, language] = known
            if known[3]:
                log.error("words of the office not used", extra={"file": path.name, "why": known[3]})
        return known[1], known[2]


def _checked(path: Path, kind: Kind) -> tuple[Any, str, str]:
    """Read and try a file; return its macros (None if it is not to be used), its digest, and what is wrong."""
    try:
        if path.stat().st_size > limits.LONGEST_FILE:
            return None, "", "the file is too long"
        source, sandbox = path.read_text(encoding="utf-8"), _sandbox()
        if faults := limits.faults_of(sandbox.parse(source)):
            return None, "", "; ".join(faults)
        macros = sandbox.from_string(source).module
        said = _said(macros, kind.SAMPLE, "")
    except Exception as wrong:  # noqa: BLE001 whatever they wrote, it is reported, and ours is used
        return None, "", f"{type(wrong).__name__}: {str(wrong).partition(chr(10))[0][:200]}"
    if faults := faults_of(said):
        return None, "", "; ".join(faults)
    return macros, _digest(source), ""


def faults_of(said: Rendered) -> list[str]:
    """Return what would not do in what is said; nothing: it can be sent everywhere."""
    faults = [*is_subset(said.html), *telegram_problems(telegram(said.html))]
    if not plain(said.html).strip() or len(said.html) > _LONGEST:
        faults.append("the message is empty or too long")
    if not said.subject or len(said.subject) > _SUBJECT:
        faults.append("the subject is empty or too long")
    labels = [button["text"] for row in said.buttons for button in row]
    if any(not label or len(label) > _BUTTON for label in labels):
        faults.append("a button is empty or too long")
    return [str(fault) for fault in faults]


def _said(macros: Any, letter: Letter, version: str) -> Rendered:
    def macro(name: str, *given: Any) -> str:
        found = getattr(macros, name, None)
        if found is None or not callable(found):
            raise MissingWords(f"no macro {name!r}")
        return str(found(*given)).strip()

    buttons = [[{"text": _line(macro(press.macro)), "data": press.data} for press in row] for row in letter.buttons]
    return Rendered(_line(macro("subject", letter.it)), macro("message", letter.it), buttons, version)


def _line(text: str) -> str:
    """Return a plain line: what is no HTML (a subject, a button) shows no escapes."""
    return " ".join(html.unescape(text).split())


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:8]
