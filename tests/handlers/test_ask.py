from sqlalchemy import select

from storage import Store
from storage.questions import Kind, Question
from tests.cast import House, words


async def rows(store: Store) -> list[Question]:
    async with store.reading() as tx:
        return list(await tx.scalars(select(Question).order_by(Question.id)))


async def test_an_answer_quotes_the_clause_and_names_it(house: House, store: Store) -> None:
    lan = await house.citizen()
    said = await lan.says("hồ sơ bị mất thì sao")
    assert "biên bản & báo <ngay> lãnh đạo" in said[-1].text
    assert "STCL – Sổ tay chất lượng, phiên bản 1, mục 8.5.3 – Tài sản của khách hàng" in said[-1].text
    [asked] = await rows(store)
    assert (asked.kind, asked.text) == (Kind.ANSWER, "hồ sơ bị mất thì sao")
    assert asked.cited == [{"document": "STCL", "version": "1", "place": "8.5.3", "score": 1.0}]
    assert [button.data for button in said[-1].buttons] == [f"/muc {asked.id} 0", f"/hay {asked.id}", f"/do {asked.id}"]


async def test_the_notice_stands_once_above_the_first_answer(house: House) -> None:
    lan = await house.citizen()
    first = await lan.says("xin chào")
    assert "90 ngày" in first[0].text
    assert len(first) == 2
    assert "90 ngày" not in words(await lan.says("xin chào"))
