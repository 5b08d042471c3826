"""The whole road once: the real manual, the real library, the real store."""

import pytest

from bot import sample
from bot.desk import Desk
from handlers.answering import answer
from handlers.office import Office
from knowledge.texts import Question
from knowledge.wording import is_subset, plain
from knowledge.workdays import today
from storage import Store
from tests.cast import Clock, House, words


@pytest.fixture
async def desk(store: Store, clock: Clock) -> Desk:
    await sample.seed(store, at=clock())
    desk = Desk(store, embedder=None)
    await desk.refresh()
    return desk


async def test_a_question_about_the_manual_is_answered_from_it(store: Store, clock: Clock, desk: Desk) -> None:
    house = House(store, clock=clock, asker=desk)
    lan = await house.citizen()
    said = (await lan.says("Khung năng lực vị trí việc làm được phê duyệt bằng quyết định nào?"))[-1]
    assert "186/QĐ-UBND" in said
    assert "STCL" in said
    assert "mục 4.1" in said
    assert "chưa được xác nhận" in said
    whole = words(await lan.presses(said.button("Xem toàn mục")))
    assert "186/QĐ-UBND" in whole


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "question",
    [
        "nộp hồ sơ trực tuyến ở đâu",
        "hồ sơ",
        "thuế đất nông nghiệp bao nhiêu",
        "xin chào",
        "cảm ơn",
        "bạn là ai",
        "tạm biệt",
    ],
)
async def test_whatever_is_found_can_be_said_on_every_channel(
    desk: Desk, clock: Clock, question: str, language: str
) -> None:
    found = await desk.ask(Question(question, day=today(clock())))
    for question_id in (None, 7):
        for saying in answer(found, language=language, office=Office(), question_id=question_id, day=today(clock())):
            assert not is_subset(saying.html)
            assert plain(saying.html)
