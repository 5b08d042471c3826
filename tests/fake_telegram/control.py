"""`POST /_ctl` with JSON `{op, …}`: what a test says in Python, for other processes and for the playground page."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from .content import PNG
from .faults import Kind, Limits
from .groups import Channel, Group
from .refusals import Json
from .rooms import Message, Room
from .snapshot import call_shown, snapshot
from .user import User

if TYPE_CHECKING:
    from .server import Fake

PAGE = Path(__file__).parent / "playground"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
# The page may load nothing from outside, and nothing a bot says can run in it.
_POLICY = "default-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
_PLAIN = {"album", "voice", "audio", "video", "video_note", "animation", "sticker", "dice", "location"}
Op = Callable[["Fake", Json], Awaitable[Json]]


async def user(fake: "Fake", p: Json) -> Json:
    known = fake.user(int(p["id"]), p.get("name", ""), username=p.get("username", ""), language=p.get("language", "vi"))
    return {"id": known.id}


async def group(fake: "Fake", p: Json) -> Json:
    members = [fake.user(int(number)) for number in p.get("members", [])]
    return {"id": fake.group(int(p["id"]), p.get("title", "Nhóm"), members).id}


async def channel(fake: "Fake", p: Json) -> Json:
    return {"id": fake.channel(int(p["id"]), p.get("title", "Kênh")).id}


def _who(fake: "Fake", p: Json) -> User:
    return fake.user(int(p["user"]))


def _where(fake: "Fake", p: Json) -> Room:
    """Return the room that `to` names; without it, the private chat of `user`."""
    if "to" not in p:
        return _who(fake, p)
    room = next((room for room in fake.rooms if room.id == int(p["to"])), None)
    if room is None:
        raise ValueError(f"no room {p['to']}")
    return room


def _message(fake: "Fake", p: Json, name: str = "message") -> Message:
    room = _where(fake, p)
    return Message(room, room.chat.messages[int(p[name])])


async def says(fake: "Fake", p: Json) -> Json:
    room = _where(fake, p)
    if isinstance(room, Channel):
        return {"message": (await room.posts(p["text"])).id}
    reply_to = _message(fake, p, "reply_to") if p.get("reply_to") else None
    return {"message": (await _who(fake, p).says(p["text"], to=room, reply_to=reply_to)).id}


async def starts(fake: "Fake", p: Json) -> Json:
    return {"message": (await _who(fake, p).starts(p.get("payload", ""))).id}


async def edits(fake: "Fake", p: Json) -> Json:
    return {"message": (await _who(fake, p).edits(_message(fake, p), p["text"])).id}


async def presses(fake: "Fake", p: Json) -> Json:
    press = await _who(fake, p).presses_data(p["data"], int(p["message"]), at=_where(fake, p))
    return {"query": press.query.id}


async def sends(fake: "Fake", p: Json) -> Json:
    """`kind`: a method of User without `sends_` (photo, voice, sticker, poll, …), or own_phone. `content` is base64."""
    who, to, caption = _who(fake, p), _where(fake, p), p.get("caption", "")
    file = base64.b64decode(p["content"]) if p.get("content") else None
    match p["kind"]:
        case "photo":
            await who.sends_photo(caption, file or PNG, to=to)
        case "document":
            await who.sends_document(p.get("name", "don.pdf"), file or b"%PDF-1.4", caption, size=p.get("size"), to=to)
        case "own_phone":
            await who.shares_own_phone(p.get("phone", "+84900000000"), to=to)
        case "contact":
            await who.sends_contact(p.get("phone", "+84911111111"), p.get("name", "Người khác"), to=to)
        case "venue":
            await who.sends_venue(p.get("title", "Sở"), p.get("address", ""), to=to)
        case "poll":
            await who.sends_poll(p.get("question", "?"), *p.get("options", ["A", "B"]), to=to)
        case str(kind) if kind in _PLAIN:
            await getattr(who, f"sends_{kind}")(to=to)
        case other:
            raise ValueError(f"no kind {other}")
    return {}


async def forwards(fake: "Fake", p: Json) -> Json:
    """Forward `message` of the room `to` into the private chat of `user`."""
    await _who(fake, p).forwards(_message(fake, p), hidden=bool(p.get("hidden")))
    return {}


async def blocks(fake: "Fake", p: Json) -> Json:
    await _who(fake, p).blocks()
    return {}


async def unblocks(fake: "Fake", p: Json) -> Json:
    await _who(fake, p).unblocks()
    return {}


async def migrates(fake: "Fake", p: Json) -> Json:
    room = _where(fake, p)
    if not isinstance(room, Group):
        raise TypeError("only a group migrates")
    return {"id": await room.migrates(_who(fake, p))}


async def push(fake: "Fake", p: Json) -> Json:
    return {"update_id": fake.push(p["update"], chat=p.get("chat"))}


async def fault(fake: "Fake", p: Json) -> Json:
    more = {name: p[name] for name in ("chat", "times", "chance", "seed", "retry_after", "seconds") if name in p}
    return fake.fault(Kind(str(p["kind"])), p.get("method", "*"), **more).shown()


async def lift(fake: "Fake", _: Json) -> Json:
    fake.faults.lift()
    return {}


async def limits(fake: "Fake", p: Json) -> Json:
    """`{"off": true}` or overall, per_chat, per_group; null for none."""
    names = ("overall", "per_chat", "per_group")
    chosen = None if p.get("off") else Limits(**{name: p[name] for name in names if name in p})
    for world in fake.worlds.values():
        world.flood.limits = chosen
    return {}


async def later(fake: "Fake", p: Json) -> Json:
    fake.later(float(p["seconds"]))
    return {}


async def calls(fake: "Fake", p: Json) -> Json:
    """The record from `after` on; `next` is where to go on."""
    after = int(p.get("after", 0))
    return {"calls": [call_shown(call) for call in fake.calls[after:]], "next": len(fake.calls)}


async def clear(fake: "Fake", _: Json) -> Json:
    fake.calls.clear()
    return {}


async def state(fake: "Fake", _: Json) -> Json:
    return snapshot(fake)


OPS: dict[str, Op] = {
    op.__name__: op
    for op in (
        user, group, channel, says, starts, edits, presses, sends, forwards, blocks, unblocks, migrates,
        push, fault, lift, limits, later, calls, clear, state,
    )
}  # fmt: skip


class Control:
    def __init__(self, fake: "Fake") -> None:
        self.fake = fake

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/_ctl", self._control)
        app.router.add_get("/_watch", self._watch)
        app.router.add_get("/_file/{file_id}", self._file)
        for address, name in (("/", "page.html"), ("/page.js", "page.js"), ("/page.css", "page.css")):
            app.router.add_get(address, _asset(PAGE / name))

    async def _control(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # no form of a foreign page gets through
            return web.json_response({"error": "JSON only"}, status=415)
        asked: Json = await request.json()
        try:
            return web.json_response(await OPS[asked.pop("op")](self.fake, asked))
        except (AssertionError, KeyError, TypeError, ValueError) as wrong:
            return web.json_response({"error": f"{type(wrong).__name__}: {wrong}"}, status=400)

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        """Wait until something changed after `?seen=`, at most 20 s, then show everything."""
        shown = snapshot(self.fake)
        for _ in range(20):
            if shown["seen"] != request.query.get("seen"):
                break
            await self.fake.world.bell.rung(1)  # calls and trouble change without a ring
            shown = snapshot(self.fake)
        return web.json_response(shown)

    async def _file(self, request: web.Request) -> web.Response:
        stored = self.fake.world.files.by_id(request.match_info["file_id"])
        if stored is None:
            raise web.HTTPNotFound
        kind = "image/*" if stored.kind in {"photo", "sticker"} else "application/octet-stream"
        return web.Response(body=stored.content, headers={"Content-Type": kind, "Content-Security-Policy": "sandbox"})


def _asset(file: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    text = file.read_text(encoding="utf-8")
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}

    async def send(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=_TYPES[file.suffix], charset="utf-8", headers=headers)

    return send
