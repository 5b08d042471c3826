"""The numbers on a dossier: kept as keyed hashes alone. The key lies outside the database and outside its backup.

`ending`: of the last four digits together with the dossier, so that equal endings of two dossiers cannot be told;
`whole`: of all digits, the same on every dossier of one owner, so that an applicant's dossiers are found.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Tx
from storage.types import ID_COLUMN

ENDING = 4
_BYTES = 16  # 128 bits: nobody finds two numbers of one hash
_ABROAD = re.compile(r"^(?:00)?84(?=[2-9]\d{8}$)")


class NumberKind(StrEnum):
    PHONE = "phone"
    FILER_PHONE = "filer_phone"
    PERSONAL_ID = "personal_id"
    TAX_CODE = "tax_code"


class DossierNumber(Base):
    """A number on a dossier; never itself. `shown`: what may be shown of it, masked."""

    __tablename__ = "dossier_numbers"
    __table_args__ = (Index(None, "whole"),)

    dossier_id: Mapped[int] = mapped_column(
        ID_COLUMN, ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[NumberKind] = mapped_column(primary_key=True)
    ending: Mapped[str]
    whole: Mapped[str]
    shown: Mapped[str]


def plain(number: str) -> str:
    """Return the digits of a number as it is compared: a phone with 0 instead of +84."""
    digits = re.sub(r"\D", "", number)
    return _ABROAD.sub("0", digits)


def keyed(tx: Tx, purpose: str, *parts: str) -> str:
    """Return a keyed hash. `purpose` keeps hashes of different uses apart."""
    content = "\x1f".join((purpose, *parts)).encode()
    return hmac.digest(tx.info["keys"].dossiers, content, hashlib.sha256)[:_BYTES].hex()


def whole(tx: Tx, digits: str) -> str:
    return keyed(tx, "whole", plain(digits))


def ending(tx: Tx, key: str, digits: str) -> str:
    """Return the hash of the last four digits on the dossier of this key."""
    return keyed(tx, "ending", key, plain(digits)[-ENDING:])


def rows(
    tx: Tx, dossier_id: int, key: str, numbers: Mapping[NumberKind, str], shown: Mapping[NumberKind, str]
) -> Iterable[dict[str, Any]]:
    """Yield the rows that a dossier's numbers come down to; what has fewer than four digits is no number."""
    for kind, number in numbers.items():
        if len(plain(number)) >= ENDING:
            yield {
                "dossier_id": dossier_id,
                "kind": kind,
                "ending": ending(tx, key, number),
                "whole": whole(tx, number),
                "shown": shown[kind],
            }
