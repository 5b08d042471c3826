"""What is done once a day for the whole office: old versions retire, old texts are forgotten."""

from datetime import datetime, timedelta

from bot.settings import Settings
from knowledge.workdays import today
from notifications.kinds import KINDS
from storage import Store, documents, mailbox_codes, retention, undelivered

# A mailbox that nobody confirms may be a stranger's.
_UNCONFIRMED = timedelta(days=7)


async def keep_house(store: Store, settings: Settings, now: datetime) -> None:
    """Do what is due; done twice it does nothing more."""
    kept = settings.retention
    async with store.begin() as tx:
        await documents.retire(tx, day=today(now), at=now)
        await retention.sweep(
            tx,
            messages_before=now - timedelta(days=kept.messages_days),
            questions_before=now - timedelta(days=kept.questions_days),
            at=now,
        )
        keep = [name for name, kind in KINDS.items() if kind.KEEP]
        await mailbox_codes.sweep(tx, now - _UNCONFIRMED)
        await undelivered.forget_told(tx, before=now - timedelta(days=kept.told_days), keep=keep)
