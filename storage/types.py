"""Column types that refuse what the register must never hold."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

# PostgreSQL stores neither U+0000 nor half a surrogate pair, and no UTF-8 encoder writes the latter; chats send both.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_UNWRITABLE_JSON = re.compile("\\\\u0000|[\ud800-\udfff]")


def writable(text: str) -> str:
    """Return the text with U+0000 and lone surrogates replaced by U+FFFD, so that both databases store the same."""
    return _UNWRITABLE.sub("\ufffd", text) if _UNWRITABLE.search(text) else text


def _writable_tree(value: Any) -> Any:
    match value:
        case str():
            return writable(value)
        case Mapping():
            return {writable(str(key)): _writable_tree(item) for key, item in value.items()}
        case list() | tuple():
            return [_writable_tree(item) for item in value]
        case _:
            return value


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_json(value: Any) -> str:
    """Serialise for a JSON column: Vietnamese as it is written, whole integers of any size, NaN refused."""
    text = _json.encode(value)
    return _json.encode(_writable_tree(value)) if _UNWRITABLE_JSON.search(text) else text


class Moment(TypeDecorator[datetime]):
    """An instant. Naive datetimes are refused on the way in (ValueError); UTC comes out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 SQLAlchemy's signature
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a Moment needs a timezone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Written(TypeDecorator[str]):
    """Text that both databases can hold; see `writable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 SQLAlchemy's signature
        return None if value is None else writable(value)


JSON_COLUMN = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# SQLite gives out ids by itself only to a column declared INTEGER; everywhere else ids are 64 bits.
ID_COLUMN = BigInteger().with_variant(Integer, "sqlite")

# A word in a text column with a CHECK: a native enum cannot lose a value and differs between the two databases.
WORD_COLUMN = Enum(
    StrEnum,
    native_enum=False,
    create_constraint=True,
    validate_strings=True,
    length=32,
    values_callable=lambda words: [word.value for word in words],
)


def canonical(value: Any) -> bytes:
    """Return one byte string for one content, whatever the order of its keys: what digests are made of."""
    text = json.dumps(_writable_tree(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
    return text.encode()
