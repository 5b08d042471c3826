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


def test_an_export_of_procedures_in_the_folder_is_a_catalogue(
    troly: Troly, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    row = {
        "ma_thu_tuc": "9.000001",
        "ten_thu_tuc": "Đăng ký nuôi chim yến (cấp tỉnh)",
        "cap_thuc_hien": "Cấp tỉnh",
        "thanh_phan_ho_so": "Tờ khai đăng ký nuôi chim yến",
    }
    own = {"id": "A-1", "name": "Đăng ký nuôi ong", "aspects": {"le-phi": {"lines": ["Không thu"], "mark": "seen"}}}
    (folder / "export.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n{\n", encoding="utf-8")
    (folder / "own.jsonl").write_text(json.dumps(own, ensure_ascii=False), encoding="utf-8")
    rows = [
        {"id": 1, "question": "dang ky nuoi chim yen can giay to gi"},
        {"id": 2, "question": "lệ phí đăng ký nuôi ong bao nhiêu"},
        {"id": 3, "question": "lệ phí đăng ký nuôi chim yến bao nhiêu"},
    ]
    replies = asked(troly, monkeypatch, rows, "--knowledge", str(folder), "--no-dense")
    assert [reply["kind"] for reply in replies] == ["answer", "answer", "refusal"]
    places = [[(cited["document"], cited["place"]) for cited in reply["citations"]] for reply in replies]
    assert places == [[("TTHC", "9.000001#thanh-phan")], [("TTHC", "A-1#le-phi")], [("TTHC", "9.000001#le-phi")]]
    assert "chim yến" in replies[0]["citations"][0]["quote"]


def test_the_store_answers_from_its_catalogue_and_its_documents(troly: Troly, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"id": 1, "question": "lệ phí cấp giấy phép bán buôn rượu bao nhiêu"},
        {"id": 2, "question": "thế mấy ngày thì xong", "previous": "lệ phí cấp giấy phép bán buôn rượu bao nhiêu"},
        {"id": 3, "question": "ai phê duyệt sổ tay chất lượng"},
        # Its name sounds like a denunciation, and is none.
        {"id": 4, "question": "giay chung nhan huan luyen ky thuat an toan tien chat thuoc no gom cac buoc nao"},
    ]
    replies = asked(troly, monkeypatch, rows, "--no-dense")
    assert [reply["kind"] for reply in replies] == ["answer"] * 4
    assert [reply["citations"][0]["place"] for reply in replies] == [
        "CT06-01#le-phi",
        "CT06-01#thoi-han",
        "bia",
        "CT11-04#trinh-tu",
    ]
