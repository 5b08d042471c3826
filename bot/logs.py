"""Structured logs: one JSON object a line on standard error, without personal data or tokens."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

# What a log line may carry beside its event: numbers, names of things, never what somebody typed.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{20,}")


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info and record.exc_info[0]:
            # The chain of places, not the message: an SQL error's message holds the row it was about.
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return _TOKEN.sub("…", json.dumps(line, ensure_ascii=False, default=str))


def _places(record: logging.LogRecord) -> list[str]:
    trace = record.exc_info[2] if record.exc_info else None
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


# Whose lines are ours. A library's finer ones hold what passes through it: aiosqlite's the parameters of a statement.
_ROOMS = ("bot", "handlers", "notifications", "knowledge", "storage")


def begin(level: str) -> None:
    """Send every logger's lines to standard error. Libraries speak from warnings up, whatever the level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for room in _ROOMS:
        logging.getLogger(room).setLevel(level.upper())
