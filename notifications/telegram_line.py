"""The line of notifications to a Bot API server, by python-telegram-bot, and what a failure on it means."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)
from telegram.ext import BaseRateLimiter
from telegram.request import HTTPXRequest

from notifications.pace import HaltedError, Pace
from notifications.telegram_answers import UNREACHABLE
from notifications.transports import Gone, Later, Outcome, Refused, Unknown

# A refused token is for people to mend: nothing is lost meanwhile.
_MEND = timedelta(minutes=1)
AWAY = timedelta(seconds=5)
# All of it together stays below the time that the engine gives a transport: what that cuts off, nobody knows of.
_TURN_SECONDS = 10.0
_READ_SECONDS, _SECONDS = 15.0, 5.0
# A halt that is longer was not meant so; what it still concerns is told again.
_LONGEST_HALT = 86_400


class ServerIllError(TelegramError):
    """An answer 500, 502 or 503: the server, or the gateway before it, says that it did not take the request."""


class NoTurnError(TelegramError):
    """So many wait that one's turn did not come in time; nothing was sent."""


class FloodedError(TelegramError):
    """An answer 429. The library's own RetryAfter warns about its future whenever it is made."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("429")
        self.after = after


class Request(HTTPXRequest):
    """PTB's requests; what the library would drop or log is kept apart: the status of an ill server, and the body."""

    def __init__(self, proxy: str) -> None:
        super().__init__(
            proxy=proxy or None,
            read_timeout=_READ_SECONDS,
            write_timeout=_SECONDS,
            connect_timeout=_SECONDS,
            pool_timeout=_SECONDS,
        )

    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **more)
        if code == httpx.codes.TOO_MANY_REQUESTS:
            raise FloodedError(_asked_to_wait(payload))
        if code in {httpx.codes.INTERNAL_SERVER_ERROR, httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE}:
            raise ServerIllError(f"server error {int(code)}")
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        # The library logs an answer that it cannot read, and with it what was said to somebody.
        try:
            answer = httpx.Response(200, content=payload).json()
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


class Limiter(BaseRateLimiter[int]):
    """Every message waits for its turn of the pace that replies of the same token go by, behind them."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def process_request(  # noqa: PLR0917  PTB's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,  # noqa: ARG002  PTB's signature
        data: dict[str, Any],
        rate_limit_args: int | None,  # noqa: ARG002  PTB's signature
    ) -> Any:
        try:
            async with asyncio.timeout(_TURN_SECONDS):
                await self.pace.turn(int(data.get("chat_id") or 0), behind=True)
        except HaltedError as halt:
            raise FloodedError(timedelta(seconds=halt.seconds)) from None
        except TimeoutError:
            raise NoTurnError("no turn in time") from None
        return await callback(*args, **kwargs)


def meaning(failure: TelegramError) -> Outcome:
    """Return what a failure of the library means for what was to be sent."""
    match failure:
        case FloodedError():
            return Later(failure.after, "429", line=True)
        case Forbidden():
            return Gone("403")
        case BadRequest():  # a NetworkError too, by its class: before that one
            return Gone("400, nobody there") if is_unreachable(failure) else Refused("400")
        case InvalidToken() | Conflict() | ServerIllError() | NoTurnError():
            is_line = not isinstance(failure, NoTurnError)
            return Later(_MEND if isinstance(failure, InvalidToken) else AWAY, _name(failure), line=is_line)
        case NetworkError():
            return _broken(failure)
    return Unknown("answer cut off")


def is_unreachable(refusal: BadRequest) -> bool:
    """Tell whether Telegram refused this because nobody can be reached in this chat."""
    said = refusal.message.lower()  # the library writes the first letter large
    return any(words.lower() in said for words in UNREACHABLE)


def _broken(failure: NetworkError) -> Outcome:
    match failure.__cause__:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError():
            return Later(AWAY, "no connection", line=True)
        case httpx.PoolTimeout():
            return Later(AWAY, "too many at once")
    return Unknown("timeout" if isinstance(failure, TimedOut) else "line broke")


def _asked_to_wait(payload: bytes) -> timedelta:
    try:
        seconds = float(httpx.Response(200, content=payload).json()["parameters"]["retry_after"])
    except (ValueError, TypeError, KeyError):
        return AWAY
    return timedelta(seconds=min(max(seconds, 1), _LONGEST_HALT))


def _name(failure: TelegramError) -> str:
    return failure.message if isinstance(failure, ServerIllError | NoTurnError) else type(failure).__name__
