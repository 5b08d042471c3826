"""What the Bot API says when it refuses, in its own words (tdlib and telegram-bot-api sources)."""

from typing import Any

Json = dict[str, Any]


class Refused(Exception):  # noqa: N818  it is an answer of the API, not an error of the fake
    """An answer `ok: false`: HTTP status, description, `parameters` (retry_after in seconds, migrate_to_chat_id)."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        answer: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad(why: str) -> Refused:
    return Refused(400, f"Bad Request: {why}")


def flooded(retry_after: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def not_modified() -> Refused:
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the same as "
        "a current content and reply markup of the message"
    )


def blocked() -> Refused:
    return Refused(403, "Forbidden: bot was blocked by the user")


def other_poll() -> Refused:
    return Refused(
        409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


def webhook_active() -> Refused:
    return Refused(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
