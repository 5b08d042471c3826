from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from knowledge.markup import Tag, tokens
from knowledge.rendering import size
from knowledge.wording import MissingWords, Words, is_subset, plain, split, telegram, telegram_problems, web

SAY = Words("tests/knowledge/words/greeting")
PIECES = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<p>",
    "</p>",
    "<ul>",
    "</ul>",
    "<ol>",
    "</ol>",
    "<li>",
    "</li>",
    "<br>",
    "<pre>",
    "</pre>",
]
PIECES += [
    "<code>",
    "</code>",
    "<blockquote>",
    "</blockquote>",
    '<a href="https://x.vn/?a=1&amp;b=2">',
    "</a>",
    "<u>",
    "</u>",
    "<s>",
]
PIECES += [
    '<a href="javascript:x">',
    '<a href="tel:0258">',
    "&amp;",
    "&lt;b&gt;",
    "&",
    "<",
    ">",
    '"',
    " ",
    "\n",
    "chữ",
    "😀",
    "<script>",
]
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)


def test_a_day_and_a_moment_are_those_of_viet_nam() -> None:
    at = datetime(2026, 3, 27, 23, 30, tzinfo=UTC)
    assert SAY.when(at=at) == "06:30 ngày 28/3/2026; 28/3/2026; 06:30, 28 March 2026; 28 March 2026"


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SAY.when(at=datetime(2026, 3, 27, 23, 30))  # noqa: DTZ001 - the very mistake
    with pytest.raises(TypeError, match="no hour"):
        SAY.when(at=date(2026, 3, 27))


def test_a_sum_has_dots_between_the_thousands() -> None:
    assert SAY.price(sum=1200000) == "1.200.000 đ"


def test_words_that_nobody_wrote_are_missed_by_name() -> None:
    with pytest.raises(MissingWords, match=r"greeting\.vi\.j2 has no macro 'goodbye'"):
        _ = SAY.goodbye
    with pytest.raises(MissingWords, match=r"greeting\.fr\.j2"):
        _ = Words("tests/knowledge/words/greeting", "fr").hello
    with pytest.raises(UndefinedError):
        SAY.broken()


def test_words_are_found_beside_the_packages_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Lan" in Words("tests/knowledge/words/greeting").hello(name="Lan")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>Một</p><p>Hai</p>", "Một\n\nHai"),
        ("<p>Gồm:</p><ul><li>a</li><li>b</li></ul><p>Hết</p>", "Gồm:\n• a\n• b\n\nHết"),
        ("<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>", "1. a\n2. b\n\u00a0\u00a0– c\n3. d"),
        ("Theo:<blockquote>- một<br>- hai</blockquote>Hết", "Theo:\n<blockquote>- một\n- hai</blockquote>\nHết"),
        ("<b>a <i>b</i></b> c", "<b>a <i>b</i></b> c"),
        ("<b>a<code>x &lt; y</code></b>", "<b>a</b><code>x &lt; y</code>"),
        ("<pre>  a\n  b</pre>", "<pre>  a\n  b</pre>"),
        ('<a href="https://x.vn/?a=1&amp;b=2">đây</a>', '<a href="https://x.vn/?a=1&amp;b=2">đây</a>'),
        ('Gọi <a href="tel:0258">Văn phòng</a>', "Gọi Văn phòng (0258)"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "<blockquote>a\n\nb</blockquote>"),
        ("  <p> a \n b </p>\n", "a b"),
        ("<b>không đóng", "<b>không đóng</b>"),
        ("<table><tr><td>ô</td></tr></table><script>x()</script>", "ô"),
        ("a &lt;b&gt; &nbsp;&hellip; &copy;", "a &lt;b&gt; \u00a0… ©"),
    ],
)
def test_telegram_gets_lines_for_lists_and_paragraphs(source: str, shown: str) -> None:
    assert telegram(source) == shown
    assert telegram_problems(telegram(source)) == []


def test_plain_text_keeps_addresses_and_sets_quotations_in() -> None:
    source = '<p>Xem <a href="https://x.vn/a">tại đây</a> hoặc <a href="mailto:a@x.vn">a@x.vn</a>:</p>'
    assert (
        plain(source + "<blockquote>- một<br>- hai</blockquote>")
        == "Xem tại đây (https://x.vn/a) hoặc a@x.vn:\n  - một\n  - hai"
    )


def test_the_page_gets_closed_tags_and_safe_links() -> None:
    assert web('<p>a <a href="https://x.vn">b') == (
        '<p>a <a href="https://x.vn" rel="noopener nofollow" target="_blank">b</a></p>'
    )
    assert (
        web('<a href="javascript:alert(1)" onclick="x()">b</a><img src=x onerror=y><p class="z">c</p>') == "b<p>c</p>"
    )
    assert web("<strong>a</strong>") == "<b>a</b>"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<div>a</div>", "<div> is not one of our tags"),
        ('<p class="x">a</p>', "attribute class on <p>"),
        ('<a href="javascript:x">a</a>', "a link without a good address"),
        ("<b>a", "<b> is not closed"),
        ("<b><i>a</b></i>", "</b> closes <i>"),
        ("<li>a</li>", "<li> outside a list"),
        ("<ul>a</ul>", "text in <ul> outside <li>"),
        ("<p><ul><li>a</li></ul></p>", "<ul> inside a line of text"),
        ("<code><b>a</b></code>", "<b> in code"),
        ("<blockquote><blockquote>a</blockquote></blockquote>", "<blockquote> in <blockquote>"),
        ("a < b", "a bare < in the text"),
        ("a & b", "a bare & in the text"),
    ],
)
def test_what_is_not_our_subset_is_named(source: str, problem: str) -> None:
    assert problem in is_subset(source)


@pytest.mark.parametrize(
    "refused",
    [
        "<p>a</p>",
        "a<br>b",
        "<b>a",
        "<b><i>a</b></i>",
        "a < b",
        "a & b",
        "&nbsp;",
        "<code><b>a</b></code>",
        "x" * 4097,
        "😀" * 2049,
    ],
)
def test_what_telegram_would_refuse_is_found_before_it_is_sent(refused: str) -> None:
    assert telegram_problems(refused)


@given(st.text(max_size=120) | MARKUP)
def test_what_a_person_writes_never_becomes_a_tag(text: str) -> None:
    for source in (SAY.hello(name=text), SAY.said(text=text)):
        assert is_subset(source) == []
        assert _tags(telegram(source)) <= {"b", "i", "code", "blockquote"}
        assert _tags(web(source)) <= {"p", "b", "i", "ul", "li", "code", "blockquote", "br"}
        assert telegram_problems(telegram(source)) == []
        assert is_subset(web(source)) == []


def _tags(source: str) -> set[str]:
    return {token.name for token in tokens(source) if isinstance(token, Tag)}


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\u2028\u2029"), max_size=80
    )
)
def test_plain_text_says_what_the_person_wrote(text: str) -> None:
    assert plain(SAY.said(text=text)).split() == (text.split() * 3)


@given(MARKUP)
def test_whatever_comes_in_telegram_accepts_what_goes_out(source: str) -> None:
    assert telegram_problems(telegram(source)) == []


@given(MARKUP)
def test_whatever_comes_in_the_page_gets_well_formed_html(source: str) -> None:
    shown = web(source)
    links = {attributes for token in tokens(shown) if isinstance(token, Tag) for attributes in token.attributes}
    assert {name for name, _ in links} <= {"href", "rel", "target"}
    assert [
        problem for problem in is_subset(shown) if "closed" in problem or "closes" in problem or "bare" in problem
    ] == []


@given(MARKUP.map(lambda source: source * 5), st.integers(64, 400))
def test_a_long_text_is_cut_into_messages_and_nothing_is_lost(source: str, limit: int) -> None:
    parts = split(source, limit)
    assert all(size(plain(part)) <= limit for part in parts)
    assert all(telegram_problems(telegram(part)) == [] for part in parts)
    if len(parts) > 1:
        said = "".join("".join(telegram(part).split()) for part in parts)
        assert _words(said) == _words("".join(telegram(source).split()))


def _words(source: str) -> str:
    return "".join(token for token in tokens(source) if isinstance(token, str))


def test_a_cut_list_goes_on_counting() -> None:
    source = "<p>Gồm:</p><ol>" + "".join(f"<li>Lĩnh vực {n}</li>" for n in range(1, 17)) + "</ol>"
    parts = split(source, 100)
    assert len(parts) > 2
    assert "".join(telegram(part) + "\n" for part in parts).split("\n")[:-1] == telegram(source).split("\n")


def test_a_short_text_is_not_touched() -> None:
    assert split("<ul><li>a</li></ul>", 2000) == ["<ul><li>a</li></ul>"]
    assert split(" ") == []
    with pytest.raises(ValueError, match="at least 64"):
        split("a", 10)


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<b>", "</b>", "<li>", "<ul>", "<blockquote>", "&", "&#", "<!--", '<a href="', "a "]
)
def test_a_hundred_thousand_characters_are_shown_in_one_go(piece: str) -> None:
    """Bounded patterns: a quadratic one would keep this test busy for minutes."""
    source = piece * (100_000 // len(piece))
    assert isinstance(web(source) + plain(source) + "".join(split(source)), str)
