"""What the web server shows: pages out of templates, static files from memory, and the words of both languages."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.web.limits import MAX_TEXT

ROOM = Path(__file__).parent
LANGUAGES = ("vi", "en")

_KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}

# What is said in place of a page, by HTTP status.
_PROBLEMS = {404: "page_404", 429: "page_429", 500: "page_500"}

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    kind: str
    etag: str


class Pages:
    """Templates, words and static files, read once. `office` is the name of the office that the page shows."""

    def __init__(self, office: str) -> None:
        self._office = office
        self._env = Environment(
            loader=FileSystemLoader(ROOM / "templates"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.words = {language: self._words(language) for language in LANGUAGES}
        self.assets = {path.name: _asset(path, path.read_bytes()) for path in sorted((ROOM / "static").iterdir())}
        self.widget = self._widget()

    def _words(self, language: str) -> Texts:
        module = self._env.get_template(f"words.{language}.j2").make_module({"office": self._office})
        return {name: str(text) for name, text in vars(module).items() if isinstance(text, str) and name[0] != "_"}

    def _widget(self) -> Asset:
        # Its words go into the file: the page that embeds it is not ours and has none of them.
        names = ("widget_open", "widget_close", "widget_title")
        words = {language: {name: texts[name] for name in names} for language, texts in self.words.items()}
        source = self.assets.pop("widget.js").body.decode()
        return _asset(ROOM / "widget.js", source.replace("WORDS_OF_THE_PAGE", _island(words)).encode())

    def page(self, language: str, *, widget: bool) -> str:
        """Return the chat page; both languages travel with it, so that changing needs no reload."""
        return self._env.get_template("chat.html").render(
            language=language,
            words=self.words[language],
            widget=widget,
            island=Markup(_island({"words": self.words, "max": MAX_TEXT, "widget": widget})),  # noqa: S704  escaped by _island
        )

    def problem(self, status: int) -> str:
        """Return the page that stands in place of one that cannot be shown, in both languages."""
        what = _PROBLEMS.get(status, "page_other")
        return self._env.get_template("error.html").render(status=status, words=self.words, what=what)

    def error(self, code: str, language: str) -> str:
        return self.words[known(language)][f"error_{code}"]


def known(language: str | None) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


def respond(request: web.Request, asset: Asset) -> web.StreamResponse:
    """Answer with a file; the browser asks each time whether its copy still holds, so no version lingers."""
    headers = {hdrs.ETAG: asset.etag, hdrs.CACHE_CONTROL: "no-cache"}
    if request.headers.get(hdrs.IF_NONE_MATCH, "").removeprefix("W/") == asset.etag:
        return web.Response(status=304, headers=headers)
    response = web.Response(body=asset.body, content_type=asset.kind, charset="utf-8", headers=headers)
    response.enable_compression()
    return response


def _asset(path: Path, body: bytes) -> Asset:
    return Asset(body, _KINDS[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def _island(value: Any) -> str:
    """Return JSON that can stand inside a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
