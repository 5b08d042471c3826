"""Twenty people who talk at once, and what must be true of it afterwards whatever happened on the way."""

import asyncio
import re
from collections import Counter as Tally
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from knowledge.texts import Answer, Found, Language
from storage import Store
from storage.messages import Direction, Message
from storage.questions import Question
from tests.cast import Papers, clause
from tests.fake_telegram import Fake, User

PEOPLE = 20
QUESTIONS = 3
_TOKEN = re.compile(r"⟦(\d+)\.(\d+)⟧")


def question(person: int, number: int) -> str:
    return f"câu hỏi thứ {number} của người {person}"


def library(people: int = PEOPLE, questions: int = QUESTIONS) -> Papers:
    """Return a library in which every question of every person has an answer of its own."""
    found: dict[str, Found] = {
        question(person, number): Answer((clause("1.1", f"⟦{person}.{number}⟧"),), (), Language.VI)
        for person in range(1, people + 1)
        for number in range(questions)
    }
    return Papers(found)


async def talk(fake: Fake, people: int = PEOPLE, questions: int = QUESTIONS) -> list[User]:
    """Let everybody ask, side by side, without waiting for an answer."""
    crowd = [fake.user(person) for person in range(1, people + 1)]

    async def one(user: User) -> None:
        for number in range(questions):
            await user.says(question(user.id, number))
            await asyncio.sleep(0.01)

    await asyncio.gather(*(one(user) for user in crowd))
    return crowd


def answers(user: User) -> list[int]:
    """Return which answers stand in the chat, in the order of their messages."""
    return [int(number) for text in user.texts for person, number in _TOKEN.findall(text) if int(person) == user.id]


def is_answered(user: User, questions: int = QUESTIONS) -> bool:
    return set(answers(user)) >= set(range(questions))


async def all_spoken(store: Store, bot_id: int, within: float) -> None:
    """Wait until the record says that nothing is left to be worked or said."""
    left = or_(
        and_(Message.direction == Direction.OUT, Message.spoken_at.is_(None)),
        and_(Message.direction == Direction.IN, Message.worked_at.is_(None)),
    )
    async with asyncio.timeout(within):
        while True:
            async with store.reading() as tx:
                if not await tx.scalar(select(Message.id).where(Message.bot_id == bot_id, left).limit(1)):
                    return
            await asyncio.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`repeated`: replies that reached somebody more than once, because Telegram's answer to us was lost."""

    questions: int
    replies: int
    repeated: int


async def outcome(store: Store, crowd: list[User], questions: int = QUESTIONS, *, bot_id: int | None = None) -> Outcome:
    """Check that nothing is lost, nothing doubled in the record, nothing out of order; count what was said twice."""
    async with store.reading() as tx:
        asked = [one for one in await tx.scalars(select(Question)) if one.bot_id == (bot_id or one.bot_id)]
        rows = [row for row in await tx.scalars(select(Message)) if row.bot_id == (bot_id or row.bot_id)]
    wanted = {question(user.id, number) for user in crowd for number in range(questions)}
    assert Tally(one.text for one in asked) == Tally(wanted), "every question stands in the record once"
    assert all(row.worked_at for row in rows if row.direction is Direction.IN)
    said = [row for row in rows if row.direction is Direction.OUT]
    assert all(row.spoken_at for row in said), "every reply was spoken"
    repeated = 0
    for user in crowd:
        seen = answers(user)
        first = list(dict.fromkeys(seen))
        assert first == list(range(questions)), f"{user.id} saw {seen}"
        repeated += len(seen) - len(first)
    return Outcome(len(asked), len(said), repeated)
