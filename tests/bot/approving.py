"""Another process, which approves a version while somebody asks. It imports no messenger, so that it starts quickly."""

import asyncio
from datetime import date

from storage import Store, documents
from tests.conftest import KEYS, NOW

SECOND = "Hồ sơ bị mất phải được lập biên bản và báo lãnh đạo trong ba ngày làm việc."
DAY = date(2026, 11, 22)


def approve_the_second(url: str) -> None:
    """Draft, check and approve the next version, as another process does."""

    async def act() -> None:
        store = Store.at(url, keys=KEYS)
        async with store.begin() as tx:
            row = await documents.draft(
                tx,
                code="STCL",
                title="Sổ tay chất lượng",
                version="2",
                audience="public",
                origin="internal",
                source_name="so-tay.docx",
                source=SECOND.encode(),
                places=[documents.PlaceRow("7.5", "Thông tin", SECOND)],
                writer_id=1,
                at=NOW,
            )
            await documents.check(tx, row.id, by=5, at=NOW)
            await documents.approve(tx, row.id, by=6, effective_from=DAY, effective_from_confirmed=True, at=NOW)
        await store.close()

    asyncio.run(act())
