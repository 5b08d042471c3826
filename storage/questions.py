"""Questions that were asked, the kind of answer each got, and what the asker thought of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, select

from storage import dialect, journal, unanswered
from storage.asked import Kind, Question, Reason, Vote
from storage.base import NoSuchRecord, NotAllowed, Tx
from storage.straight import Straight
from storage.unanswered import Cause
from storage.who import Who

__all__ = ["Kind", "Question", "Reason", "Vote", "choose", "find", "previous", "record", "vote", "why"]


_T = Question.table()
_ASKED = Straight(dialect.once(Question), [column.name for column in _T.c if column.name not in {"id", "chosen"}])
_VOTED = dialect.replacing(Vote)


async def record(
    tx: Tx,
    *,
    who: Who,
    chat_id: int,
    update_id: int,
    text: str,
    language: str,
    kind: Kind,
    cited: Sequence[Mapping[str, Any]],
    rejected: Sequence[Mapping[str, Any]],
    ms: float,
    at: datetime,
    masked: Iterable[str],
) -> int:
    """Record a question and its kind of answer; return its id. A refusal also enters the queue.

    `text` is masked before it comes here. The same update again gives the row that is already there.
    """
    row = {
        "channel": who.channel,
        "bot_id": who.bot_id,
        "chat_id": chat_id,
        "update_id": update_id,
        "identity_id": who.identity_id,
        "person_id": who.person_id,
        "text": text,
        "language": language,
        "kind": kind,
        "cited": list(cited),
        "rejected": list(rejected),
        "masked": sorted(masked),
        "milliseconds": ms,
        "at": at,
    }
    question_id = await _ASKED.scalar(tx, row)
    if question_id is None:
        this = (_T.c.bot_id == who.bot_id, _T.c.chat_id == chat_id, _T.c.update_id == update_id)
        return int((await tx.scalars(select(_T.c.id).where(*this))).one())
    if kind is Kind.REFUSAL:
        await unanswered.open_(tx, question_id, Cause.REFUSED, at=at)
    content = {"text": text, "kind": kind}
    await journal.record(
        tx, actor_id=who.person_id, action="asked", kind="question", record_id=question_id, content=content, at=at
    )
    return int(question_id)


async def previous(tx: Tx, *, bot_id: int, chat_id: int, since: datetime) -> str | None:
    """Return the text of the last question of this chat that was no smalltalk; None: there was none since then."""
    return await tx.scalar(select(last(bot_id, chat_id, since)))


def last(bot_id: Any, chat_id: Any, since: Any) -> ScalarSelect[str | None]:
    """Return the last question of a chat that was no smalltalk, as a part of a statement; values or parameters."""
    asked = (_T.c.bot_id == bot_id, _T.c.chat_id == chat_id, _T.c.at >= since, _T.c.kind != Kind.SMALLTALK)
    return select(_T.c.text).where(*asked).order_by(_T.c.id.desc()).limit(1).scalar_subquery()


async def find(tx: Tx, question_id: int, *, for_: Who) -> Question:
    """Return a question to whoever asked it. Raises NoSuchRecord."""
    own = select(Question).where(Question.id == question_id, Question.person_id == for_.person_id)
    question = await tx.scalar(own)
    if question is None:
        raise NoSuchRecord(f"question {question_id}")
    return question


async def choose(tx: Tx, question_id: int, *, who: Who, place: int, at: datetime) -> None:
    """Record which of the offered places (counted from 0, in the order of `cited`) was meant; the last one counts.

    Raises NoSuchRecord for anybody else's question, NotAllowed where there was no such choice.
    """
    question = await find(tx, question_id, for_=who)
    if question.kind is not Kind.CHOICES or not 0 <= place < len(question.cited):
        raise NotAllowed(f"question {question_id} offered no choice {place}")
    question.chosen = place
    await tx.flush()
    await journal.record(
        tx,
        actor_id=who.person_id,
        action="chose",
        kind="question",
        record_id=question_id,
        content={"place": place},
        at=at,
    )


async def vote(tx: Tx, question_id: int, *, who: Who, up: bool, at: datetime) -> None:
    """Record what the asker thinks; only the asker may. A second vote replaces the first. Raises NoSuchRecord.

    What was voted down is queued at once: most people say no more than that.
    """
    await find(tx, question_id, for_=who)
    values = {"up": up, "reason": None, "at": at}
    await tx.execute(_VOTED.of(tx), {"question_id": question_id, **values})
    if not up:
        await unanswered.open_(tx, question_id, Cause.VOTED_DOWN, at=at)
    await journal.record(
        tx, actor_id=who.person_id, action="voted", kind="question", record_id=question_id, content={"up": up}, at=at
    )


async def why(tx: Tx, question_id: int, *, who: Who, reason: Reason, at: datetime) -> None:
    """Record why the asker voted it down.

    Raises NoSuchRecord for anybody else's question, NotAllowed for one that was not voted down.
    """
    await find(tx, question_id, for_=who)
    cast = await tx.get(Vote, question_id, populate_existing=True)
    if cast is None or cast.up:
        raise NotAllowed(f"question {question_id} was not voted down")
    cast.reason = reason
    await tx.flush()
    await journal.record(
        tx,
        actor_id=who.person_id,
        action="explained",
        kind="question",
        record_id=question_id,
        content={"reason": reason},
        at=at,
    )
