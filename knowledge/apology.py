"""The letter of apology for a late dossier, drafted as DOCX for an officer to complete, sign and send.

Decree 61/2018/NĐ-CP, article 19 clause 9: with its reason and the new day, at the latest one day before the
appointment; a new appointment at most once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from docx import Document
from docx.document import Document as Letter
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from knowledge.official_forms import OfficialForm
from knowledge.wording import Words, plain

_FONT = "Times New Roman"
_CENTER = WD_ALIGN_PARAGRAPH.CENTER


@dataclass(frozen=True, slots=True)
class Apology:
    """What the letter says. Moments are aware, days are days in Viet Nam; what is None is left blank to be filled in.

    `applicant` stands in the file only: no record of ours repeats it.
    """

    office: str
    superior: str
    place: str
    code: str
    procedure: str
    applicant: str | None
    received: datetime | None
    due: datetime
    reason: str | None
    again: datetime | None
    last_day: date | None


def drafted(apology: Apology, form: OfficialForm | None) -> bytes:
    """Return the letter as a DOCX file, on A5 as the forms of the One-Stop desk are.

    `form` gives its name and number on the day it is printed; None leaves the heading in plain words.
    """
    say = Words("knowledge/apology")
    letter = _sheet()
    _head(letter, apology, say)
    _line(letter.add_paragraph(), (form.name if form else "Thư xin lỗi").upper(), bold=True, align=_CENTER)
    _line(letter.add_paragraph(), _said(say.to, apology.applicant), align=_CENTER)
    for said in (say.received, say.promised, say.late, say.sorry, say.again):
        _line(letter.add_paragraph(), _said(said, apology), align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _line(letter.add_paragraph(), _said(say.once), align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _sign(letter, say)
    _line(letter.add_paragraph(), _said(say.draft, form, apology.last_day), size=9, italic=True)
    file = BytesIO()
    letter.save(file)
    return file.getvalue()


def _said(macro: Callable[..., str], *about: object) -> str:
    return " ".join(plain(macro(*about)).split())


def _sheet() -> Letter:
    letter = Document()
    style = letter.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    section = letter.sections[0]
    section.page_width, section.page_height = Mm(148), Mm(210)
    section.left_margin, section.right_margin = Mm(20), Mm(12)
    section.top_margin = section.bottom_margin = Mm(13)
    return letter


def _head(letter: Letter, apology: Apology, say: Words) -> None:
    left, right = letter.add_table(rows=1, cols=2).rows[0].cells
    _cell(left, [(apology.superior.upper(), False), (apology.office.upper(), True), (_said(say.number), False)])
    _cell(right, [(_said(say.country), True), (_said(say.motto), True)])
    _line(right.add_paragraph(), _said(say.place_and_day, apology.place), size=10, italic=True, align=_CENTER)


def _sign(letter: Letter, say: Words) -> None:
    _, right = letter.add_table(rows=1, cols=2).rows[0].cells
    _cell(right, [(_said(say.signer), True)])
    _line(right.add_paragraph(), _said(say.signature), size=10, italic=True, align=_CENTER)


def _cell(cell: _Cell, lines: list[tuple[str, bool]]) -> None:
    for number, (text, bold) in enumerate(line for line in lines if line[0]):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _line(paragraph, text, bold=bold, size=10, align=_CENTER)


def _line(
    paragraph: Paragraph,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = 12,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
) -> None:
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(4)
    run = paragraph.add_run(_storable(text))
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _storable(text: str) -> str:
    """Return the text without what XML cannot hold: a pasted control character must not cost the letter."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\t\n")
