"""Everything the assistant may tell somebody who did not just speak. One module a kind; this is the list."""

from notifications.kind import Kind
from notifications.kinds import (
    dossier_assigned,
    dossier_digest,
    dossier_feed_stale,
    dossier_moved,
    dossier_urgent,
    mailbox_code,
    nobody_reached,
    ticket_opened,
    ticket_replied,
    unanswered_waiting,
    validity_flagged,
)

_LISTED: tuple[Kind, ...] = (
    dossier_assigned,
    dossier_digest,
    dossier_feed_stale,
    dossier_moved,
    dossier_urgent,
    mailbox_code,
    nobody_reached,
    ticket_opened,
    ticket_replied,
    unanswered_waiting,
    validity_flagged,
)

# By the name under which storage posts the notice: the module's own.
KINDS: dict[str, Kind] = {kind.__name__.rpartition(".")[2]: kind for kind in _LISTED}
