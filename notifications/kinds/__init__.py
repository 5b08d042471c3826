"""Everything the assistant may tell somebody who did not just speak. One module a kind; this is the list."""

from notifications.kinds import ticket_replied
from notifications.letters import Kind

_LISTED: tuple[Kind, ...] = (ticket_replied,)

# By the name under which storage posts the notice: the module's own.
KINDS: dict[str, Kind] = {kind.__name__.rpartition(".")[2]: kind for kind in _LISTED}
