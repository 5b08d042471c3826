"""The text of a message as Telegram takes it: decoded, cleaned, trimmed, measured."""

import re

from .markup import parse_html
from .parameters import Params, whole
from .refusals import Json, bad
from .units import units, with_detected

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
# tdlib's clean_input_string: control characters become spaces, directional overrides vanish.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_REMOVED = re.compile(r"[\r\u2028-\u202e]")


def text_of(p: Params) -> Json:
    """Return `{text, entities?}` of a message: 1-4096 UTF-16 units after entities parsing."""
    source = p.text("text")
    if not source:
        raise bad("message text is empty")
    text, entities = _formatted(p, source, "entities")
    if not text:
        raise bad("text must be non-empty")
    if units(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return _fields("text", "entities", text, entities)


def caption_of(p: Params) -> Json:
    """Return `{caption?, caption_entities?}`: 0-1024 UTF-16 units after entities parsing."""
    text, entities = _formatted(p, p.text("caption"), "caption_entities")
    if units(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return _fields("caption", "caption_entities", text, entities) if text else {}


def _fields(name: str, marks: str, text: str, entities: list[Json]) -> Json:
    every = with_detected(text, entities)
    return {name: text, marks: every} if every else {name: text}


def _formatted(p: Params, source: str, marks: str) -> tuple[str, list[Json]]:
    source = _CONTROL.sub(" ", _REMOVED.sub("", source))
    mode = p.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode in {"markdown", "markdownv2"}:
        raise bad(f"this fake reads HTML only, not {mode}")  # better loud than accepted unread
    elif mode:
        raise bad("unsupported parse_mode")
    else:
        text, entities = source, _given(source, p.objects(marks))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    return _trimmed(_CONTROL.sub(" ", text), entities)


def _given(text: str, entities: list[Json]) -> list[Json]:
    end = units(text)
    for entity in entities:
        offset, length = whole(entity.get("offset", -1), "offset"), whole(entity.get("length", -1), "length")
        if offset < 0 or length < 0 or offset + length > end:
            raise bad(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
            )
    return [entity for entity in entities if whole(entity["length"], "length")]


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    left = units(text) - units(text.lstrip())
    text = text.strip()
    end = units(text)
    kept = []
    for entity in entities:
        begin = max(0, entity["offset"] - left)
        stop = min(end, entity["offset"] - left + entity["length"])
        if begin < stop:
            kept.append({**entity, "offset": begin, "length": stop - begin})
    return text, kept
