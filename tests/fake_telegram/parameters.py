"""The parameters of a call, however they came: query, form, multipart or JSON."""

import json
import re
from dataclasses import dataclass
from math import isfinite
from typing import Any

from aiohttp import web

from .refusals import Json, Refused, bad

_ID = re.compile(r"-?[0-9]{1,19}")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes


def whole(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad(f"field {name} must be of type Number") from None


class Params:
    """Typed access to loose values: in a form a number is a string and an object is JSON in a string."""

    def __init__(self, values: Json | None = None, uploads: dict[str, Upload] | None = None) -> None:
        self.values = values or {}
        self.uploads = uploads or {}

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) not in (None, "") or name in self.uploads

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.values.get(name)
        return default if value in (None, "") else whole(value, name)

    def chat(self, name: str = "chat_id") -> int | str:
        """Return the id of a chat, or what was given instead, such as @name."""
        given = self.text(name)
        return int(given) if _ID.fullmatch(given) else given

    def number(self, name: str) -> float:
        try:
            value = float(self.values.get(name) or 0)
        except (TypeError, ValueError):
            raise bad(f"field {name} must be of type Number") from None
        if not isfinite(value):
            raise bad(f"field {name} must be of type Number")
        return value

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes", "t", "y"}

    def parsed(self, name: str, what: str = "") -> Any:
        """Return the JSON value, None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {what or name} JSON object") from None

    def array(self, name: str) -> list[Any]:
        value = self.parsed(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad(f"can't parse {name}: expected an Array")
        return value

    def objects(self, name: str) -> list[Json]:
        value = self.array(name)
        if not all(isinstance(item, dict) for item in value):
            raise bad(f"can't parse {name}: expected an Array of Objects")
        return value

    def mapping(self, name: str, what: str = "") -> Json:
        value = self.parsed(name, what)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad(f"can't parse {what or name}: object expected")
        return value

    def file(self, name: str) -> Upload | str:
        """Return the bytes sent under this name (directly or as `attach://…`), or the file_id or address given."""
        if name in self.uploads:
            return self.uploads[name]
        return self.attached(self.text(name))

    def attached(self, reference: str) -> Upload | str:
        if reference.startswith("attach://"):
            upload = self.uploads.get(reference.removeprefix("attach://"))
            if upload is None:
                raise bad("wrong file identifier/HTTP URL specified")
            return upload
        return reference

    def shown(self) -> Json:
        """What goes into the record of calls: files by name and size."""
        return {**self.values, **{n: {"name": u.name, "size": len(u.content)} for n, u in self.uploads.items()}}


async def read(request: web.Request) -> Params:
    """Read a request; raises `Refused` for a body that is too large, no JSON, or not UTF-8."""
    values: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            body = await request.read()
            values.update(_object(json.loads(body)) if body else {})
        elif request.method == "POST":
            for name, field in (await request.post()).items():
                if isinstance(field, web.FileField):
                    with field.file:
                        uploads[name] = Upload(field.filename, field.file.read())
                else:
                    values[name] = field
        json.dumps(values, ensure_ascii=False).encode()
    except web.HTTPRequestEntityTooLarge:
        raise Refused(413, "Request Entity Too Large") from None
    except UnicodeError:
        raise bad("strings must be encoded in UTF-8") from None
    except ValueError:
        raise bad("can't parse request parameters JSON object") from None
    return Params(values, uploads)


def _object(value: Any) -> Json:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004  read() answers every malformed body alike
    return value
