"""Names places: what stands in a citation and in a command must be short, plain and unique."""

import re
import unicodedata

_LONGEST = 60


def slug(text: str) -> str:
    """Return "Mục lục" as "muc-luc": ASCII letters and digits joined by hyphens, at most 60 characters; "" for none."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "-".join(re.findall(r"[a-z0-9]+", re.sub(r"[\u0300-\u036f]", "", plain)))[:_LONGEST].strip("-")


class Names:
    """Gives every place of a document a name of its own."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._last: dict[str, int] = {}  # a document of a million equal headings must not be counted through each time

    def given(self, name: str) -> bool:
        return name in self._given

    def give(self, wanted: str) -> str:
        """Return the wanted name, or with "-2", "-3" … behind it where that is taken."""
        wanted = name = wanted or "muc"
        while name in self._given:
            self._last[wanted] = self._last.get(wanted, 1) + 1
            name = f"{wanted}-{self._last[wanted]}"
        self._given.add(name)
        return name
