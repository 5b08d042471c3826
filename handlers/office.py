"""What only the office knows. An empty value is said to be "not configured yet": the assistant never guesses."""

from dataclasses import dataclass, field

from knowledge.workdays import Hours
from storage.dossier_guesses import Budgets

# The version of the words that tell a chat what is stored: raise it when handlers/start.*.j2 says something else.
NOTICE_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class Office:
    """The office in whose name the assistant speaks.

    `hours_confirmed`: somebody at the office has confirmed `hours`; otherwise they are shown as unconfirmed.
    `working_time`: what terms are counted in; the words above are only shown.
    `denunciation_receivers`: who takes denunciations (Law 25/2018/QH14), one line each. `hotline`: for reports of
    bribery. `feedback_url`: where feedback on administrative rules is filed. Days: how long texts are kept.
    """

    name: str = "Sở Công Thương tỉnh Khánh Hòa"
    address: str = ""
    hours: str = ""
    hours_confirmed: bool = False
    working_time: Hours = field(default_factory=Hours)
    phone: str = ""
    hotline: str = ""
    denunciation_receivers: tuple[str, ...] = ()
    feedback_url: str = ""
    messages_days: int = 90
    questions_days: int = 730
    # How often somebody may try to prove whose a dossier is, and the seconds before any answer to that.
    guesses: Budgets = field(default_factory=Budgets)
    reply_floor: float = 0.0
    # After how much working time without a new export nothing is called late any more.
    stale_hours: int = 40
    # How many working days before its appointment a dossier is called soon due: when its officer is first reminded.
    soon_days: int = 3
    # Whether the office has a mail server that sends.
    writes_letters: bool = True
    # The web chat's public address; "" on a machine that has none.
    web_url: str = ""
    notice_version: str = NOTICE_VERSION
