"""Hears a denunciation before it is written down: of a person, or of bribery (Law 25/2018/QH14, articles 2, 9 and 25).

Such a text is not stored where the accused may read it; the conversation shows the right door instead. Hearing one too
many costs a person one sentence, missing one may cost them dearly: in doubt it is one. But a question *about*
denunciations, rules and fines is a question.
"""

import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from knowledge.accusing import Weight, weigh
from knowledge.vietnamese import fold, has_marks, tidy

_DATA = Path(__file__).parent / "data" / "denunciation.toml"
_TOKEN = re.compile(r"[^\W_]+(?:/[^\W_]+)?|[?$%.,;!]")
_NAME = re.compile(
    r"\b(?:[ôÔ]ng|[bB]à|[aA]nh|[cC]hị|[cC]ô|[cC]hú|[bB]ác|[tT]hằng|[cC]on|[lL]ão|[đĐ]ồng chí|[đĐ]/c|M(?:r|rs|s)\.?"
    r"|[cC]án bộ|[cC]ông chức|[cC]huyên viên|[nN]hân viên|[tT]rưởng phòng|[pP]hó phòng|[gG]iám đốc|[sS]ếp)"
    r" (?:tên )?(?!Sở|Phòng|Một|Ban|Bộ|UBND|Chi|Công|ISO|QLTT|SCT|TTHC)[A-ZĐÀ-Ỹ]"
)
_SPACED_OUT = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){3,}(?!\w)")
_LOOKED_AT = 4000  # characters; a chat message is no longer, and what is longer is looked at in pieces
_OVERLAP = 400
_AT_ONCE = 100  # words
# Log odds. A pattern of bribery makes a denunciation likelier; one of a person has proved no better than the weights.
_BRIBERY_PATTERN = 1.0
_LIMIT = -0.4  # below one half: a miss costs more than a false alarm
_ASKS = 0.9  # what a question must sound surer: people ask what happens if, and accuse nobody
_SURER = 0.5  # log odds, for every doubling of a long text
_A_TALE = 7  # words
_LONG = 5  # letters: shorter tokens are single syllables

# A text that ends by asking, in folded Vietnamese or English.
_QUESTION = re.compile(
    r"(?:\?|\b(?:sao|(?:o |cho )?dau|bao nhieu|bao lau|may|(?:the|nhu) nao|nao|gi|ai|chua|kh?ong|ko|k|hong|hem|hok)"
    r"(?: (?:vay|v|z|a|ha|nhi|the|ta|nua|di|voi|em|anh|chi|ban|con|chau|bac))*)\W*$"
)


class Suspicion(StrEnum):
    """What a text sounds like."""

    PERSON = "person"  # a violation by somebody who is named or described
    BRIBERY = "bribery"


# What a pattern adds to the log odds that it is bribery.
_KIND: dict[Suspicion | None, float] = {Suspicion.BRIBERY: 2.0, Suspicion.PERSON: -1.0, None: 0.0}


@dataclass(frozen=True, slots=True)
class _Ear:
    """The patterns of denunciation.toml, ready to match."""

    others: frozenset[str]
    bare: frozenset[str]
    spellings: dict[str, str]
    signs: dict[str, re.Pattern[str]]

    def hears(self, sign: str, heard: str) -> bool:
        return self.signs[sign].search(heard) is not None


@cache
def _ear() -> _Ear:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    names: dict[str, str] = data["names"]
    signs = {name.lower(): re.compile(rf"\b{pattern}") for name, pattern in names.items()}
    for part in ("ask", "bribery", "person"):
        for name, patterns in data[part].items():
            joined = patterns if isinstance(patterns, str) else rf"\b(?:{'|'.join(patterns)})(?!_)"
            for macro, meant in names.items():
                joined = joined.replace(macro, meant)
            signs[f"{part}.{name}"] = re.compile(joined)
    spellings = {short: long for shorts, long in data["spellings"].items() for short in shorts.split()}
    words = data["words"]
    return _Ear(frozenset(words["others"].split()), frozenset(words["bare"].split()), spellings, signs)


def sounds_like_denunciation(text: str) -> Suspicion | None:
    """Return what the text denounces; None: an ordinary text. Understands missing marks, chat spelling, English."""
    for at in range(0, max(1, len(text)), _LOOKED_AT - _OVERLAP):
        if suspicion := _suspicion(tidy(text[at : at + _LOOKED_AT])):
            return suspicion
    return None


def _suspicion(text: str) -> Suspicion | None:
    pieces = list(_pieces(text))
    # Of many pieces one will sound like anything.
    sure = _SURER * math.log2(len(pieces))
    return next((found for piece in pieces if (found := heard(piece, weigh(piece), sure=sure))), None)


def _pieces(text: str) -> Iterator[str]:
    """Yield what is weighed at once: what is said of one person must not drown in what stands around it."""
    words = text.split(" ")
    for at in range(0, max(1, len(words) - _AT_ONCE // 2), _AT_ONCE // 2):
        yield " ".join(words[at : at + _AT_ONCE])


def heard(text: str, weight: Weight, *, sure: float = 0.0) -> Suspicion | None:
    """Return what a tidied text of a few sentences denounces, by its patterns and its `weight` together.

    `sure`: log odds that are asked for beyond the usual.
    """
    if weight.odds + _BRIBERY_PATTERN <= _LIMIT + sure:
        return None  # whatever its patterns are: most of what is typed ends here
    pattern = _by_patterns(text)
    if pattern is not Suspicion.BRIBERY and _QUESTION.search(fold(text)):
        sure += _ASKS
    if weight.odds + (_BRIBERY_PATTERN if pattern is Suspicion.BRIBERY else 0.0) <= _LIMIT + sure:
        return None
    money = weight.bribery + _KIND[pattern]
    return Suspicion.BRIBERY if money > 0 else Suspicion.PERSON


def _by_patterns(text: str) -> Suspicion | None:
    ear = _ear()
    heard = _heard(ear, text)
    if _bribery(ear, heard) or _squeezed(ear, text):
        return Suspicion.BRIBERY
    return Suspicion.PERSON if _person(ear, heard, named=_NAME.search(text) is not None) else None


def _heard(ear: _Ear, text: str) -> str:
    tokens = _TOKEN.findall(text.lower())
    marked = sum(has_marks(token) for token in tokens) * 3 > len(tokens)
    return " ".join(_spoken(ear, tokens, ear.others | ear.bare if marked else ear.others))


def _spoken(ear: _Ear, tokens: Iterable[str], others: frozenset[str]) -> Iterator[str]:
    for token in tokens:
        plain = fold(token)
        yield ear.spellings.get(token) or (f"{plain}_" if token in others else plain)


def _bribery(ear: _Ear, heard: str) -> bool:
    if ear.hears("bribery.english", heard):
        return not ear.hears("bribery.english_legal", heard) or ear.hears("victim", heard)
    heard = ear.signs["ask.unless"].sub(" ", heard)
    told = ear.hears("bribery.plain", heard)
    odd = ear.hears("odd", heard)
    if not told and (ear.hears("bribery.demand", heard) or ear.hears("bribery.gift", heard)):
        told = odd or not ear.hears("legit", heard)
    if not told and ear.hears("money", heard) and ear.hears("officer", heard):
        told = not (ear.hears("legit", heard) or ear.hears("ask.question", heard) or ear.hears("ask.rule", heard))
    return told and not _only_asks(ear, heard)


def _squeezed(ear: _Ear, text: str) -> bool:
    """Hear "h.ố.i l.ộ", "đ ò i t i ề n" and "doitien"."""
    joined = _SPACED_OUT.sub(lambda found: re.sub(r"[ .\-_*]", "", found.group()), fold(text))
    return any(ear.hears("bribery.squeezed", token) for token in _TOKEN.findall(joined) if len(token) >= _LONG)


def _only_asks(ear: _Ear, heard: str) -> bool:
    """Tell whether the text asks for a rule, and tells of nothing that happened."""
    happened = ear.hears("victim", heard) or ear.hears("odd", heard) or ear.hears("person.victim", heard)
    asks = ear.hears("ask.strong", heard) or (ear.hears("ask.rule", heard) and ear.hears("ask.question", heard))
    return asks and not happened and not ear.hears("ask.protest", heard)


def _person(ear: _Ear, heard: str, *, named: bool) -> bool:
    if ear.hears("person.english", heard):
        return not ear.hears("person.english_legal", heard)
    named = named or ear.hears("titled", heard)
    somebody = named or ear.hears("officer", heard)
    described = named or ear.hears("person.described", heard)
    supposed = ear.hears("ask.supposed", heard)
    asks = ear.hears("ask.question", heard) and not ear.hears("ask.protest", heard)
    if ear.hears("person.denounce", heard) and somebody and not supposed:
        return named or not (asks or ear.hears("ask.rule", heard))
    happened = ear.hears("victim", heard) and not supposed
    return (
        (ear.hears("person.victim", heard) and not supposed)
        or (ear.hears("person.blame", heard) and (somebody or described) and not asks)
        or (described and _is_a_tale(ear, heard))
        or (ear.hears("person.deed", heard) and named and not _only_asks(ear, heard))
        or (ear.hears("person.deed", heard) and somebody and (happened or not asks))
        or (ear.hears("person.slip", heard) and somebody and (named or happened) and not asks)
    )


def _is_a_tale(ear: _Ear, heard: str) -> bool:
    """Who tells of one person, and asks nothing, has a reason: too few words, or kind ones, are none."""
    other = ("ask.question", "ask.any", "ask.rule", "person.benign")
    return len(heard.split()) >= _A_TALE and not any(ear.hears(sign, heard) for sign in other)
