"""Texts in letters say the same as texts in words, and a large collection is searched like a small one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import index as searching
from knowledge.alphabet import NOWHERE, UNKNOWN, Alphabet
from knowledge.evaluation import Labelled, mark
from knowledge.library import Library
from knowledge.texts import Answer, Question
from knowledge.vietnamese import fold_syllable, syllables
from tests.calibrate import manual
from tests.knowledge.shelf import TODAY, labelled, text


@given(st.lists(st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạốồổỗộ.,- 0123456789", max_size=30), max_size=8))
def test_every_syllable_is_one_letter_and_the_same_one_each_time(lines: list[str]) -> None:
    alphabet = Alphabet()
    for line in lines:
        letters = alphabet.learn(line)
        assert letters == alphabet.spell(line) == "".join(alphabet[key] for key in syllables(line))
        assert alphabet.folded(letters) == "".join(alphabet[fold_syllable(key)] for key in syllables(line))


def test_two_spellings_and_two_unicode_forms_are_one_word() -> None:
    alphabet = Alphabet()
    assert alphabet.learn("hoà") == alphabet.learn("hòa") == alphabet.learn("ho\u0300a")
    assert alphabet.learn("hỏi") != alphabet.learn("hội")
    assert alphabet.folded(alphabet.learn("hỏi")) == alphabet.folded(alphabet.learn("hội"))


def test_letters_of_any_number_of_words_are_neither_white_space_nor_halves_of_a_character() -> None:
    alphabet = Alphabet()
    letters = alphabet.learn(" ".join(f"từ{number}" for number in range(45_000)))
    assert len(set(letters)) == len(letters) == 45_000
    assert not any(letter.isspace() for letter in letters)
    assert letters.encode("utf-8")
    assert {UNKNOWN, NOWHERE}.isdisjoint(letters)


def test_what_the_documents_do_not_have_is_found_in_no_text() -> None:
    alphabet = Alphabet()
    alphabet.learn("hồ sơ bị mất")
    bag = alphabet.bag("hồ sơ của karaoke")
    assert alphabet.word(("hồ", "sơ")) in bag.marked
    assert alphabet.word(("hồ", "karaoke")) == NOWHERE
    assert NOWHERE not in bag.marked + bag.folded
    assert "karaoke" not in alphabet


def test_a_name_in_its_other_form_makes_no_false_neighbours() -> None:
    alphabet = Alphabet()
    for line in ("áp dụng HTQLCL hằng năm", "hệ thống quản lý chất lượng"):
        alphabet.learn(line)
    bag = alphabet.bag("áp dụng HTQLCL hằng năm")
    assert alphabet.word(tuple(syllables("quản lý chất lượng"))) in bag.marked
    assert alphabet.word(("năm", "hệ")) not in bag.marked


def test_among_very_many_passages_the_same_places_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [row for row in map(Labelled.of, labelled("questions-dev.jsonl")) if row.gold and not row.previous]
    monkeypatch.setattr(searching, "_MANY", 10)
    monkeypatch.setattr(searching, "_COMMON", 0.9)
    large = Library([manual()])
    marks = [mark(row, large.ask(Question(row.question, TODAY))) for row in asked]
    assert sum(one.offered for one in marks) >= 0.9 * len(marks)


def test_of_a_very_long_place_the_paragraph_that_answers_is_quoted() -> None:
    lines = [f"Đoạn {number}: {' '.join(['nội dung chung về công việc hằng ngày'] * 12)}." for number in range(40)]
    lines[29] = "Kho lưu trữ mở cửa từ 8 giờ, chìa khóa do văn thư giữ."
    library = Library([text(("3", "Nội quy", "\n".join(lines)))])
    found = library.ask(Question("ai giữ chìa khóa kho lưu trữ", TODAY))
    assert isinstance(found, Answer)
    assert lines[29] in found.citations[0].quote
    assert len(found.citations[0].quote) < 2000
