"""Finds the letters and the ruled lines of a PDF page, with their places (ISO 32000-1, 9.4 and 8.5).

pypdf opens the file, unpacks it within limits and knows the fonts. Its own extraction gives runs of text: what one font
draws. Where a second font draws the letters with marks between them, as LibreOffice does for a font without Vietnamese,
only the place of each letter tells where it belongs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.readers.pdf_sheet import (
    FAR,
    SAME,
    THIN,
    Budget,
    Glyph,
    Matrix,
    Rule,
    Sheet,
    matrix_of,
    numbers,
    object_of,
    point,
    straight,
    times,
)
from knowledge.readers.reading import Unreadable

if TYPE_CHECKING:
    from pypdf import PageObject
    from pypdf.generic._font import Font

_ROTATED: Mapping[int, Matrix] = {
    90: (0.0, -1.0, 1.0, 0.0, 0.0, 0.0),
    180: (-1.0, 0.0, 0.0, -1.0, 0.0, 0.0),
    270: (0.0, 1.0, -1.0, 0.0, 0.0, 0.0),
}
_STROKES = frozenset({b"S", b"s", b"B", b"B*", b"b", b"b*"})
_FILLS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_DEEPEST = 8  # forms within forms
_MOST_RULES = 50_000


@dataclass(slots=True)
class _State:
    matrix: Matrix
    font: "Font | None" = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0

    def copy(self) -> "_State":
        return _State(self.matrix, self.font, self.size, self.spacing, self.word_spacing, self.scale, self.leading)


def sheet_of(page: "PageObject", budget: Budget) -> Sheet:
    """Read a page. Raises Unreadable where the budget is spent; else whatever pypdf raises on a damaged file."""
    sheet = Sheet(budget=budget)
    content = page.get("/Contents")
    if content is not None:
        matrix = _ROTATED.get(page.rotation % 360, SAME)
        _Drawing(sheet, budget, page.pdf, matrix).run(content.get_object(), page.get("/Resources"))
    return sheet


class _Drawing:
    """The operators of a page or a form as they go by."""

    def __init__(self, sheet: Sheet, budget: Budget, pdf: Any, matrix: Matrix, depth: int = 0) -> None:
        self._sheet = sheet
        self._budget = budget
        self._pdf = pdf
        self._depth = depth
        self._state = _State(matrix)
        self._stack: list[_State] = []
        self._line = self._text = SAME
        self._path: list[Rule] = []
        self._boxes: list[Rule] = []
        self._at = self._start = (0.0, 0.0)
        self._fonts: dict[str, Font] = {}
        self._resources: Any = {}

    def run(self, content: Any, resources: Any) -> None:
        from pypdf.generic import ContentStream  # noqa: PLC0415 - only who reads a PDF waits for it

        stream = content if isinstance(content, ContentStream) else ContentStream(content, self._pdf, "bytes")
        self._budget.spend(octets=len(stream.get_data()))
        self._resources = object_of(resources) or {}
        for operands, operator in stream.operations:
            self._budget.spend(things=1)
            act = _ACTS.get(operator)
            if act is not None:
                act(self, operands)
            elif operator in _STROKES or operator in _FILLS or operator == b"n":
                self._paint(operator)

    # Graphics state and paths

    def save(self, _operands: Sequence[Any]) -> None:
        self._stack.append(self._state.copy())

    def restore(self, _operands: Sequence[Any]) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def transform(self, operands: Sequence[Any]) -> None:
        self._state.matrix = times(matrix_of(operands), self._state.matrix)

    def move(self, operands: Sequence[Any]) -> None:
        self._at = self._start = point(self._state.matrix, *numbers(operands, 2))

    def line(self, operands: Sequence[Any]) -> None:
        to = point(self._state.matrix, *numbers(operands, 2))
        self._path.append(Rule(*self._at, *to))
        self._at = to

    def close(self, _operands: Sequence[Any]) -> None:
        self._path.append(Rule(*self._at, *self._start))
        self._at = self._start

    def box(self, operands: Sequence[Any]) -> None:
        x, y, width, height = numbers(operands, 4)
        one, other = point(self._state.matrix, x, y), point(self._state.matrix, x + width, y + height)
        self._boxes.append(Rule(*one, *other))

    def _paint(self, operator: bytes) -> None:
        drawn = list(self._path) if operator in _STROKES else []
        for x1, y1, x2, y2 in self._boxes if operator != b"n" else ():
            if min(abs(x2 - x1), abs(y2 - y1)) <= THIN:
                drawn.append(Rule(x1, y1, x2, y2))
            elif operator in _STROKES:
                drawn += [Rule(x1, y1, x2, y1), Rule(x1, y2, x2, y2), Rule(x1, y1, x1, y2), Rule(x2, y1, x2, y2)]
        self._path, self._boxes = [], []
        self._sheet.rules += (rule for rule in map(straight, drawn) if rule)
        if len(self._sheet.rules) > _MOST_RULES:
            raise Unreadable("swollen")

    def do(self, operands: Sequence[Any]) -> None:
        found = object_of(object_of(object_of(self._resources).get("/XObject", {})).get(operands[0]))
        if not found:
            return
        if found.get("/Subtype") == "/Image":
            self._sheet.pictures += 1
        elif found.get("/Subtype") == "/Form" and self._depth < _DEEPEST:
            self._budget.spend(things=100)
            matrix = times(matrix_of(object_of(found.get("/Matrix")) or SAME), self._state.matrix)
            within = _Drawing(self._sheet, self._budget, self._pdf, matrix, self._depth + 1)
            within.run(found, found.get("/Resources") or self._resources)

    # Text

    def begin(self, _operands: Sequence[Any]) -> None:
        self._line = self._text = SAME

    def set_font(self, operands: Sequence[Any]) -> None:
        self._state.font = self._font(str(operands[0]))
        self._state.size = numbers(operands[1:], 1)[0]

    def set_number(self, name: str, by: float = 1.0) -> Callable[[Sequence[Any]], None]:
        return lambda operands: setattr(self._state, name, numbers(operands, 1)[0] * by)

    def shift(self, operands: Sequence[Any]) -> None:
        x, y = numbers(operands, 2)
        self._line = self._text = times((1.0, 0.0, 0.0, 1.0, x, y), self._line)

    def shift_leading(self, operands: Sequence[Any]) -> None:
        self._state.leading = -numbers(operands, 2)[1]
        self.shift(operands)

    def place(self, operands: Sequence[Any]) -> None:
        self._line = self._text = matrix_of(operands)

    def next_line(self, _operands: Sequence[Any]) -> None:
        self.shift((0.0, -self._state.leading))

    def show(self, operands: Sequence[Any]) -> None:
        for one in operands:
            if isinstance(one, bytes):
                self._show(one)

    def show_next(self, operands: Sequence[Any]) -> None:
        self.next_line(())
        self.show(operands)

    def show_spaced(self, operands: Sequence[Any]) -> None:
        self._state.word_spacing, self._state.spacing = numbers(operands, 2)
        self.show_next(operands[2:])

    def show_array(self, operands: Sequence[Any]) -> None:
        for one in object_of(operands[0]):
            if isinstance(one, bytes):
                self._show(one)
            elif isinstance(one, int | float):
                self._advance(-float(one) / 1000 * self._state.size * self._state.scale)

    def _font(self, name: str) -> "Font | None":
        if name not in self._fonts:
            from pypdf.generic._font import Font  # noqa: PLC0415 - pinned; the one place where pypdf tells widths

            found = object_of(object_of(self._resources.get("/Font", {})).get(name))
            if not found:
                return None
            self._fonts[name] = Font.from_font_resource(found)
        return self._fonts[name]

    def _advance(self, by: float) -> None:
        self._text = times((1.0, 0.0, 0.0, 1.0, by, 0.0), self._text)

    def _show(self, shown: bytes) -> None:
        state = self._state
        if state.font is None:
            return
        for code, letter, known in _letters(state.font, shown):
            width = state.font.space_width if code == state.font.space_char else state.font.get_text_width(code)
            by = (
                width / 1000 * state.size + state.spacing + (state.word_spacing if code == " " else 0.0)
            ) * state.scale
            self._put(letter, width / 1000 * state.size * state.scale, known=known)
            self._advance(by)

    def _put(self, letter: str, width: float, *, known: bool) -> None:
        self._budget.spend(things=1)
        a, b, c, d, x, y = times(self._text, self._state.matrix)
        upright = abs(b) < abs(a) / 4 and abs(c) < abs(d) / 4 and a > 0
        if not upright or not (abs(x) < FAR and abs(y) < FAR):  # a watermark across the page; or nowhere
            return
        self._sheet.unknown += not known
        font = self._state.font.name if self._state.font else ""
        self._sheet.glyphs.append(Glyph(x, y, x + width * a, abs(self._state.size * d), letter, font))


def _letters(font: "Font", shown: bytes) -> list[tuple[str, str, bool]]:
    """Return of each shown code the sign that pypdf keeps its width under, the letter, and whether that is known."""
    if isinstance(font.encoding, str):
        codes = shown.decode(font.encoding, "replace")
        wide = font.sub_type == "Type0" and not font.character_map
        return [(code, font.character_map.get(code, code), not wide) for code in codes]
    found = [(chr(byte), font.encoding.get(byte, chr(byte))) for byte in shown]
    return [(code, font.character_map.get(letter, letter), font.interpretable) for code, letter in found]


_ACTS: Mapping[bytes, Callable[[_Drawing, Sequence[Any]], None]] = {
    b"q": _Drawing.save,
    b"Q": _Drawing.restore,
    b"cm": _Drawing.transform,
    b"m": _Drawing.move,
    b"l": _Drawing.line,
    b"h": _Drawing.close,
    b"re": _Drawing.box,
    b"Do": _Drawing.do,
    b"BT": _Drawing.begin,
    b"Tf": _Drawing.set_font,
    b"Tc": lambda drawing, operands: drawing.set_number("spacing")(operands),
    b"Tw": lambda drawing, operands: drawing.set_number("word_spacing")(operands),
    b"Tz": lambda drawing, operands: drawing.set_number("scale", 0.01)(operands),
    b"TL": lambda drawing, operands: drawing.set_number("leading")(operands),
    b"Td": _Drawing.shift,
    b"TD": _Drawing.shift_leading,
    b"Tm": _Drawing.place,
    b"T*": _Drawing.next_line,
    b"Tj": _Drawing.show,
    b"TJ": _Drawing.show_array,
    b"'": _Drawing.show_next,
    b'"': _Drawing.show_spaced,
}
