"""Telegram's HTML, read as strictly as tdlib reads it (`do_parse_html` in MessageEntity.cpp)."""

import re
from dataclasses import dataclass
from typing import NoReturn

from .refusals import Json, bad
from .units import units

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_SPACE = " \t\r\n\0\v"
# Any other name, such as &nbsp;, is no error: Telegram shows it letter by letter.
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]{1,8})|#([0-9]{1,9})|(lt|gt|amp|quot));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_HIGHEST = 0x10FFFF


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int


def _reference(source: str, at: int) -> tuple[str, int] | None:
    """Decode a character reference at `at`: the character and where to go on; None when it is plain text."""
    found = _REFERENCE.match(source, at)
    if not found:
        return None
    if found[3]:
        return _NAMED[found[3]], found.end()
    code = int(found[1], 16) if found[1] else int(found[2])
    return (chr(code), found.end()) if 0 < code < _HIGHEST else None


class _Html:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.begin = 0
        self.text = ""
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def read(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._character()
            elif self.source.startswith("</", self.at):
                self._end()
            else:
                self._start()
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1].tag}\"")
        return self.text, sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def _fail(self, why: str, at: int) -> NoReturn:
        offset = len(self.source[:at].encode("utf-8", "surrogatepass"))
        raise bad(f"can't parse entities: {why} at byte offset {offset}")

    def _peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _skip_space(self) -> None:
        while self._peek() and self._peek() in _SPACE:
            self.at += 1

    def _until(self, stops: str) -> str:
        begin = self.at
        while self._peek() and self._peek() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def _unclosed(self) -> None:
        if not self._peek():
            self._fail("Unclosed start tag", self.begin)

    def _character(self) -> None:
        letter, after = _reference(self.source, self.at) or (self.source[self.at], self.at + 1)
        self.text += letter
        self.offset += units(letter)
        self.at = after

    def _start(self) -> None:
        self.begin = self.at
        self.at += 1
        tag = self._until(_SPACE + ">").lower()
        self._unclosed()
        if tag not in TYPES:
            self._fail(f'Unsupported start tag "{tag}"', self.begin)
        argument = ""
        while self._peek() != ">":
            self._skip_space()
            self._unclosed()
            if self._peek() != ">":
                argument = self._attribute(tag) or argument
        self.at += 1
        if tag == "span" and argument != "spoiler":
            self._fail('Tag "span" must have class "tg-spoiler"', self.begin)
        self.open.append(_Open(tag, argument, self.offset))

    def _attribute(self, tag: str) -> str:
        name = self._until(_SPACE + "=>").lower()
        if not name:
            self._fail(f'Empty attribute name in the tag "{tag}"', self.begin)
        self._skip_space()
        self._unclosed()
        if self._peek() != "=":
            return "expandable" if (tag, name) == ("blockquote", "expandable") else ""
        self.at += 1
        self._skip_space()
        self._unclosed()
        value = self._literal() if self._peek() in "'\"" else self._token()
        self._unclosed()
        return self._meaning(tag, name, value)

    def _meaning(self, tag: str, name: str, value: str) -> str:
        match tag, name:
            case ("a", "href") | ("tg-emoji", "emoji-id"):
                return value
            case "code", "class":
                return value.removeprefix("language-") if value.startswith("language-") else ""
            case "span", "class":
                return value.removeprefix("tg-") if value.startswith("tg-") else ""
            case "blockquote", "expandable":
                return "expandable"
        return ""

    def _token(self) -> str:
        begin = self.at
        while self._peek().isascii() and (self._peek().isalnum() or self._peek() in ".-") and self._peek():
            self.at += 1
        if self._peek() and self._peek() not in _SPACE + ">":
            self._fail("Unexpected end of name token", begin)
        return self.source[begin : self.at].lower()

    def _literal(self) -> str:
        quote, value = self._peek(), ""
        self.at += 1
        while self._peek() and self._peek() != quote:
            letter, self.at = _reference(self.source, self.at) or (self._peek(), self.at + 1)
            value += letter
        self.at += 1
        return value

    def _end(self) -> None:
        self.begin = self.at
        if not self.open:
            self._fail("Unexpected end tag", self.begin)
        self.at += 2
        name = self._until(_SPACE + ">")
        self._skip_space()
        if self._peek() != ">":
            self._fail("Unclosed end tag", self.begin)
        self.at += 1
        opened = self.open.pop()
        if name and name.lower() != opened.tag:
            offset = len(self.source[: self.begin].encode("utf-8", "surrogatepass"))
            raise bad(
                f"can't parse entities: Unmatched end tag at byte offset {offset}, "
                f'expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Json = {
            "type": TYPES[opened.tag],
            "offset": opened.offset,
            "length": self.offset - opened.offset,
        }
        match opened.tag:
            case "a":
                covered = self.text.encode("utf-16-le", "surrogatepass")[2 * opened.offset :]
                entity["url"] = opened.argument or covered.decode("utf-16-le", "surrogatepass")
                if "." not in entity["url"] and "://" not in entity["url"]:
                    return  # Telegram drops a link that leads nowhere and keeps its words
            case "tg-emoji":
                entity["custom_emoji_id"] = opened.argument
            case "blockquote" if opened.argument:
                entity["type"] = "expandable_blockquote"
            case "code" if opened.argument:
                entity["language"] = opened.argument
            case "pre":
                self._merge_language(entity)
        self.entities.append(entity)

    def _merge_language(self, pre: Json) -> None:
        """`<pre><code class="language-x">` is one entity; a language without <pre> means nothing."""
        for inner in self.entities:
            if inner["type"] == "code" and (inner["offset"], inner["length"]) == (pre["offset"], pre["length"]):
                if "language" in inner:
                    pre["language"] = inner["language"]
                self.entities.remove(inner)
                return


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the plain text and its entities; raises `Refused` with Telegram's own words."""
    text, entities = _Html(source).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
