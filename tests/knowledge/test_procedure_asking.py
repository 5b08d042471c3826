"""Which procedure, which aspect, and whether it is about a procedure at all: on the sample catalogue."""

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from knowledge.asked_aspect import asked, cues
from knowledge.asked_field import field_asked
from knowledge.catalogue import Catalogue
from knowledge.denunciation import sounds_like_denunciation
from knowledge.evaluation import Labelled, mark
from knowledge.procedure_found import (
    DOCUMENT,
    AspectAnswer,
    Card,
    EmptyField,
    FieldAnswer,
    NothingSaid,
    ProcedureChoices,
    WhichProcedure,
)
from knowledge.procedure_quoting import quoted
from knowledge.procedure_records import procedure
from knowledge.procedures import Aspect, AspectValue, Mark, Procedure, RoutedTo
from knowledge.shelves import Shelves
from knowledge.texts import Answer, Audience, Found, Language, Question, Refusal
from knowledge.vietnamese import fold, syllables
from tests.knowledge.shelf import labelled, manual

SAMPLE = Path(__file__).parent.parent.parent / "knowledge" / "data" / "procedures.jsonl"
TODAY = date(2026, 11, 22)


def made(key: str, name: str, *, until: date | None = None, **aspects: str) -> Procedure:
    values = {Aspect(one.replace("_", "-")): AspectValue((said,), Mark.SEEN, "Nguồn") for one, said in aspects.items()}
    return Procedure(key, None, name, aspects=values, effective_to=until)


@cache
def sample() -> Shelves:
    rows = SAMPLE.read_text(encoding="utf-8").splitlines()
    return Shelves.of(manual(), Catalogue([procedure(json.loads(row)) for row in rows]))


def ask(words: str, *, previous: str | None = None, about: str | None = None, shelves: Shelves | None = None) -> Found:
    return (shelves or sample()).ask(Question(words, TODAY, previous=previous, about=about))


def first(found: Found) -> str:
    assert isinstance(found, Answer | ProcedureChoices), found
    return found.citations[0].place


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("xin giấy phép bán sỉ rượu lệ phí bao nhiêu", "CT06-01#le-phi"),
        ("xin giay phep ban si ruou le phi bao nhieu", "CT06-01#le-phi"),
        ("giấy phép bán buôn rượu bị mất thì làm lại mất mấy ngày", "CT06-03#thoi-han"),
        ("mở văn phòng đại diện của thương nhân nước ngoài cần giấy tờ gì", "CT14-01#thanh-phan"),
        ("gia hạn giấy phép văn phòng đại diện bao lâu", "CT14-04#thoi-han"),
        ("thong bao khuyen mai theo nghi dinh nao", "CT08-01#can-cu"),
        ("ai ký giấy phép sử dụng vật liệu nổ công nghiệp", "CT11-03#co-quan"),
        ("lệ phí của 2.000648", "2.000648#le-phi"),
        ("ct06-01 mất mấy ngày", "CT06-01#thoi-han"),
    ],
)
def test_exactly_the_aspect_that_was_asked_is_answered(words: str, place: str) -> None:
    found = ask(words)
    assert isinstance(found, AspectAnswer)
    assert [citation.place for citation in found.citations] == [place]
    assert found.citations[0].document == DOCUMENT
    said = found.procedure.aspects[found.aspects[0]]
    assert all(line in said.lines for line in found.citations[0].quote.split("\n"))


def test_two_aspects_asked_in_one_breath_are_both_answered() -> None:
    found = ask("thời hạn và lệ phí cấp giấy phép bán buôn rượu")
    assert [one.place for one in found.citations] == ["CT06-01#thoi-han", "CT06-01#le-phi"]  # type: ignore[union-attr]  # it is answered


def test_a_procedure_named_without_an_aspect_gets_a_card() -> None:
    found = ask("cấp giấy phép bán buôn sản phẩm thuốc lá")
    assert isinstance(found, Card)
    assert found.procedure.id == "CT03-01"


def test_new_amended_and_reissued_are_told_apart_or_asked_about() -> None:
    found = ask("lệ phí giấy phép bán buôn rượu")
    if isinstance(found, ProcedureChoices):
        assert {"CT06-01", "CT06-02", "CT06-03"} <= {one.id for one in found.procedures}
    assert first(found) == "CT06-01#le-phi"
    assert first(ask("lệ phí cấp lại giấy phép bán buôn rượu")) == "CT06-03#le-phi"
    assert first(ask("lệ phí sửa đổi giấy phép bán buôn rượu")) == "CT06-02#le-phi"


def test_what_the_catalogue_does_not_say_is_said_to_be_missing() -> None:
    found = ask("cấp giấy phép bán buôn rượu nộp qua mạng được không")
    assert isinstance(found, NothingSaid)
    assert (found.procedure.id, found.aspect) == ("CT06-01", Aspect.FILING)


def test_a_procedure_of_the_commune_is_routed_whatever_was_asked() -> None:
    found = ask("quán bán rượu lẻ xin giấy phép cần giấy tờ gì")
    assert isinstance(found, AspectAnswer)
    assert found.procedure.routed_to is RoutedTo.COMMUNE
    assert "cấp xã" in found.citations[0].quote


def test_the_procedure_stays_for_what_is_asked_next() -> None:
    assert first(ask("thế lệ phí bao nhiêu?", about="CT06-01")) == "CT06-01#le-phi"
    before = "cấp giấy phép bán buôn rượu cần giấy tờ gì"
    assert first(ask("thế lệ phí bao nhiêu?", previous=before)) == "CT06-01#le-phi"
    assert first(ask("the mat may ngay", previous=before)) == "CT06-01#thoi-han"
    assert first(ask("còn cấp lại thì mấy ngày?", previous=before)) == "CT06-03#thoi-han"


def test_a_choice_can_be_made_by_naming_the_variant() -> None:
    assert first(ask("cấp lại", previous="lệ phí giấy phép bán buôn rượu")) == "CT06-03#le-phi"


def test_a_follow_up_on_the_manual_stays_with_the_manual() -> None:
    found = ask("còn người kiểm tra?", previous="ai phê duyệt sổ tay chất lượng")
    assert not isinstance(found, AspectAnswer | Card | ProcedureChoices)


def test_an_aspect_alone_asks_back_which_procedure() -> None:
    found = ask("lệ phí bao nhiêu tiền vậy")
    assert isinstance(found, WhichProcedure | Refusal)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("lĩnh vực xăng dầu có những thủ tục gì", 4),
        ("các thủ tục về hóa chất", 12),
        ("thu tuc linh vuc thuoc la", 3),
        ("danh sách thủ tục lĩnh vực kinh doanh khí", 15),
        ("thủ tục tổ chức phi chính phủ", 16),
        ("lệ phí bán xăng dầu bao nhiêu", None),
        ("sở giải quyết thủ tục thuộc lĩnh vực nào", None),
    ],
)
def test_the_procedures_of_a_field_can_be_asked_for(words: str, number: int | None) -> None:
    assert field_asked(words) == number


def test_a_field_lists_its_procedures_and_an_empty_one_says_so() -> None:
    found = ask("lĩnh vực xăng dầu có những thủ tục gì")
    assert isinstance(found, FieldAnswer)
    assert len(found.procedures) == 10
    assert isinstance(ask("thủ tục lĩnh vực tổ chức phi chính phủ"), EmptyField)


def test_what_the_manual_answers_is_not_captured_by_the_catalogue() -> None:
    captured = [
        row["question"]
        for row in labelled("questions-dev.jsonl")
        if row.get("gold")
        and isinstance(
            sample().ask(Question(row["question"], TODAY, previous=row.get("previous"))),
            AspectAnswer | Card | ProcedureChoices | NothingSaid | FieldAnswer,
        )
    ]
    assert not captured


def test_questions_as_people_ask_them_find_their_procedure() -> None:
    marks = [
        mark(Labelled.of(row), ask(row["question"], previous=row.get("previous")))
        for row in labelled("questions-procedures.jsonl")
        if row["kind"] in {"aspect", "card"}
    ]
    right, offered = sum(one.first for one in marks), sum(one.offered for one in marks)
    assert right >= 0.85 * len(marks)
    assert offered >= 0.92 * len(marks)


def test_procedures_that_nobody_here_handles_are_refused() -> None:
    asked_for = [row["question"] for row in labelled("questions-procedures.jsonl") if row["kind"] == "other"]
    kept = [words for words in asked_for if isinstance(ask(words), AspectAnswer | Card | ProcedureChoices)]
    assert not kept


def test_words_of_the_name_ask_for_nothing() -> None:
    shelves = Shelves.of(
        manual(),
        Catalogue(
            [
                made("A-1", "Khai lệ phí trước bạ nhà, đất", le_phi="Không", thanh_phan="Tờ khai"),
                made("A-2", "Cấp Giấy chứng nhận đủ điều kiện buôn bán thuốc thú y", trinh_tu="Bước 1", dieu_kien="Có"),
            ]
        ),
    )
    assert first(ask("khai lệ phí trước bạ nhà đất cần giấy tờ gì", shelves=shelves)) == "A-1#thanh-phan"
    words = "các bước cấp giấy chứng nhận đủ điều kiện buôn bán thuốc thú y"
    assert first(ask(words, shelves=shelves)) == "A-2#trinh-tu"


def test_a_version_that_has_ended_is_not_found() -> None:
    shelves = Shelves.of(manual(), Catalogue([made("A-1", "Đăng ký nuôi chim yến", until=TODAY, le_phi="Không thu")]))
    assert not isinstance(ask("lệ phí đăng ký nuôi chim yến", shelves=shelves), AspectAnswer)
    assert shelves.place(DOCUMENT, "A-1#le-phi", day=TODAY, audience=Audience.PUBLIC) is None


def test_a_whole_aspect_can_be_looked_up_by_its_place() -> None:
    found = sample().place(DOCUMENT, "2.000648#le-phi", day=TODAY, audience=Audience.PUBLIC)
    assert found is not None
    assert "1.200.000" in found.quote
    assert sample().place(DOCUMENT, "2.000648#x", day=TODAY, audience=Audience.PUBLIC) is None


def test_english_is_answered_with_the_vietnamese_words() -> None:
    found = ask("how long does it take to get a wholesale tobacco licence")
    assert found.language is Language.EN
    assert first(found).startswith("CT03-01#")


@pytest.mark.parametrize(
    ("words", "aspect"),
    [
        ("hết nhiêu tiền", "le-phi"),
        ("co mat phi ko", "le-phi"),
        ("bao jo co giay", "thoi-han"),
        ("bao nhiu ngay thi xong", "thoi-han"),
        ("cần mang theo giấy gì", "thanh-phan"),
        ("nộp ở chỗ nào", "cach-nop"),
        ("gửi bưu điện được không", "cach-nop"),
        ("ai ký", "co-quan"),
        ("cơ quan nào giải quyết", "co-quan"),
        ("làm như thế nào", "trinh-tu"),
        ("có mấy bước", "trinh-tu"),
        ("theo luật nào", "can-cu"),
        ("phải đáp ứng điều kiện gì", "dieu-kien"),
        ("ai được làm", "doi-tuong"),
        ("xong thì nhận được gì", "ket-qua"),
        ("giấy có hiệu lực mấy năm", "ket-qua"),
        ("which documents are required", "thanh-phan"),
        ("how much does it cost", "le-phi"),
        ("nuôi chim yến", None),
    ],
)
def test_the_aspect_is_told_by_how_people_ask(words: str, aspect: str | None) -> None:
    for typed in (words, fold(words)):
        assert [one.value for one in asked(cues(syllables(typed)))][:1] == ([aspect] if aspect else [])


def test_a_long_aspect_is_quoted_where_it_answers() -> None:
    lines = [f"Bước {number}: " + "nội dung công việc cần làm " * 20 for number in range(20)]
    lines[13] = "Bước 13: nộp giấy khám sức khỏe tại cơ sở y tế."
    steps = AspectValue(tuple(lines), Mark.SEEN)
    long = Procedure("A-1", None, "Đổi giấy phép lái xe", aspects={Aspect.STEPS: steps})
    about = frozenset({"kham", "suc", "khoe"})
    assert lines[13] in quoted(long, Aspect.STEPS, about)
    assert quoted(long, Aspect.STEPS).startswith("Bước 0")


def test_law_that_was_replaced_is_said_beside_what_rests_on_it() -> None:
    rests = made("A-1", "Đăng ký nuôi chim yến", le_phi="Không thu", can_cu="Nghị định 40/2018/NĐ-CP")
    holds = made("A-2", "Đăng ký nuôi dê", le_phi="Không thu", can_cu="Luật Thú y 79/2015/QH13")
    shelves = Shelves.of(manual(), Catalogue([rests, holds]))
    found = ask("lệ phí đăng ký nuôi chim yến", shelves=shelves)
    assert isinstance(found, AspectAnswer)
    assert [text.number for text in found.citations[0].law] == ["40/2018/NĐ-CP"]
    other = ask("lệ phí đăng ký nuôi dê", shelves=shelves)
    assert isinstance(other, AspectAnswer)
    assert not other.citations[0].law


def test_an_empty_catalogue_leaves_the_manual_alone() -> None:
    shelves = Shelves.of(manual(), Catalogue(()))
    question = Question("ai phê duyệt sổ tay chất lượng", TODAY)
    assert shelves.ask(question) == manual().ask(question)


def test_the_name_of_a_procedure_accuses_nobody_and_a_denunciation_beside_it_does() -> None:
    guide = sample().guide
    named = "cấp giấy chứng nhận huấn luyện kỹ thuật an toàn vật liệu nổ công nghiệp"
    assert guide.plainly_named(f"{named} cần giấy tờ gì", TODAY)
    assert not guide.plainly_named(f"{named} mà cán bộ Nam đòi tôi 5 triệu tiền lót tay", TODAY)
    assert not guide.plainly_named("cán bộ một cửa đòi tiền mới cấp giấy phép", TODAY)


def test_no_denunciation_is_taken_for_the_name_of_a_procedure() -> None:
    paths = sorted((SAMPLE.parent.parent.parent / "tests" / "data").glob("denunciation-1*.jsonl"))
    texts = [json.loads(row)["text"] for path in paths for row in path.read_text(encoding="utf-8").splitlines()]
    heard = [text for text in texts if sounds_like_denunciation(text)]
    assert len(heard) > 100
    assert not [text for text in heard if sample().guide.plainly_named(text, TODAY)]
