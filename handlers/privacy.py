"""`/riengtu`: what is held about me, a copy of it, forget me, take a consent back (Law 91/2025/QH15)."""

import json
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from handlers.office import Office
from handlers.pieces import in_pieces
from handlers.says import Says, words
from handlers.turn import Button, Rows, Saying, Turn
from knowledge.wording import plain
from storage import consents, privacy

router = Router(name=__name__)
say = words("handlers/privacy")

# A copy is given in the chat itself; beyond so many messages the oldest part of the conversation is left out of it.
MOST = 20
_PIECE = 3400
# Escaped, a character may take six.
_LINE = 500


@router.message(Says("riengtu", "rieng tu", "quyen rieng tu", "du lieu ve toi", "privacy", "my data"))
@router.callback_query(Says("riengtu"))
async def show(_event: Message | CallbackQuery, turn: Turn, office: Office, rest: str) -> None:
    wish, _, about = rest.partition(" ")
    match wish:
        case "tai":
            await _copy(turn)
        case "xoa":
            of = say[turn.language]
            rows: Rows = ((Button(of.erase_yes(), "/riengtu xoahet"),), (Button(of.erase_no(), "/riengtu"),))
            turn.say(of.erase_sure(staff=turn.who.is_staff), buttons=rows, numbered=True)
        case "xoahet":
            await _erase(turn)
        case "rut":
            await _withdraw(turn, about)
        case _:
            await _summary(turn, office)


async def _summary(turn: Turn, office: Office) -> None:
    async with turn.reading() as tx:
        held = await privacy.held(tx, turn.who)
        standing = [given for given in await consents.of(tx, turn.who.person_id) if given.withdrawn_at is None]
    of = say[turn.language]
    rows: list[tuple[Button, ...]] = [(Button(of.copy(), "/riengtu tai"),), (Button(of.erase(), "/riengtu xoa"),)]
    rows += [(Button(of.withdraw(given.purpose), f"/riengtu rut {given.purpose}"),) for given in standing]
    counts = {name: len(held[name]) for name in ("messages", "questions", "tickets", "addresses")}
    turn.say(
        of.summary(held["person"], counts, standing, office, staff=turn.who.is_staff),
        buttons=tuple(rows),
        numbered=True,
    )


async def _copy(turn: Turn) -> None:
    async with turn.reading() as tx:
        held = await privacy.held(tx, turn.who)
    held["messages"] = [_line(row) for row in held["messages"] if row["body"] and not row["body"].get("copy")]
    dropped = {"messages": 0, "questions": 0, "tickets": 0}
    pieces = _pieces(held)
    for kind in dropped:
        while len(pieces) > MOST and held[kind]:
            older = max(1, len(held[kind]) // 4)
            held[kind] = held[kind][older:]
            dropped[kind] += older
            pieces = _pieces(held)
    of = say[turn.language]
    turn.say(of.copied(len(pieces), dropped))
    turn.sayings.extend(Saying(of.piece(piece), copy=True) for piece in pieces)


def _pieces(held: dict[str, Any]) -> list[str]:
    return in_pieces(json.dumps(_short(held), ensure_ascii=False, indent=1, default=str), _PIECE)


def _short(value: Any) -> Any:
    """Return `value` with long texts as lists of their parts: a JSON string cannot be cut between two messages."""
    match value:
        case dict():
            return {name: _short(one) for name, one in value.items()}
        case list():
            return [_short(one) for one in value]
        case str() if len(value) > _LINE:
            return [value[at : at + _LINE] for at in range(0, len(value), _LINE)]
    return value


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """Return what somebody wants to read of a message: when, which way, which words."""
    body = row["body"]
    words_ = plain(body["html"]) if "html" in body else body.get("text") or body.get("label") or ""
    return {"at": row["at"], "direction": row["direction"], "text": words_}


async def _erase(turn: Turn) -> None:
    staff = turn.who.is_staff
    async with turn.begin() as tx:
        counts = await privacy.erase(tx, turn.who, turn.now)
        turn.form.state, turn.form.data = None, {}
        turn.say(say[turn.language].erased(counts, staff=staff))


async def _withdraw(turn: Turn, purpose: str) -> None:
    async with turn.begin() as tx:
        was = await consents.withdraw(tx, turn.who.person_id, purpose, at=turn.now)
        of = say[turn.language]
        turn.say(of.withdrawn(purpose) if was else of.nothing_to_withdraw())
