"""Run the main job on sample data, on this machine alone: no token, no network, no server."""

import argparse
import asyncio
import secrets
from dataclasses import dataclass

from bot import clock, logs, sample, sample_dossiers, serving
from bot.commands import Complaint, port, say
from bot.commands.sources import progress
from bot.house import House
from bot.misconfigured import MisconfiguredError
from bot.settings import Settings
from storage import Store, dossier_imports, identities
from storage.links import issue, redeem
from storage.sample import mark

LOOPBACK = "127.0.0.1"
CHANNEL = "web"


@dataclass(frozen=True, slots=True)
class Door:
    """A link by which a sample role comes in."""

    words: str
    link: str


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, help="mặc định: TROLY_WEB__PORT, rồi 8080")


def run(args: argparse.Namespace) -> int:
    settings = sample.furnished(Settings())
    logs.begin("WARNING")
    web = {"host": LOOPBACK, "public_url": ""} | ({} if args.port is None else {"port": args.port})
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=web)})
    asyncio.run(_demo(settings))
    return 0


async def _demo(settings: Settings) -> None:
    try:
        house = await House.open(settings, upgrade=True)
    except MisconfiguredError as wrong:
        raise Complaint(say.telegram_wrong(wrong.what)) from None
    await sample.seed(house.ground.store, at=clock.now())
    await house.ground.desk.refresh()
    doors = await _doors(house)
    if len(doors) == 1:  # people, but none of the sample: somebody's real office
        await house.close()
        raise Complaint(say.not_a_sample(settings.data))
    async with house.ground.store.begin() as tx:
        await mark(tx, clock.now())  # one that an older version made
    logins = {f"{role}-{secrets.token_urlsafe(6)}": identity for role, identity in doors.items()}
    try:
        async with serving.served(house, demo_logins=logins) as address:
            links = [Door(say.role(key.split("-")[0]), f"{address}/demo/{key}") for key in logins]
            async with house.ground.store.reading() as tx:
                code = await dossier_imports.oldest(tx)
            print(say.demo_ready(address, links, code, sample_dossiers.PROOF), flush=True)
            house.timetable.aside(house.ground.desk.vectorise(progress), "compute missing vectors")
            await serving.until_stopped()
    except OSError:
        raise Complaint(say.port_taken(settings.web.port)) from None


async def _doors(house: House) -> dict[str, int]:
    """Return an identity of the web chat for each sample role, the citizen first."""
    store, bot_id = house.ground.store, house.web_bot.id
    doors = {"citizen": await _identity(store, bot_id, "citizen", None)}
    for role in await sample.roles(store):
        doors[role.role] = await _identity(store, bot_id, role.role, role.person_id)
    return doors


async def _identity(store: Store, bot_id: int, role: str, person_id: int | None) -> int:
    at = clock.now()
    async with store.begin() as tx:
        who = await identities.meet(tx, channel=CHANNEL, bot_id=bot_id, outside_id=f"demo-{role}", at=at)
        if person_id is not None and who.person_id != person_id:
            await redeem(tx, await issue(tx, person_id, by=None, at=at), who.identity_id, at=at)
    return who.identity_id
