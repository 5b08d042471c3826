import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.readers import Reading, Unreadable, read
from knowledge.readers.inline import words_of
from knowledge.texts import Place

PROCEDURE = """---
code: QT-07
title: "Quy trình đánh giá nội bộ"
---
# Quy trình đánh giá nội bộ

## 1. Mục đích
Quy định **trình tự** và
[trách nhiệm](https://x.vn "xem") của từng bên.

- đơn vị *một*;
- đơn vị hai:
  1. phòng a
  2. phòng b

## Chương II

Điều 5. Thời hạn giải quyết
1. Thời hạn là 30 ngày.
2. Trường hợp phức tạp:
a) không quá 45 ngày;
b) không quá 60 ngày.

**Điều 6. Lệ phí**

| Loại | Mức |
|---|---|
| Một địa điểm | 1.200.000 đ |

### 1. Nộp hồ sơ

Nộp tại <b>Một cửa</b> &amp; trực tuyến.

## Tài liệu {#tai-lieu-kem}

> Kèm theo.
"""


def _texts(reading: Reading) -> dict[str, str]:
    return {place.id: place.text for place in reading.places}


def test_front_matter_names_the_document() -> None:
    reading = read("qt07.md", PROCEDURE.encode())
    assert (reading.code, reading.title) == ("QT-07", "Quy trình đánh giá nội bộ")


def test_headings_and_articles_are_the_places_and_all_else_is_lines() -> None:
    assert _texts(read("qt07.md", PROCEDURE.encode())) == {
        "1": "Quy định trình tự và trách nhiệm của từng bên.\n- đơn vị một;\n- đơn vị hai:\n1. phòng a\n2. phòng b",
        "chuong-ii": "",
        "dieu-5": "1. Thời hạn là 30 ngày.\n2. Trường hợp phức tạp:\na) không quá 45 ngày;\nb) không quá 60 ngày.",
        "dieu-6": "Loại | Mức\nMột địa điểm | 1.200.000 đ",
        "chuong-ii-1": "Nộp tại Một cửa & trực tuyến.",
        "tai-lieu-kem": "Kèm theo.",
    }


def test_a_document_without_front_matter_names_itself_by_its_heading_and_its_code() -> None:
    reading = read("a/b/quy-trinh.md", "# QUY TRÌNH CẢI TIẾN\n\nMã hiệu: QT.03\n\n## 1 Phạm vi\n\nToàn Sở.".encode())
    assert (reading.code, reading.title) == ("QT.03", "QUY TRÌNH CẢI TIẾN")


def test_a_text_without_headings_is_one_place_and_is_called_as_its_file() -> None:
    reading = read("thong-bao.txt", "Nghỉ lễ ngày 24/11\nTrực: Văn phòng\n".encode())
    assert (reading.code, reading.title) == (None, "thong-bao")
    assert _texts(reading) == {"toan-van": "Nghỉ lễ ngày 24/11\nTrực: Văn phòng"}


def test_equal_headings_get_names_of_their_own() -> None:
    assert list(_texts(read("a.md", "# T\n## Bước\na\n## Bước\nb\n## 1. x\nc\n## 1. y\nd".encode()))) == [
        "buoc",
        "t-buoc",
        "1",
        "t-1",
    ]


def test_the_line_under_the_motto_makes_no_heading() -> None:
    text = "CỘNG HÒA\nĐộc lập - Tự do - Hạnh phúc\n---------------\n\nĐiều 1. Phạm vi\nToàn tỉnh.\n"
    assert list(_texts(read("luat.md", text.encode()))) == ["mo-dau", "dieu-1"]


@pytest.mark.parametrize(
    "source",
    [
        PROCEDURE.encode("utf-8-sig"),
        PROCEDURE.replace("\n", "\r\n").encode(),
        PROCEDURE.encode("utf-16"),
        unicodedata.normalize("NFD", PROCEDURE).encode(),
    ],
)
def test_how_the_file_was_saved_changes_nothing(source: bytes) -> None:
    assert read("qt07.md", source) == read("qt07.md", PROCEDURE.encode())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("**Điều 5.** _Thời hạn_", "Điều 5. Thời hạn"),
        ("2 * 3 * 4 và ten_bien_dai", "2 * 3 * 4 và ten_bien_dai"),
        (r"\*giữ\* `code` ~~bỏ~~", "*giữ* code bỏ"),
        ("![Sơ đồ](a.png) [x][1] <https://x.vn>", "Sơ đồ x https://x.vn"),
        ("Mẫu 01 [kèm theo] (nếu có)", "Mẫu 01 [kèm theo] (nếu có)"),
        ("a < b &lt; c<br>d", "a < b < c d"),
    ],
)
def test_the_signs_of_markdown_go_and_the_words_stay(line: str, words: str) -> None:
    assert words_of(line) == words


@pytest.mark.parametrize(
    ("name", "source", "why"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b"\xef\xbb\xbf \n", "empty"),
        ("a.md", b"abc\xe1\x00", "not_utf8"),
        ("a.md", b"a\x00b", "binary"),
        ("a.md", b"# \n", "no_places"),
        ("a.md", b"{\\rtf1 ...", "binary"),
        ("a.odt", b"PK\x03\x04...", "binary"),
        ("a.xyz", b"hello", "unknown"),
        ("a.md", b"x" * 10_000_001, "too_large"),
        ("p.jsonl", b"{", "bad_json"),
        ("p.jsonl", b"[" * 100_000, "bad_json"),
        ("p.jsonl", b'["a"]', "bad_json"),
        ("p.jsonl", b'{"id": "a"}', "bad_passage"),
        ("p.jsonl", b'{"id": " ", "text": "a"}', "bad_passage"),
        ("p.jsonl", b'{"id": "a", "text": "a"}\n{"id": "a", "text": "b"}', "same_id"),
        ("p.jsonl", b'{"id": "a", "text": ""}', "no_places"),
    ],
)
def test_what_cannot_be_read_is_said_in_both_languages(name: str, source: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(name, source)
    assert refused.value.why == why
    assert str(refused.value) == refused.value.told("vi") != refused.value.told("en")


def test_passages_keep_their_ids_titles_and_texts() -> None:
    source = '{"id": "b", "title": "T", "text": "một\\nhai"}\n\n{"id": 7, "text": "ba"}\n{"id": "c", "text": ""}\n'
    reading = read("passages.jsonl", source.encode())
    assert [(place.id, place.title, place.text) for place in reading.places] == [
        ("b", "T", "một\nhai"),
        ("7", "", "ba"),
        ("c", "", ""),
    ]
    assert (reading.code, reading.title) == (None, "passages")


def test_passages_are_known_by_their_content_too() -> None:
    assert [place.id for place in read("data.json", b'{"id": "a", "text": "b"}\n').places] == ["a"]


@given(
    st.sampled_from(["a.md", "a.txt", "p.jsonl", "x"]),
    st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")),
)
def test_a_file_is_read_or_refused_and_nothing_else(name: str, source: bytes) -> None:
    places: tuple[Place, ...] = ()
    with suppress(Unreadable):
        places = read(name, source).places
    assert len({place.id for place in places}) == len(places)
    assert all(place.id for place in places)


@pytest.mark.parametrize(
    "piece",
    [
        "[",
        "*",
        "_",
        "`",
        "<",
        "![",
        "[a](",
        "> ",
        "- ",
        "# a\n",
        "**a",
        "|a|\n|-|\n",
        "1. ",
        "Điều 1. a\n",
        "a\n",
        "&",
        "<!--",
        "    a\n",
    ],
)
def test_two_hundred_thousand_characters_are_read_in_one_go(piece: str) -> None:
    """Bounded patterns: a quadratic one would keep this test busy for minutes."""
    assert read("a.md", ("# T\n\nĐầu " + piece * (200_000 // len(piece))).encode()).places
