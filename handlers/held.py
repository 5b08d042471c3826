"""The copy of what is held about somebody, as a file that any browser opens (Law 91/2025/QH15)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from handlers.says import words
from knowledge.wording import plain

say = words("handlers/held")

NAME = "du-lieu-ca-nhan.html"
# Where the page hands it out (bot/web/papers). On a messenger a button with such an address is the file itself.
PAGE = "ban-sao"


def address(language: str) -> str:
    return f"/{PAGE}/{language}"


def page(held: Mapping[str, Any], language: str, at: datetime) -> bytes:
    """Return the file: what `storage.privacy.held` found, to be read, and whole as JSON for a program. UTF-8."""
    messages = [line for row in held["messages"] if (line := _line(row))]
    shown = {name: [_timed(row) for row in held[name]] for name in ("questions", "tickets", "consents", "dossiers")}
    data = {**held, "messages": messages}
    return say[language].page(held, shown, [_timed(line) for line in messages], at, _script(data)).encode()


def _line(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what somebody wants to read of a message: when, which way, which words; None: there are none left."""
    body = row["body"] or {}
    text = plain(body["html"]) if "html" in body else body.get("text") or body.get("label") or ""
    return {"at": row["at"], "direction": row["direction"], "text": text} if text else None


def _timed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with moments for words to show, in its lists too."""
    return {name: _moment(name, value) for name, value in row.items()}


def _moment(name: str, value: Any) -> Any:
    match value:
        case str() if name == "at" or name.endswith("_at"):
            return datetime.fromisoformat(value)
        case list():
            return [_timed(one) if isinstance(one, dict) else one for one in value]
    return value


def _script(data: Mapping[str, Any]) -> Markup:
    # Inside <script> nothing is unescaped, and "</script>" in somebody's text would end it.
    return Markup(json.dumps(data, ensure_ascii=False, default=str).replace("<", "\\u003c"))  # noqa: S704  as above
