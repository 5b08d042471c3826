"""Turns what a document holds in old Vietnamese encodings into Unicode, and says so with a sample for the person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from knowledge.readers.encodings import (
    Legacy,
    by_font,
    gains,
    guessed,
    in_font,
    recognised,
    sample,
    suspect,
    unicode_of,
)
from knowledge.readers.laying import Block, Line, Row
from knowledge.readers.reading import Unreadable, decoded, spoken
from knowledge.wording import Words, plain

_SAY = Words("knowledge/readers/readers")


class Legible:
    """Keeps what was converted, for the warnings."""

    def __init__(self) -> None:
        self._converted: dict[Legacy, list[str]] = {}

    def text(self, text: str, font: str) -> str:
        """Return what a run in `font` shows."""
        made = in_font(text, font) if font else text
        legacy = by_font(font) if made != text else None
        if legacy:
            self._converted.setdefault(legacy, []).append(made)
        return made

    def blocks(self, blocks: Sequence[Block]) -> tuple[list[Block], tuple[str, ...]]:
        """Return the blocks in Unicode, also where no font told the encoding, and the warnings for a person."""
        turn = self.turning(line.text for block in blocks for line in _lines(block))
        made = [_turned(block, turn) for block in blocks] if turn else list(blocks)
        return made, self.warnings([line.text for block in made for line in _lines(block)])

    def turning(self, texts: Iterable[str]) -> Callable[[str], str] | None:
        """Return what turns these texts into Unicode, if they are in an old encoding that no font tells of."""
        said = [text for text in texts if not text.isascii()]
        # All of it may be, or some among Unicode, which then must not be turned.
        whole = recognised("\n".join(said))
        legacy = whole or recognised("\n".join(filter(suspect, said)))
        if not legacy:
            return None
        wrong = frozenset(text for text in said if whole or gains(text, legacy))
        self._converted.setdefault(legacy, []).extend(unicode_of(text, legacy) for text in said if text in wrong)
        return lambda text: unicode_of(text, legacy) if text in wrong else text

    def warnings(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Say which encodings were converted; the sample is a whole line where a converted run stands in one."""
        return tuple(
            plain(_SAY.converted(legacy=legacy.value, sample=_seen(runs, lines)))
            for legacy, runs in self._converted.items()
        )


def _seen(runs: Sequence[str], lines: Sequence[str]) -> str:
    """Return the first line that holds the most telling run."""
    run = sample(runs).rstrip("…")
    return sample([line for line in lines if run in line] or [run])


def _lines(block: Block) -> Sequence[Line]:
    return (block,) if isinstance(block, Line) else tuple(line for cell in block.cells for line in cell)


def _turned(block: Block, turn: Callable[[str], str]) -> Block:
    if isinstance(block, Line):
        return replace(block, text=turn(block.text))
    return Row(tuple(tuple(replace(line, text=turn(line.text)) for line in cell) for cell in block.cells))


def text_of(source: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode a text file, in an old Vietnamese encoding too; with the warnings. Raises Unreadable for no text."""
    legible = Legible()
    try:
        text = decoded(source)
    except Unreadable as refused:
        found = guessed(source) if refused.why == "not_utf8" and b"\0" not in source else None
        if not found:
            raise
        text = spoken(found.replace("\r\n", "\n").replace("\r", "\n"))
    turn = legible.turning(text.split("\n"))
    text = "\n".join(map(turn, text.split("\n"))) if turn else text
    return text, legible.warnings(text.split("\n"))
