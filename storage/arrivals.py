"""What is known when somebody speaks: who they are, their half-filled form, what they asked before. One statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam

from storage import forms, identities, questions
from storage.forms import Form
from storage.identities import Identity
from storage.straight import Line, Straight
from storage.who import Who


@dataclass(frozen=True, slots=True)
class Arrival:
    """`who` None: never met, or revoked. `previous`: the last question of this chat that was no smalltalk.

    `beside`: the data of the sheet that was asked for beside the form.
    """

    who: Who | None
    form: Form
    previous: str | None
    beside: dict[str, Any]


_BESIDE = forms.TABLE.alias("beside")
# Every turn of every chat begins with this statement.
_ARRIVAL = Straight(
    identities.WHO.add_columns(
        forms.TABLE.c.state.label("form_state"),
        forms.TABLE.c.data.label("form_data"),
        _BESIDE.c.data.label("beside_data"),
        questions.last(bindparam("bot"), bindparam("chat"), bindparam("since")).label("previous"),
    )
    .outerjoin(forms.TABLE, forms.TABLE.c.key == bindparam("form"))
    .outerjoin(_BESIDE, _BESIDE.c.key == bindparam("beside"))
    .where(Identity.bot_id == bindparam("bot"), Identity.number == bindparam("number"))
)


async def of(line: Line, *, bot_id: int, chat_id: int, number: int, form: str, beside: str, since: datetime) -> Arrival:
    """Return what is known of the person with this number of this bot, who speaks in this chat.

    `form`, `beside`: the keys of their form and of a second sheet. `since`: how far back a question still counts as the
    one before.
    """
    known = {"bot": bot_id, "chat": chat_id, "number": number, "form": form, "beside": beside, "since": since}
    rows = await _ARRIVAL.rows(line, known)
    if not rows:
        return Arrival(None, Form(None, {}), None, {})
    first = rows[0]
    form_ = Form(first.form_state, first.form_data or {})
    return Arrival(identities.of_rows(rows), form_, first.previous, first.beside_data or {})
