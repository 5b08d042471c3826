"""Imports of dossiers on both databases, and what a chat notices of them.

`python -m tests.benchmarks.dossiers [ROWS]` prints rows per second for a first import, the same file again and one in
which a tenth changed, and how long a small write of somebody else waited meanwhile (another process's, by its own
connection).
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import text

from storage import Store, schema
from tests.benchmarks.databases import databases
from tests.conftest import KEYS, NOW
from tests.dossiers import imported_file, row, table


def rows(count: int, *, changed: int = 0) -> Iterator[dict[str, str]]:
    """Yield rows of `count` dossiers; of each ten, `changed` are done."""
    for n in range(count):
        yield row(
            code=f"H32.17-26{1 + n % 12:02}{1 + n % 28:02}-{n:06}",
            phone=f"09{n % 10**8:08}",
            personal_id=f"056{n:09}",
            status="Đã xử lý xong" if n % 10 < changed else "Đang xử lý",
        )


async def _chat(store: Store, waited: list[float], over: asyncio.Event) -> None:
    while not over.is_set():
        begun = time.perf_counter()
        async with store.begin() as tx:
            await tx.execute(text("UPDATE people SET language = 'vi' WHERE id = 0"))
        waited.append(time.perf_counter() - begun)
        await asyncio.sleep(0.05)


async def _measured(url: str, count: int) -> str:
    store, chat = Store.at(url, keys=KEYS), Store.at(url, keys=KEYS)
    await schema.upgrade(store)
    waited, over, figures = list[float](), asyncio.Event(), list[str]()
    chatting = asyncio.ensure_future(_chat(chat, waited, over))
    for number, changed in enumerate((0, 0, 1)):
        content = table(rows(count, changed=changed))
        wall, cpu = time.perf_counter(), time.process_time()
        await imported_file(store, "x.csv", content, at=NOW + timedelta(hours=number))
        figures.append(
            f"{count / (time.perf_counter() - wall):6.0f}/s ({1e6 * (time.process_time() - cpu) / count:.0f} µs)"
        )
    over.set()
    await chatting
    await store.close()
    await chat.close()
    cuts = quantiles(waited, n=100)
    waits = f"{1000 * cuts[49]:.0f} / {1000 * cuts[94]:.0f} / {1000 * max(waited):.0f} ms"
    return " | ".join([*figures, waits])


def main(count: int = 5_000) -> None:
    print("database | first | again | a tenth changed | somebody else's write waits: half, 95 %, most")
    with databases() as urls:
        for name, url in urls.items():
            print(name, "|", asyncio.run(_measured(url, count)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
