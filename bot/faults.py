"""What this machine, its settings or its database may lack, in words; a fault of the program is none of these."""

import socket
from typing import Any

from bot.commands import say

# Of SQLAlchemy's: the server is away, the file is locked, full, read-only or no database. The others are bugs.
_STORE_AWAY = frozenset({"OperationalError", "InterfaceError", "DatabaseError", "TimeoutError"})
_NETWORK = (ConnectionError, TimeoutError, socket.gaierror)


def explained(fault: Exception) -> str | None:
    """Return what to tell whoever runs a command, without the value of any setting; None for a fault of ours."""
    # By name: a light command has imported neither pydantic's nor asyncpg's errors, and need not for this.
    words = None
    match type(fault).__module__.partition(".")[0], type(fault).__name__:
        case "pydantic_core", "ValidationError":
            words = say.bad_settings(_settings(fault))
        case ("sqlalchemy", "ArgumentError") | ("storage", "BadAddress"):
            words = say.bad_store_url()
        case "bot", "LostKey":
            words = say.lost_key(str(fault))
        case "bot", "DamagedKey":
            words = say.damaged_key(str(fault))
        case "sqlalchemy", name if name in _STORE_AWAY:
            words = say.store_away(_first_line(getattr(fault, "orig", None) or fault))
        case "asyncpg", _:
            words = say.store_away(_first_line(fault))
        case _ if isinstance(fault, _NETWORK):
            words = say.store_away(_first_line(fault))
        case _ if isinstance(fault, OSError):
            words = say.no_access(fault.filename or "", fault.strerror or "")
    return words


def _settings(fault: Exception) -> list[str]:
    errors: list[dict[str, Any]] = getattr(fault, "errors", list)()
    return ["TROLY_" + "__".join(str(part) for part in error["loc"]).upper() for error in errors]


def _first_line(fault: object) -> str:
    return str(fault).partition("\n")[0]
