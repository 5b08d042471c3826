"""The life of a controlled document at the command line: three people, and what answers."""

from pathlib import Path

import pytest

from tests.bot.conftest import Troly

RULES = """# Quy chế tiếp khách

## Điều 1. Phòng khách

Phòng khách mở cửa cho khách đến làm việc, có nước trà sen và bánh dừa.
"""
TEA = "phòng khách có nước trà sen không"


@pytest.fixture
def office(troly: Troly) -> Troly:
    assert troly("ask", "xin chào")[0] == 0  # makes the sample store
    return troly


def draft(office: Troly, folder: Path, text: str = RULES, version: str = "1") -> None:
    path = folder / "quy-che.md"
    path.write_text(text, encoding="utf-8")
    code, _, error = office(
        "learn", str(path), "--as", "Trần Hồng Minh", "--code", "QC01", "--audience", "public", "--version", version
    )
    assert (code, error) == (0, "")


def approve(office: Troly, *more: str, version: str = "1") -> None:
    assert office("documents", "check", f"QC01@{version}", "--as", "Phan Thị Thu Cúc")[0] == 0
    assert office("documents", "approve", f"QC01@{version}", "--as", "Lê Thu Hải", *more)[0] == 0


def test_a_draft_does_not_answer_and_an_approved_version_does(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    assert "trà sen" not in office("ask", TEA)[1]
    approve(office)
    assert "QC01" in office("ask", TEA)[1]


def test_the_writer_may_not_check_what_they_wrote(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    code, _, error = office("documents", "check", "QC01", "--as", "Trần Hồng Minh")
    assert code == 2
    assert "khác người viết" in error
    assert "writer" not in error
    assert "dự thảo" in office("documents", "list")[1]


def test_who_checked_may_not_approve(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    assert office("documents", "check", "QC01", "--as", "Phan Thị Thu Cúc")[0] == 0
    code, _, error = office("documents", "approve", "QC01", "--as", "Phan Thị Thu Cúc")
    assert code == 2
    assert "ba người khác nhau" in error


def test_a_check_changes_no_answer_and_says_what_comes_next(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    _, said, _ = office("documents", "check", "QC01", "--as", "Phan Thị Thu Cúc")
    assert "documents approve QC01@1" in said
    assert "hiệu lực" not in said


def test_a_suspended_document_is_silent_until_it_is_resumed(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    approve(office)
    assert office("documents", "suspend", "QC01", "--as", "Lê Thu Hải", "--reason", "chờ sửa")[0] == 0
    assert "trà sen" not in office("ask", TEA)[1]
    assert office("documents", "resume", "QC01", "--as", "Lê Thu Hải")[0] == 0
    assert "trà sen" in office("ask", TEA)[1]


def test_suspending_needs_a_reason(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    approve(office)
    code, _, error = office("documents", "suspend", "QC01", "--as", "Lê Thu Hải")
    assert code == 2
    assert "--reason" in error


def test_a_version_for_next_century_does_not_answer_today(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    approve(office, "--effective-from", "2099-01-01")
    assert "trà sen" not in office("ask", TEA)[1]


def test_a_new_version_replaces_the_old_one(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    approve(office)
    draft(office, tmp_path, RULES.replace("trà sen", "trà atisô"), version="2")
    assert "trà sen" in office("ask", TEA)[1]
    approve(office, version="2")
    answer = office("ask", "phòng khách có nước gì")[1]
    assert "trà atisô" in answer
    assert "trà sen" not in answer


def test_a_document_can_be_read_before_it_is_approved(office: Troly, tmp_path: Path) -> None:
    draft(office, tmp_path)
    assert "trà sen" in office("documents", "show", "QC01")[1]


@pytest.mark.parametrize(
    "words",
    [
        ["documents", "check", "KHONGCO", "--as", "Lê Thu Hải"],
        ["documents", "check", "STCL", "--as", "Không Ai"],
        ["documents", "approve", "STCL", "--as", "Lê Thu Hải", "--effective-from", "mai"],
        ["learn", "khong-co.md", "--as", "Lê Thu Hải"],
        ["people", "add", "Ai đó", "--role", "vua"],
        ["ask"],
        ["ask", "--knowledge", "khong-co", "gì"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said_in_words_without_internals(office: Troly, words: list[str]) -> None:
    code, _, error = office(*words)
    assert code == 2
    assert error
    assert "Traceback" not in error
    assert ".py" not in error
