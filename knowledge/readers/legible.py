"""Turns what a document holds in old Vietnamese encodings into Unicode, and says so with a sample for the person."""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.readers.encodings import Legacy, by_font, in_font, recognised, sample, unicode_of
from knowledge.readers.laying import Block, Line, Row
from knowledge.wording import Words, plain

_SAY = Words("knowledge/readers/readers")
_SAMPLES = 5


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
        lines = [line.text for block in blocks for line in _lines(block)]
        legacy = recognised("\n".join(lines))
        made = [_turned(block, legacy) for block in blocks] if legacy else list(blocks)
        if legacy:
            self._converted.setdefault(legacy, []).extend(line.text for block in made for line in _lines(block))
        return made, self.warnings([line.text for block in made for line in _lines(block)])

    def warnings(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Say which encodings were converted; the sample is a whole line where a converted run stands in one."""
        return tuple(
            plain(_SAY.converted(legacy=legacy.value, sample=_seen(runs, lines)))
            for legacy, runs in self._converted.items()
        )


def _seen(runs: Sequence[str], lines: Sequence[str]) -> str:
    """Return the first line that holds the most telling run."""
    run = sample(runs).rstrip("…") or next(iter(runs), "")
    return sample([line for line in lines if run in line] or [run]) or run


def _lines(block: Block) -> Sequence[Line]:
    return (block,) if isinstance(block, Line) else tuple(line for cell in block.cells for line in cell)


def _turned(block: Block, legacy: Legacy) -> Block:
    if isinstance(block, Line):
        return replace(block, text=unicode_of(block.text, legacy))
    return Row(tuple(tuple(replace(line, text=unicode_of(line.text, legacy)) for line in cell) for cell in block.cells))
