"""What a procedure is called, as questions are compared with it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.procedures import Variant
from knowledge.vietnamese import fold_syllable, syllables

# What names add at their end or in brackets, and people leave out.
_ASIDE = re.compile(
    r"\([^()]*\)|(?:,|;)? (?:thuộc thẩm quyền|thuộc phạm vi|do (?:Bộ|Sở|Ủy ban|UBND|cơ quan)|theo quy định"
    r"|theo thẩm quyền|trên địa bàn|thực hiện tại|quy định tại)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_OPENING = re.compile(r"^\s*(?:\([^()]*\)\s*)?(?:thủ tục(?: hành chính)?|tthc)\s*[:\-–]?\s+", re.IGNORECASE)
ASIDE = 0.35


def _phrases(said: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in said.split(", "))


# Told by words, folded: they part procedures that are about one paper.
_VARIANTS: Mapping[Variant, tuple[tuple[str, ...], ...]] = {
    Variant.REISSUED: _phrases(
        "cap lai, cap doi, lam lai, xin lai, bi mat, mat giay, danh mat, bi hong, bi rach, that lac"
    ),
    Variant.AMENDED: _phrases(
        "sua doi, bo sung, dieu chinh, thay doi, cap nhat, doi ten, doi dia, doi chu, doi nguoi, doi mau, doi thong"
        ", doi noi, doi truong, doi tru, doi dau, chuyen chu, sua giay, thay con"
    ),
    Variant.RENEWED: _phrases("gia han, het han, keo dai thoi"),
    Variant.NEW: _phrases("cap moi, lan dau, xin moi, dang ki moi, lam moi"),
    Variant.ENDED: _phrases("cham dut, thu hoi, huy bo, xoa dang, giai the, dong cua, tam ngung"),
}

VARIANT_WORDS = frozenset(word for known in _VARIANTS.values() for said in known for word in said)

# With their marks: what is lost or torn is issued again.
_LOST = frozenset({"mất", "hỏng", "rách", "cháy", "nát"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name's syllables with marks and folded, how much each belongs to its core, its neighbours, its variants."""

    marked: tuple[str, ...]
    folded: tuple[str, ...]
    core: Mapping[str, float]
    marked_set: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    variants: frozenset[Variant]
    levels: frozenset[str]

    def has(self, folded: Sequence[str]) -> bool:
        """Tell whether these syllables stand in the name one after the other."""
        return f" {' '.join(folded)} " in f" {' '.join(self.folded)} "


def called(name: str) -> Name:
    """Return a name taken apart. What stands in brackets, or only says whose competence it is, counts little."""
    plain = _OPENING.sub("", name)
    inner = _ASIDE.sub(" ", plain)
    core: dict[str, float] = dict.fromkeys((fold_syllable(key) for key in syllables(plain)), ASIDE)
    if inside := [fold_syllable(key) for key in syllables(inner)]:
        core |= dict.fromkeys(inside, 1.0)
    marked = tuple(syllables(plain)) or tuple(syllables(name))
    folded = tuple(fold_syllable(key) for key in marked)
    return Name(
        marked,
        folded,
        core,
        frozenset(marked),
        frozenset(pairwise(folded)),
        variants_of(inside or folded),
        levels_of(folded),
    )


_LEVELS = (
    (("cap tinh", "tai tinh", "o tinh"), "tinh"),
    (("cap xa", "tai xa", "o xa", "tai phuong", "o phuong"), "xa"),
    (("cap huyen",), "huyen"),
    (("trung uong", "cap tw", "cap bo"), "bo"),
)


def levels_of(folded: Sequence[str]) -> frozenset[str]:
    """Return the levels of administration that words (folded syllables) speak of: "thực hiện tại cấp tỉnh"."""
    spaced = f" {' '.join(folded)} "
    return frozenset(level for known, level in _LEVELS if any(f" {said} " in spaced for said in known))


def variants_of(folded: Sequence[str], lost: Collection[str] = ()) -> frozenset[Variant]:
    """Return which variants words (folded syllables) speak of: "cap lai" is reissued; so is what is `lost`, marked."""
    spaced = f" {' '.join(folded)} "
    found = {variant for variant, known in _VARIANTS.items() if any(f" {' '.join(said)} " in spaced for said in known)}
    return frozenset(found | ({Variant.REISSUED} if lost and not _LOST.isdisjoint(lost) else set()))


def variants_left_out(name: str) -> str:
    """Return a name, or a question, without what makes a variant of it ("cấp lại"): it is asked for another one."""
    keys = syllables(name)
    folded = [fold_syllable(key) for key in keys]
    kept = [True] * len(keys)
    for said in (said for known in _VARIANTS.values() for said in known):
        for start in range(len(keys) - len(said) + 1):
            if tuple(folded[start : start + len(said)]) == said:
                kept[start : start + len(said)] = [False] * len(said)
    return " ".join(key for key, stays in zip(keys, kept, strict=True) if stays)
