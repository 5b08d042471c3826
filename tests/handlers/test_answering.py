"""How a place is called: by its clause, its heading, or, having neither, by its own name."""

from datetime import date

import pytest

from handlers.answering import answer, label
from handlers.office import Office
from knowledge.texts import Citation, Language, Refusal
from knowledge.wording import Words, plain

NAMES = [
    ("9.2", "9.2. Đánh giá nội bộ", "Mục 9.2: Đánh giá nội bộ"),
    ("9.2", "", "Mục 9.2"),
    ("bia", "Trang bìa", "Trang bìa"),
    ("a2", "", "a2"),
]


def cited(place: str, heading: str) -> Citation:
    return Citation("BIEUPHI", "1", "Biểu phí", place, heading, "Lệ phí là 200.000 đồng.", 1.0)


@pytest.mark.parametrize(("place", "heading", "name"), NAMES)
def test_a_button_always_has_a_name(place: str, heading: str, name: str) -> None:
    assert label(cited(place, heading), Words("handlers/answering")) == name


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("place", "heading", "_name"), NAMES)
def test_the_nearest_place_is_never_called_nothing(place: str, heading: str, _name: str, language: str) -> None:
    found = Refusal(cited(place, heading), (), Language(language))
    [said] = answer(found, language=language, office=Office(), question_id=None, day=date(2026, 11, 22))
    assert "“”" not in plain(said.html)
    assert place in plain(said.html) or heading in plain(said.html)
