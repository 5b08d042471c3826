"""The PIN of a receipt, issued at the desk: said aloud once, and on the sheet to be printed, for half an hour."""

from handlers.office import Office
from handlers.says import words
from handlers.turn import HIDDEN_PIN, Button, Turn
from storage import Tx, dossier_links
from storage.base import NoSuchRecord
from storage.dossiers import Dossier

say = words("handlers/dossier_receipt")

# Where the page shows the sheet (bot/web/receipt).
PAGE = "phieu-pin"
MINUTES = int(dossier_links.PIN_SHOWN.total_seconds()) // 60


async def printed(turn: Turn, office: Office, dossier: Dossier, tx: Tx, *, everything: bool) -> None:
    """Issue a PIN and say it. The right to this dossier was asked before. Raises NotAllowed for who prints nothing."""
    of = say[turn.language]
    try:
        pin = await dossier_links.issue(tx, dossier, by=turn.who.person_id, at=turn.now, everything=everything)
    except NoSuchRecord:
        turn.say(of.no_owner(dossier))
        return
    link = f"{office.web_url}/#ma={HIDDEN_PIN}" if office.web_url else ""
    html = of.pin(dossier, pin, HIDDEN_PIN, link, dossier_links.PIN_USES, MINUTES)
    page = "" if turn.who.channel == "web" else office.web_url
    can_be_reached = turn.who.channel == "web" or page.startswith("https://")
    sheet = ((Button(of.sheet(), url=f"{page}/{PAGE}/{pin.id}"),),) if can_be_reached else ()
    turn.say(html, buttons=(*sheet, (Button(of.show_button(), f"/hoso {dossier.code}"),)), pin=pin.id)
