"""`python -m tests.fake_telegram --port 8099`: the fake by itself, with a page on which to play several people."""

import argparse
import asyncio

from .faults import Limits
from .server import TOKEN, Fake


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.fake_telegram", description=__doc__)
    words.add_argument("--host", default="127.0.0.1")
    words.add_argument("--port", type=int, default=8099)
    words.add_argument("--token", action="append", help=f"a bot's token, several times for several bots ({TOKEN})")
    words.add_argument("--flood", action="store_true", help="30 messages a second, one a second in a chat")
    asked = words.parse_args()
    tokens = asked.token or [TOKEN]
    fake = Fake(*tokens, host=asked.host, port=asked.port, limits=Limits() if asked.flood else None)
    try:
        asyncio.run(serve(fake))
    except KeyboardInterrupt:
        print()


async def serve(fake: Fake) -> None:
    async with fake:
        print(f"playground  {fake.url}/")
        print(f"API         {fake.url}    TROLY_TELEGRAM__API={fake.url}")
        for token in fake.worlds:
            print(f"token       {token}    TROLY_TELEGRAM__TOKEN={token}")
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
