"""`troly ask`: one question, many questions, a folder alone."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.bot.conftest import Troly


def asked(troly: Troly, monkeypatch: pytest.MonkeyPatch, rows: list[Any], *more: str) -> list[dict[str, Any]]:
    lines = "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines + "\n"))
    code, said, _ = troly("ask", "--jsonl", *more)
    assert code == 0
    return [json.loads(line) for line in said.splitlines()]


def test_every_line_is_answered_in_order_with_its_id(troly: Troly, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"id": "a", "question": "ai phê duyệt sổ tay chất lượng"},
        {"id": 7, "question": "còn người kiểm tra?", "previous": "ai phê duyệt sổ tay chất lượng"},
        {"id": None, "question": "xin chào"},
        {"id": "z", "question": "giá vàng hôm nay bao nhiêu"},
    ]
    replies = asked(troly, monkeypatch, rows)
    assert [reply["id"] for reply in replies] == ["a", 7, None, "z"]
    assert [reply["kind"] for reply in replies] == ["answer", "answer", "smalltalk", "refusal"]
    assert replies[0]["citations"][0]["document"] == "STCL"
    assert replies[0]["citations"][0]["place"] == "bia"
    assert "Lê Thu Hải" in replies[0]["citations"][0]["quote"]
    assert all(reply["text"] and "<" not in reply["text"] for reply in replies)
    assert all(isinstance(reply["ms"], float) for reply in replies)


def test_a_broken_line_stops_nothing(troly: Troly, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = asked(troly, monkeypatch, ["{", "[]", '{"id": 1}', {"id": 2, "question": "xin chào"}])
    assert [reply["id"] for reply in replies] == [2]


def test_a_folder_alone_answers_from_its_passages(
    troly: Troly, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    passages = [
        {"id": "tra", "title": "Trà sen", "text": "Trà sen Tây Hồ được ướp bằng gạo sen trong nhiều đêm."},
        {"id": "ca-phe", "text": "Cà phê trồng nhiều ở Đắk Lắk, thu hoạch vào cuối năm."},
    ]
    lines = "\n".join(json.dumps(passage, ensure_ascii=False) for passage in passages)
    (folder / "passages.jsonl").write_text(lines, encoding="utf-8")
    replies = asked(
        troly, monkeypatch, [{"id": 1, "question": "cà phê trồng ở đâu"}], "--knowledge", str(folder), "--no-dense"
    )
    assert [cited["place"] for cited in replies[0]["citations"]][:1] == ["ca-phe"]
    assert not (tmp_path / "data" / "troly.db").exists()


def test_a_denunciation_is_shown_the_right_door(troly: Troly, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "cán bộ Nguyễn Văn A phòng quản lý thương mại đòi tôi 5 triệu tiền lót tay mới ký giấy"
    (reply,) = asked(troly, monkeypatch, [{"id": 1, "question": text}])
    assert reply["kind"] == "refusal"
    assert reply["citations"] == []
    assert "Nguyễn Văn A" not in reply["text"]
