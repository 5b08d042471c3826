"""What is known when somebody speaks: who they are, their half-filled form, what they asked before. One statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam

from storage import forms, identities, questions
from storage.base import Tx
from storage.forms import Form
from storage.identities import Identity
from storage.straight import Straight
from storage.who import Who


@dataclass(frozen=True, slots=True)
class Arrival:
    """`who` None: never met, or revoked. `previous`: the last question of this chat that was no smalltalk."""

    who: Who | None
    form: Form
    previous: str | None


# Every turn of every chat begins with this statement.
_ARRIVAL = Straight(
    identities.WHO.add_columns(
        forms.TABLE.c.state.label("form_state"),
        forms.TABLE.c.data.label("form_data"),
        questions.last(bindparam("bot"), bindparam("chat"), bindparam("since")).label("previous"),
    )
    .outerjoin(forms.TABLE, forms.TABLE.c.key == bindparam("form"))
    .where(Identity.bot_id == bindparam("bot"), Identity.number == bindparam("number"))
)


async def of(tx: Tx, *, bot_id: int, chat_id: int, number: int, form: str, since: datetime) -> Arrival:
    """Return what is known of the person with this number of this bot, who speaks in this chat.

    `form`: the key of their form. `since`: how far back a question still counts as the one before.
    """
    known = {"bot": bot_id, "chat": chat_id, "number": number, "form": form, "since": since}
    rows = await _ARRIVAL.rows(tx, known)
    if not rows:
        return Arrival(None, Form(None, {}), None)
    first = rows[0]
    return Arrival(identities.of_rows(rows), Form(first.form_state, first.form_data or {}), first.previous)
