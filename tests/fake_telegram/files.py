"""Files on the server: what people and the bot sent, by file_id and by file_path."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from .parameters import Upload
from .refusals import Json, Refused, bad

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")
# The fields that each kind has beside id and size, and the folder and the suffix of its path.
_KINDS: dict[str, tuple[str, str, Json]] = {
    "photo": ("photos", ".jpg", {"width": 90, "height": 90}),
    "document": ("documents", "", {}),
    "voice": ("voice", ".oga", {"duration": 3, "mime_type": "audio/ogg"}),
    "audio": ("music", ".mp3", {"duration": 30, "mime_type": "audio/mpeg"}),
    "video": ("videos", ".mp4", {"width": 320, "height": 240, "duration": 5, "mime_type": "video/mp4"}),
    "animation": ("animations", ".mp4", {"width": 320, "height": 240, "duration": 2, "mime_type": "video/mp4"}),
    "video_note": ("video_notes", ".mp4", {"length": 240, "duration": 4}),
    "sticker": (
        "stickers",
        ".webp",
        {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
    ),
}
KINDS = tuple(_KINDS)
_NAMED = {"document", "audio", "video", "animation"}


@dataclass(frozen=True, slots=True)
class Stored:
    kind: str
    name: str
    path: str
    content: bytes
    shown: Json  # as it stands in a message
    size: int  # what Telegram says: a test may claim a size without storing it


class Files:
    def __init__(self) -> None:
        self._by_id: dict[str, Stored] = {}

    def put(self, kind: str, name: str, content: bytes, *, size: int | None = None) -> Stored:
        folder, suffix, fields = _KINDS[kind]
        number = len(self._by_id)
        unique = hashlib.sha256(f"{kind}{number}".encode() + content).hexdigest()
        path = f"{folder}/file_{number}{suffix or PurePosixPath(name).suffix}"
        size = len(content) if size is None else size
        shown: Json = {"file_id": f"AgAD{unique[:40]}", "file_unique_id": f"AQAD{unique[40:52]}", "file_size": size}
        if kind in _NAMED and name:
            shown["file_name"] = name
        stored = Stored(kind, name, path, content, {**shown, **fields}, size)
        self._by_id[shown["file_id"]] = stored
        return stored

    def received(self, kind: str, given: Upload | str) -> Stored:
        """Take what the bot sends: bytes, or the file_id of a file that is already here."""
        if isinstance(given, str):
            return self._known(kind, given)
        if not given.content:
            raise bad("file must be non-empty")
        if len(given.content) > UPLOAD_LIMIT:
            raise Refused(413, "Request Entity Too Large")
        if kind == "photo" and len(given.content) > PHOTO_LIMIT:
            raise bad(f"file is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes")
        if kind == "photo" and not given.content.startswith(_PICTURES):
            raise bad("IMAGE_PROCESS_FAILED")
        return self.put(kind, given.name, given.content)

    def _known(self, kind: str, file_id: str) -> Stored:
        if not file_id:
            raise bad(f"there is no {kind.replace('_', ' ')} in the request")
        if file_id.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")  # the fake reaches no network
        known = self._by_id.get(file_id)
        if known is None:
            raise bad("wrong file identifier/HTTP URL specified")
        if kind not in {known.kind, "document"}:
            raise bad(f"can't use file of type {known.kind.title()} as {kind.title()}")
        return known

    def described(self, file_id: str) -> Json:
        """Answer getFile."""
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if stored.size > DOWNLOAD_LIMIT:
            raise bad("file is too big")
        names = ("file_id", "file_unique_id", "file_size")
        return {**{name: stored.shown[name] for name in names}, "file_path": stored.path}

    def by_id(self, file_id: str) -> Stored | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> Stored | None:
        return next((stored for stored in self._by_id.values() if stored.path == path), None)
