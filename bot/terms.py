"""Which version of its procedure a dossier was received under, where its export does not say so itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Self

from knowledge import dossier_codes
from knowledge.vietnamese import fold
from knowledge.workdays import Term, TermUnit
from storage import Tx, procedure_terms
from storage.procedure_terms import VersionTerm


@dataclass(frozen=True, slots=True)
class Terms:
    """The catalogue as an import asks it. `named`: by the name of a procedure, folded; a name that two bear is none."""

    coded: Mapping[str, Sequence[VersionTerm]] = field(default_factory=dict)
    named: Mapping[str, Sequence[VersionTerm]] = field(default_factory=dict)

    @classmethod
    async def read(cls, tx: Tx) -> Self:
        coded = await procedure_terms.read(tx)
        named: dict[str, dict[int, Sequence[VersionTerm]]] = {}
        for versions in coded.values():
            for name in {_plain(each.name) for each in versions} - {""}:
                named.setdefault(name, {})[versions[0].procedure] = versions
        return cls(coded, {name: only for name, found in named.items() for only in found.values() if len(found) == 1})

    def at(self, code: str | None, name: str | None, version: str | None, day: date) -> VersionTerm | None:
        """Return the version that stood on the day of receipt, or the one that the export names; None: not known.

        A procedure is known by its code, with or without the province behind it; without a code by its whole name.
        """
        if code:
            national = dossier_codes.procedure(code)
            versions = self.coded.get(code.lower()) or (self.coded.get(national[:_CODE]) if national else None) or ()
        else:
            versions = self.named.get(_plain(name or ""), ())
        if version:
            return next((each for each in versions if each.version == version), None)
        return procedure_terms.standing(versions, day)


def term_of(found: VersionTerm) -> Term | None:
    """Return the term of a version; None where it names none that can be counted."""
    try:
        return Term(Decimal(found.value), TermUnit(found.unit)) if found.value and found.unit else None
    except (ValueError, InvalidOperation):
        return None


_CODE = len("2.000674")


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
