"""The calendar of a document: which of its versions holds which days. No two ever hold the same day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from storage.base import Tx
from storage.controlled import IN_FORCE, Version

_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


async def make_room(tx: Tx, version: Version, begins: date) -> tuple[date | None, list[Version]]:
    """Clear the days from `begins` to the next version's. Return the day that one begins, and who lost every day."""
    others = select(Version).where(
        Version.document_id == version.document_id, Version.id != version.id, Version.state.in_(IN_FORCE)
    )
    replaced: list[Version] = []
    for other in await tx.scalars(others.order_by(Version.effective_from).with_for_update()):
        assert other.effective_from is not None  # noqa: S101 for mypy: a CHECK says so
        if other.effective_from > begins:
            return other.effective_from, replaced
        if other.effective_from == begins:
            replaced.append(other)
        if other.effective_to is None or other.effective_to > begins:
            other.effective_to = begins
    return None, replaced


async def give_back(tx: Tx, version: Version, at: datetime) -> None:
    """Let the version before go on, if the one that was withdrawn had not begun: the past stays as it was."""
    assert version.effective_from is not None  # noqa: S101 for mypy: a CHECK says so of what was in force
    if version.effective_from <= at.astimezone(_VIETNAM).date():
        return
    before = select(Version).where(
        Version.document_id == version.document_id,
        Version.state.in_(IN_FORCE),
        Version.effective_to == version.effective_from,
    )
    for other in await tx.scalars(before.with_for_update()):
        other.effective_to = version.effective_to
    await tx.flush()
