"""The rows of questions and votes; `storage.questions` is what can be done with them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Id, JsonList


class Kind(StrEnum):
    ANSWER = "answer"
    CHOICES = "choices"
    REFUSAL = "refusal"
    SMALLTALK = "smalltalk"


class Reason(StrEnum):
    """Why an answer was voted down."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    NOT_MY_QUESTION = "not_my_question"


class Question(Base):
    """One question, as masked before it was stored. `text` None: erased, and then nobody can be told from the row.

    `cited`, `rejected`: lists of {document, version, place, score}. `milliseconds`: from question to answer.
    `chosen`: of the choices that were offered, counted from 0, the one that was meant.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("bot_id", "chat_id", "update_id"),
        CheckConstraint(
            "(text IS NULL) = (person_id IS NULL) AND (text IS NULL) = (identity_id IS NULL) "
            "AND (text IS NULL) = (chat_id IS NULL) AND (text IS NULL) = (update_id IS NULL)",
            name="an_erased_question_is_nobodys",
        ),
        CheckConstraint("chosen IS NULL OR (kind = 'choices' AND chosen >= 0)", name="only_choices_are_chosen_from"),
        Index(None, "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    channel: Mapped[str]
    bot_id: Mapped[int]
    chat_id: Mapped[int | None]
    update_id: Mapped[int | None]
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("identities.id", ondelete="RESTRICT"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    text: Mapped[str | None]
    language: Mapped[str]
    kind: Mapped[Kind]
    cited: Mapped[JsonList]
    rejected: Mapped[JsonList]
    masked: Mapped[JsonList]
    chosen: Mapped[int | None]
    milliseconds: Mapped[float]
    at: Mapped[datetime]


class Vote(Base):
    """What the asker thought of the answer; one vote a question, the last one counts."""

    __tablename__ = "votes"
    __table_args__ = (CheckConstraint("reason IS NULL OR NOT up", name="only_a_vote_down_has_a_reason"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id", ondelete="CASCADE"), primary_key=True)
    up: Mapped[bool]
    reason: Mapped[Reason | None]
    at: Mapped[datetime]
