"""The code on a receipt, read from a picture of it: looked at in memory, kept nowhere, answered with what to type.

Only what looks like a dossier's code or a receipt's PIN is read out of it; a picture of anything else says nothing.
"""

import io
import logging
import re
import threading
from dataclasses import dataclass
from urllib.parse import unquote

from knowledge import dossier_codes

log = logging.getLogger(__name__)

MOST_BYTES = 12_000_000
# A phone's camera has some 50 million; read at a fraction of that a code is as good, and as much sooner.
_MOST_PIXELS = 80_000_000
_SIDE = 2_400
_FORMATS = ("JPEG", "PNG", "WEBP")
_PIN = re.compile(r"HS(?:-?[A-Z2-7]{4}){3}", re.IGNORECASE)
# One unpacked takes some 300 MB at most: several at once, of several channels, would take all of a small machine.
_ALONE = threading.Lock()


@dataclass(frozen=True, slots=True)
class Said:
    """What to type for a picture; "" if there is no code in it. `quiet`: it proves something and is not to be shown."""

    text: str = ""
    quiet: bool = False


def said(found: list[str]) -> Said:
    """Return what to type for what stood in the codes of a picture; a PIN before a dossier's code."""
    plain = [unquote(text) for text in found]
    for text in plain:
        if pin := _PIN.search(text):
            return Said(f"lien ket {pin[0]}", quiet=True)
    for text in plain:
        if code := dossier_codes.named(text):
            return Said(f"hồ sơ {code.code}")
    return Said()


def codes(picture: bytes) -> list[str]:
    """Return what the QR and bar codes of a picture say; nothing of what is no picture. Never raises."""
    import zxingcpp  # noqa: PLC0415  some 10 MB, and few send a picture
    from PIL import Image  # noqa: PLC0415  the same

    try:
        with _ALONE, Image.open(io.BytesIO(picture), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return []
            opened.draft("L", (_SIDE, _SIDE))
            opened.thumbnail((_SIDE, _SIDE))
            grey = opened.convert("L")
        pixels = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
        return [one.text for one in zxingcpp.read_barcodes(pixels)]
    except Exception as failure:  # noqa: BLE001 damage has as many names as there are formats
        log.info("no picture", extra={"why": type(failure).__name__})
        return []
