"""Reads `passages.jsonl`: one JSON object a line, {"id", "title"?, "text"}; the id is the place."""

import json
from collections.abc import Iterator, Mapping

from knowledge.readers.reading import MOST_PLACES, Reading, Unreadable, decoded, spoken, stem
from knowledge.texts import Place


class PassagesReader:
    def reads(self, name: str, source: bytes) -> bool:
        """Decide by the name; by the content where a file is called otherwise."""
        if name.lower().endswith((".jsonl", ".ndjson")):
            return True
        first = source[:_FIRST].lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n")[0]
        return first.startswith(b"{") and b'"id"' in first and b'"text"' in first

    def read(self, name: str, source: bytes) -> Reading:
        """Read the passages in order; one that says nothing stays, so that the ids are those of the file."""
        places: dict[str, Place] = {}
        for number, passage in _passages(decoded(source, most=_MOST_BYTES)):
            place = _place(number, passage)
            if places.setdefault(place.id, place) != place:
                raise Unreadable("same_id", line=number, id=place.id)
            if len(places) > MOST_PLACES:
                raise Unreadable("too_many", most=MOST_PLACES)
        if not any(place.text for place in places.values()):
            raise Unreadable("no_places")
        return Reading(None, stem(name), tuple(places.values()))


_FIRST = 65536
_MOST_BYTES = 100_000_000  # a whole portal of procedures has some 30 MB


def _passages(text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            passage = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Unreadable("bad_json", line=number) from error
        if not isinstance(passage, dict):
            raise Unreadable("bad_json", line=number)
        yield number, passage


def _place(number: int, passage: Mapping[str, object]) -> Place:
    wanted = passage.get("id")
    name = str(wanted) if isinstance(wanted, int) and not isinstance(wanted, bool) else wanted
    said = {"id": name, "title": passage.get("title") or "", "text": passage.get("text")}
    heard = {field: spoken(value).strip() for field, value in said.items() if isinstance(value, str)}
    if missing := [field for field in said if field not in heard or (field == "id" and not heard[field])]:
        raise Unreadable("bad_passage", line=number, field=missing[0])
    return Place(**heard)
