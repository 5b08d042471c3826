"""What may stand in a frame from a page, which anybody may have made."""

LARGEST_ID = 2**62
MAX_DIGITS = 19
_LARGEST_ROW = 2**63 - 1  # what both databases hold: 19 digits may say more


class RefusedError(Exception):
    """This frame is not worked. `wait`: seconds after which the same frame may be sent again; None: never."""

    def __init__(self, code: str, wait: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.wait = wait


class EndedError(Exception):
    """The socket has nobody to speak for any more. The reason goes to the page in a `bye` frame."""


def row_id(value: object) -> int:
    """Return the row id in a frame; 0, which no row has, for anything else."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit()) or len(value) > MAX_DIGITS:
        return 0
    return number if (number := int(value)) <= _LARGEST_ROW else 0


def sound(value: object) -> str:
    """Return the text in a frame. JSON can name halves of characters, which no database stores."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def client_id(value: object) -> int:
    """Return the update id that a page made up: random, so that none is ever given twice. Raises RefusedError."""
    number = row_id(value)
    if not 0 < number < LARGEST_ID:
        raise RefusedError("frame")
    return number
