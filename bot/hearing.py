"""What was heard, before anything of it is stored, logged or worked: tidied, masked, searched for denunciations."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from knowledge.denunciation import Suspicion, sounds_like_denunciation
from knowledge.dossier_codes import digits_of, named, proof, proof_beside
from knowledge.privacy import MaskedKind, mask
from knowledge.vietnamese import tidy

# Longer than any question; what a person pastes beyond it is cut, and the person is told.
LONGEST = 4000
# Longer than any number, address or name that is masked.
_ROOM = 200
# What is listened to at most, invisible signs and all: the rest is neither kept nor worked, whatever it says.
_LISTENED = 4 * LONGEST
# A one-time code: 128 bits in base32 are 26 letters and digits, typed in fours or in one; also one with a sign too
# many or too few. With spaces between the grouping is strict: Vietnamese without marks is letters and spaces too.
_SIGN = "[A-Z0-8]"
# Word processors and phones make other dashes of a hyphen; a line broken in the middle leaves a space.
_DASH = "[-_\u2010-\u2015\u2212]"
_SHAPES = (
    # In one, only with a digit in it (all but 1 in 200 have one): words run together are letters too.
    rf"(?=\w*\d){_SIGN}{{22,30}}",
    rf"(?:{_SIGN}{{2,6}}{_DASH}){{5,7}}{_SIGN}{{1,6}}",
    rf"(?:{_SIGN}{{4}}(?: ?(?:{_DASH}|[.,]) ?| )){{6}}{_SIGN}{{2}}",
)
_CODE = re.compile(rf"(?<![\w-])(?:{'|'.join(_SHAPES)})(?![\w-])", re.IGNORECASE)
# Whatever follows the command is meant as a code, however it was mistyped; of the spoken form, what has its dashes.
# A mailbox that somebody names for themselves is as little a text to be kept.
_COMMANDED = (
    re.compile(r"^/lienket (\S.*)$", re.IGNORECASE),
    re.compile(r"^(?:/nhantin(?:@\w+)?|nh[ậa]n tin) (?:email |thư )?(\S+@\S+)$", re.IGNORECASE),
    re.compile(rf"^(?:m[ãa] )?li[êe]n k[ếe]t\W+({_SIGN}{{4}}(?:{_DASH}{_SIGN}{{1,6}})+)\W*$", re.IGNORECASE),
)
# The PIN of a dossier's receipt: "HS" and three groups of four. Without its "HS" it has its dashes.
_BREAK = rf"(?: ?{_DASH} ?|[. ])?"
_GROUP = rf"{_SIGN}{{4}}"
_PIN = re.compile(
    rf"(?<!\w)(?<!{_DASH})(?:HS(?:{_BREAK}{_GROUP}){{3}}|{_GROUP}(?:{_DASH}{_GROUP}){{2}})(?!\w|{_DASH})",
    re.IGNORECASE,
)
_PROVING = re.compile(r"(?<![\d/.])(?<!năm )(?<!nam )\d(?:[ .\-()]{0,2}\d){3,13}(?![\d/])", re.IGNORECASE)
_ENDING, _FEWEST_WHOLE = 4, 9
_FEW_WORDS, _LONGEST_PROOF, _PIN_SIGNS = 10, 200, 12
_HIDDEN = "••••"
_OFFICIAL = frozenset({MaskedKind.PHONE, MaskedKind.EMAIL})


@dataclass(frozen=True, slots=True)
class Hearing:
    """`text`: what may be stored and worked. `cut`: it was too long.

    `secret`: a one-time code or the PIN of a receipt that stood in it; or the digits of a number, where it is nothing
    but one, or they stand behind the code of a dossier: they may prove whose it is, and stand in no record.

    `delicate`: digits stand in it that may prove something, if they were asked for (`proving`): before it is worked
    nothing of it is kept.

    `typed`: all of it, in memory for the length of the turn; see `officially`.
    `attachment`: what came instead of a text, where the channel knows and the update that goes on does not say it.
    """

    text: str = ""
    masked: frozenset[MaskedKind] = frozenset()
    suspicion: Suspicion | None = None
    secret: str = ""
    delicate: bool = False
    cut: bool = False
    attachment: str = ""
    typed: str = field(default="", repr=False)


@dataclass(slots=True)
class Plain:
    """Tells what merely names a procedure. The desk does once it is open: hearing comes before any turn has one."""

    asks: Callable[[str], bool] = lambda _text: False


PLAIN = Plain()


def listen(text: str) -> Hearing:
    """Hear one text. With a suspicion nothing of the text goes on."""
    endless = len(text) > _LISTENED
    text = tidy(text[:_LISTENED])
    if endless:  # half of a number, at the end, would be no number any more
        text = text[:-_ROOM]
    typed = text[: LONGEST + _ROOM]
    text, pin = _without_pin(text)  # twelve letters by chance are no words to be judged
    if (suspicion := sounds_like_denunciation(text)) and not PLAIN.asks(text):
        return Hearing(suspicion=suspicion, typed=typed)
    text, secret = (text, pin) if pin else _without_secret(text)
    # Masked before it is cut: half of a number, at the end, would be no number any more.
    found = mask(text[: LONGEST + _ROOM])
    return Hearing(
        found.text[:LONGEST].strip(),
        found.kinds,
        secret=secret,
        delicate=bool(secret or _may_prove(typed)),
        cut=endless or len(text) > LONGEST,
        typed=typed,
    )


def officially(hearing: Hearing) -> Hearing:
    """Hear again what staff write into the register for somebody who asked.

    A colleague's name, the office's phone and its address are what such an answer consists of, so they neither accuse
    nor are masked; ids, tax codes and card numbers are.
    """
    if not hearing.typed or (hearing.secret and not hearing.secret.isdigit()):
        return hearing
    found = mask(hearing.typed, but=_OFFICIAL)
    return replace(hearing, text=found.text[:LONGEST].strip(), masked=found.kinds, suspicion=None)


def proving(hearing: Hearing) -> Hearing:
    """Hear again what is typed where digits were asked for: they go into no record, however they are put.

    A longer text, a year and the number of a decree are something else that somebody asks in between.
    """
    if hearing.suspicion or named(hearing.text):
        return hearing
    digits = hearing.secret or _may_prove(hearing.typed)
    if not digits:
        return hearing
    return replace(hearing, text=re.sub(r"[\d*]", "•", hearing.text), masked=frozenset(), secret=digits)


def _may_prove(typed: str) -> str:
    groups = _PROVING.findall(typed) if len(typed) <= _LONGEST_PROOF and len(typed.split()) <= _FEW_WORDS else []
    digits = digits_of(groups[0]) if len(groups) == 1 else ""
    return digits if len(digits) == _ENDING or len(digits) >= _FEWEST_WHOLE else ""  # no sum and no day


def _without_pin(text: str) -> tuple[str, str]:
    for found in _PIN.finditer(text):
        letters = re.sub(r"[\W_]", "", found[0].upper())[-_PIN_SIGNS:]
        if _is_a_pin(letters, dashed=re.search(_DASH, found[0]) is not None):
            return f"{text[: found.start()]}{_HIDDEN}{text[found.end() :]}", f"HS{letters}"
    return text, ""


def _is_a_pin(letters: str, *, dashed: bool) -> bool:
    """Tell it from words: one of its signs is a digit. "hs giay phep 2025" has a group that is nothing else."""
    groups = [letters[start : start + 4] for start in range(0, _PIN_SIGNS, 4)]
    has_both = re.search("[2-7]", letters) and re.search("[A-Z]", letters)
    return bool(has_both) and (dashed or not any(map(str.isdigit, groups)))


def _without_secret(text: str) -> tuple[str, str]:
    hidden, secret = _without_code(text)
    if secret:
        return hidden, secret
    digits, hidden = proof_beside(text)
    return (hidden, digits) if digits else (text, proof(text))


def _without_code(text: str) -> tuple[str, str]:
    for shape in _COMMANDED:
        if commanded := shape.search(text):
            return f"{text[: commanded.start(1)]}{_HIDDEN}{text[commanded.end(1) :]}", commanded[1]
    # A dossier's code with a dash between all of its parts has the shape of one, too.
    if (bare := _CODE.search(text)) and not _is_a_dossiers(bare[0]):
        return f"{text[: bare.start()]}{_HIDDEN}{text[bare.end() :]}", bare[0]
    return text, ""


def _is_a_dossiers(typed: str) -> bool:
    found = named(typed)
    return found is not None and found.code == typed


def heard_update(update: dict[str, Any]) -> tuple[dict[str, Any], Hearing]:
    """Return the update as it may go on, and what was heard. Entities and captions do not go on: nothing needs them."""
    for kind in ("message", "edited_message"):
        if kind in update:
            message = {key: value for key, value in update[kind].items() if key not in _DROPPED}
            hearing = listen(message["text"]) if isinstance(message.get("text"), str) else Hearing()
            if "text" in message:
                message["text"] = hearing.text
            return {**update, kind: message}, hearing
    return update, Hearing()


_DROPPED = frozenset({"entities", "caption", "caption_entities", "reply_to_message", "link_preview_options", "quote"})
