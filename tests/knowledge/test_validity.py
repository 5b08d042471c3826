"""Which law a text rests on, and what has become of it."""

from datetime import date

import pytest

from knowledge.law import LegalText, Standing
from knowledge.library import Library
from knowledge.texts import Answer, Audience, ControlledText, Place, Question
from knowledge.validity import LegalTexts, cited, seeded, told

DAY = date(2026, 11, 22)
OLD = LegalText("61/2018/NĐ-CP", "Nghị định", Standing.REPLACED, date(2025, 7, 1), replaced_by=("118/2025/NĐ-CP",))


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("theo Nghị định số 61/2018/NĐ-CP ngày 23/4/2018", ["61/2018/NĐ-CP"]),
        ("NĐ 61/2018 và Thông tư 01/2018/TT-VPCP", ["61/2018/NĐ-CP", "01/2018/TT-VPCP"]),
        ("nghị định số 61/2018/nđ-cp", ["61/2018/NĐ-CP"]),
        ("Nghi dinh 61/2018/ND-CP", ["61/2018/NĐ-CP"]),
        ("Luật Hóa chất số 06/2007/QH12", ["06/2007/QH12"]),
        ("Luật 6/2007", ["06/2007/QH12"]),
        ("căn cứ Luật Thuế107/2016/QH13Nghị định61/2018/NĐ-CP", ["61/2018/NĐ-CP"]),
        # Of a circular the agency is part of the name.
        ("Thông tư 01/2018 của Bộ Tài chính", []),
        ("Thông tư 01/2018/TT-BTC", []),
        ("Nghị định 161/2018/NĐ-CP", []),
        ("ngày 13/2023", []),
        # What is named as the one that went is not rested on.
        ("từ 01/7/2026, thay NĐ 40/2018 và 18/2023", []),
        ("thay thế Nghị định 113/2017/NĐ-CP, Nghị định 82/2022/NĐ-CP; căn cứ 42/2022/NĐ-CP", ["42/2022/NĐ-CP"]),
        ("Nghị quyết 15/2026/NQ-CP tạm ngưng Nghị định 46/2026/NĐ-CP", []),
        ("Nghị định 46/2026/NĐ-CP nay đang bị tạm ngưng", []),
        ("Nghị định 46/2026/NĐ-CP quy định mức phạt", ["46/2026/NĐ-CP"]),
    ],
)
def test_what_a_text_rests_on_is_found(said: str, numbers: list[str]) -> None:
    assert [text.number for text in seeded().moved([said], DAY)] == numbers


def test_a_text_that_will_be_replaced_holds_until_then() -> None:
    law = LegalTexts([OLD])
    assert law.moved(["61/2018/NĐ-CP"], date(2025, 6, 30)) == ()
    assert law.moved(["61/2018/NĐ-CP"], date(2025, 7, 1)) == (OLD,)


def test_a_temporary_text_ends_after_its_last_day() -> None:
    law = seeded()
    assert law.moved(["64/2025/TT-BTC"], date(2026, 12, 31)) == ()
    (text,) = law.moved(["64/2025/TT-BTC"], date(2027, 1, 1))
    assert "31/12/2026" in told([text])[0]


def test_every_text_of_the_seed_says_how_sure_it_is_and_is_told_in_both_languages() -> None:
    texts = seeded().texts
    assert len({text.number for text in texts}) == len(texts)
    assert all(text.source for text in texts)
    for text in texts:
        for language in ("vi", "en"):
            (words,) = told([text], language)
            assert text.number in words
        assert (text.sure.value == "seen") == ("chưa" not in told([text])[0])
        assert text.standing is not Standing.REPLACED or text.replaced_by


def test_an_answer_says_what_has_become_of_the_law_it_quotes() -> None:
    place = Place("5.1", "Tiếp nhận hồ sơ diều", "Hồ sơ thả diều được tiếp nhận theo Nghị định 61/2018/NĐ-CP.")
    text = ControlledText("QC", "1", "Quy chế thả diều", Audience.PUBLIC, date(2020, 1, 1), None, (place,))
    library = Library([text], law=LegalTexts([OLD]))
    found = library.ask(Question("hồ sơ thả diều được tiếp nhận theo nghị định nào", DAY))
    assert isinstance(found, Answer)
    assert found.citations[0].law == (OLD,)
    whole = library.place("QC", "5.1", day=DAY, audience=Audience.PUBLIC)
    assert whole is not None
    assert whole.law == (OLD,)
    before = library.place("QC", "5.1", day=date(2025, 1, 1), audience=Audience.PUBLIC)
    assert before is not None
    assert before.law == ()


def test_numbers_of_endless_text_are_found_in_time() -> None:
    assert len(cited("Nghị định " * 20_000 + "61/2018/NĐ-CP " + "luật " * 20_000)) == 1
