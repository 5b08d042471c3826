"""The words of the page: complete in both languages, and all of them used."""

import re

from bot.web.pages import ROOM, Pages

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOM / "static").glob("*.js"))
TEMPLATE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOM / "templates").glob("*.html"))
PYTHON = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))


def test_both_languages_say_the_same_things() -> None:
    words = Pages("Sở thử").words
    assert words["vi"].keys() == words["en"].keys()
    assert all(text.strip() for texts in words.values() for text in texts.values())


def test_numbers_stand_in_the_same_words_of_both_languages() -> None:
    words = Pages("Sở thử").words
    assert [name for name in words["vi"] if ("{n}" in words["vi"][name]) != ("{n}" in words["en"][name])] == []


def test_every_word_is_used() -> None:
    unused = [
        name
        for name in Pages("Sở thử").words["vi"]
        if not re.search(rf"\b{name}\b", SOURCES + TEMPLATE + PYTHON)
        and not (name.startswith("error_") and f'"{name.removeprefix("error_")}"' in PYTHON)
    ]
    assert unused == []


def test_every_word_that_the_page_names_exists() -> None:
    named = re.findall(r'data-(?:word|label|title|placeholder)="(\w+)"', TEMPLATE) + re.findall(
        r'\bword\("(\w+)"', SOURCES
    )
    assert sorted(set(named) - Pages("Sở thử").words["vi"].keys()) == []


def test_what_stands_in_the_island_cannot_end_it() -> None:
    page = Pages("Sở </script><script>alert(1)</script>").page("vi", widget=False)
    assert "</script><script>alert" not in page
