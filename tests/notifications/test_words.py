"""The words of every kind can be sent everywhere; those of the office are used when they are sound, and only then."""

import os
from pathlib import Path

import pytest

from knowledge.wording import plain
from notifications import kinds
from notifications.kinds import KINDS
from notifications.words import LANGUAGES, Wordings, faults_of

KIND = "ticket_replied"
OURS = Path(kinds.__file__).parent
GOOD = (
    "{% macro subject(it) %}Phiếu {{ it.ticket }}{% endmacro %}"
    "{% macro message(it) %}<p>Sở đã trả lời phiếu {{ it.ticket }}: {{ it.reply }}</p>{% endmacro %}"
    "{% macro show() %}Xem{% endmacro %}{% macro close() %}Đóng{% endmacro %}"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_says_its_sample_in_both_languages_and_on_every_channel(name: str, language: str) -> None:
    said = Wordings().render(name, KINDS[name], KINDS[name].SAMPLE, language)
    assert not faults_of(said)
    assert said.version.startswith(f"{KINDS[name].WORDS}-")
    assert "{" not in plain(said.html)
    assert all(len(button["data"].encode()) <= 64 for row in said.buttons for button in row)


def render(folder: Path) -> str:
    return plain(Wordings(folder).render(KIND, KINDS[KIND], KINDS[KIND].SAMPLE, "vi").html)


def test_words_of_the_office_take_the_place_of_ours_and_a_change_is_read(tmp_path: Path) -> None:
    file = tmp_path / f"{KIND}.vi.j2"
    file.write_text(GOOD, encoding="utf-8")
    wordings = Wordings(tmp_path)
    first = wordings.render(KIND, KINDS[KIND], KINDS[KIND].SAMPLE, "vi")
    assert "Sở đã trả lời phiếu 12" in plain(first.html)
    file.write_text(GOOD.replace("Sở đã", "Cơ quan đã"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    second = wordings.render(KIND, KINDS[KIND], KINDS[KIND].SAMPLE, "vi")
    assert "Cơ quan đã trả lời" in plain(second.html)
    assert first.version != second.version
    assert not wordings.problems(KINDS)


ODD = {
    "no macro": "{% macro subject(it) %}x{% endmacro %}",
    "no such fact": GOOD.replace("it.ticket", "it.name"),
    "not jinja": "{% macro subject(it) %}",
    "not our html": GOOD.replace("<p>", "<p><script>alert(1)</script>"),
    "no message": GOOD.replace("<p>Sở đã trả lời phiếu {{ it.ticket }}: {{ it.reply }}</p>", ""),
    "a long subject": GOOD.replace("Phiếu {{", "dài " * 60 + "{{"),
    "attributes": GOOD.replace("{{ it.reply }}", "{{ ''.__class__.__mro__ }}"),
    "a method": GOOD.replace("{{ it.reply }}", "{{ it.reply.ljust(1000000000) }}"),
    "multiplied": GOOD.replace("{{ it.reply }}", "{{ 'x' * 10000000000 }}"),
    "to a power": GOOD.replace("{{ it.reply }}", "{{ 9 ** 999999999 }}"),
    "padded": GOOD.replace("{{ it.reply }}", "{{ '%999999999d'|format(1) }}"),
    "counted": GOOD.replace("{{ it.reply }}", "{% for n in range(1000000000) %}x{% endfor %}"),
    "unescaped": GOOD.replace("{{ it.reply }}", "{{ it.reply|safe }}"),
    "another file": GOOD + "{% include 'bot/settings.py' %}",
    "calls itself": "{% macro a() %}{{ a() }}{% endmacro %}" + GOOD.replace("{{ it.reply }}", "{{ a() }}"),
    "calls what it is given": "{% macro a(f) %}{{ f(f) }}{% endmacro %}" + GOOD.replace("{{ it.reply }}", "{{ a(a) }}"),
    "a loop calls itself": GOOD.replace(
        "{{ it.reply }}", "{% for c in it.reply recursive %}{{ loop(it.reply) }}{% endfor %}"
    ),
    "macros upon macros": "{% macro m0() %}x{% endmacro %}"
    + "".join(f"{{% macro m{n + 1}() %}}{{{{ m{n}() }}}}{{{{ m{n}() }}}}{{% endmacro %}}" for n in range(40))
    + GOOD.replace("{{ it.reply }}", "{{ m40() }}"),
    "loops in loops": GOOD.replace(
        "{{ it.reply }}", "".join(f"{{% for a{n} in it.reply %}}" for n in range(8)) + "x" + "{% endfor %}" * 8
    ),
    "texts of texts": "{% set x0 = 'xxxxxxxxxx' %}"
    + "".join(f"{{% set x{n + 1} = x{n} ~ x{n} %}}" for n in range(50))
    + GOOD,
    "texts and texts": "{% set x0 = 'xxxxxxxxxx' %}"
    + "".join(f"{{% set x{n + 1} = x{n} + x{n} %}}" for n in range(50))
    + GOOD,
    "lists of lists": "{% set x0 = ['x'] %}"
    + "".join(f"{{% set x{n + 1} = [x{n}, x{n}] %}}" for n in range(50))
    + GOOD.replace("{{ it.reply }}", "{{ x50 }}"),
    "blocks of blocks": "{% set x0 %}xxxxxxxxxx{% endset %}"
    + "".join(f"{{% set x{n + 1} %}}{{{{ x{n} }}}}{{{{ x{n} }}}}{{% endset %}}" for n in range(50))
    + GOOD,
    "replaced and replaced": GOOD.replace("{{ it.reply }}", "{{ it.reply" + "|replace('', 'xxxxxxxxxx')" * 12 + " }}"),
    "longer and longer": GOOD.replace("{{ it.reply }}", "{{ it.reply" + "|join('xxxxxxxxxx')" * 12 + " }}"),
    "kept and joined": "{% macro j(x) %}{{ x|join('xxxxxxxxxx') }}{% endmacro %}"
    + GOOD.replace("{{ it.reply }}", "{{ j(j(j(j(j(j(it.reply)))))) }}"),
    "longer than any": GOOD + "{# x #}" * 20_000,
    "brackets": GOOD.replace("{{ it.reply }}", "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"),
}


@pytest.mark.parametrize("why", sorted(ODD))
def test_words_that_would_do_harm_are_reported_and_ours_are_used(why: str, tmp_path: Path) -> None:
    (tmp_path / f"{KIND}.vi.j2").write_text(ODD[why], encoding="utf-8")
    assert list(Wordings(tmp_path).problems(KINDS)) == [f"{KIND}.vi.j2"]
    assert "Cán bộ đã trả lời phiếu số 12" in render(tmp_path)


@pytest.mark.parametrize("file", sorted(OURS.glob("*.j2")), ids=lambda file: file.name)
def test_our_own_words_keep_the_limits_so_that_the_office_may_begin_with_a_copy(file: Path, tmp_path: Path) -> None:
    (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    assert Wordings(tmp_path).problems(KINDS) == {}


def test_words_that_fail_on_a_real_letter_only_are_not_used_for_it(tmp_path: Path) -> None:
    odd = GOOD.replace("{{ it.reply }}", "{{ it.reply if it.ticket == 12 else it.nothing }}")
    (tmp_path / f"{KIND}.vi.j2").write_text(odd, encoding="utf-8")
    wordings, kind = Wordings(tmp_path), KINDS[KIND]
    letter = type(kind.SAMPLE)({"ticket": 13, "reply": "Vâng"}, kind.SAMPLE.buttons)
    assert "Cán bộ đã trả lời phiếu số 13" in plain(wordings.render(KIND, kind, letter, "vi").html)


def test_what_somebody_wrote_is_escaped_in_words_of_the_office_too(tmp_path: Path) -> None:
    (tmp_path / f"{KIND}.vi.j2").write_text(GOOD, encoding="utf-8")
    kind = KINDS[KIND]
    letter = type(kind.SAMPLE)({"ticket": 1, "reply": "<b>1 < 2</b> & </p>"}, kind.SAMPLE.buttons)
    said = Wordings(tmp_path).render(KIND, kind, letter, "vi")
    assert "&lt;b&gt;1 &lt; 2&lt;/b&gt; &amp; &lt;/p&gt;" in said.html
    assert not faults_of(said)


def test_a_file_for_no_kind_is_reported(tmp_path: Path) -> None:
    for name in ("nothing.vi.j2", f"{KIND}.fr.j2", f"{KIND}.j2"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    assert set(Wordings(tmp_path).problems(KINDS)) == {"nothing.vi.j2", f"{KIND}.fr.j2", f"{KIND}.j2"}


def test_a_push_text_is_given_no_name() -> None:
    for name, kind in KINDS.items():
        assert not {"name", "person", "applicant", "reason"} & set(kind.SAMPLE.it), name
