from sqlalchemy import func, select

from handlers.office import Office
from storage import Store
from storage.forms import FormRow
from storage.journal import Entry
from storage.messages import Direction, Message
from storage.questions import Question
from tests.cast import Clock, House, Papers, words

TEXT = "Tôi tố cáo ông Nguyễn Văn Bình phòng Quản lý nhận hối lộ 50 triệu để cấp phép"


async def everything(store: Store) -> str:
    async with store.reading() as tx:
        heard = [row.body for row in await tx.scalars(select(Message).where(Message.direction == Direction.IN))]
        said = [row.body for row in await tx.scalars(select(Message).where(Message.direction == Direction.OUT))]
        form = [row.data for row in await tx.scalars(select(FormRow))]
        asked = [row.text for row in await tx.scalars(select(Question))]
    return str([heard, said, form, asked])


async def test_a_denunciation_is_shown_the_right_door_and_nothing_of_it_is_stored(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("xin chào")
    async with store.reading() as tx:
        entries = await tx.scalar(select(func.count()).select_from(Entry))
    said = words(await lan.says(TEXT))
    assert "không lưu" in said
    assert "không phải là nộp đơn" in said
    assert "Chủ tịch Ủy ban nhân dân tỉnh" in said
    assert "Điều 22, 23" in said
    stored = await everything(store)
    for word in ("Bình", "hối lộ 50", "50 triệu", "Quản lý nhận"):
        assert word not in stored
    assert lan.receipts[-1][1] == ""
    async with store.reading() as tx:
        heard = await tx.get(Message, lan.receipts[-1][0])
        assert heard is not None
        assert heard.body == {"withheld": True}
        # Neither a question nor a line in the journal says that this person wrote such a text.
        assert await tx.scalar(select(func.count()).select_from(Entry)) == entries


async def test_what_the_office_has_not_entered_is_said_to_be_missing(house: House) -> None:
    lan = await house.citizen()
    said = words(await lan.says(TEXT))
    assert "người tiếp nhận tố cáo: chưa được cấu hình" in said
    assert "hối lộ: chưa được cấu hình" in said


async def test_what_the_office_has_entered_is_named(store: Store, clock: Clock, library: Papers) -> None:
    office = Office(
        denunciation_receivers=("Thanh tra tỉnh, 2 Trần Phú",), hotline="0258 123", address="4 Phan Chu Trinh"
    )
    lan = await House(store, clock=clock, asker=library, office=office).citizen()
    said = words(await lan.says(TEXT))
    assert "Thanh tra tỉnh, 2 Trần Phú" in said
    assert "0258 123" in said
    assert "4 Phan Chu Trinh" in said
    assert "chưa được cấu hình" not in said


async def test_a_denunciation_in_the_middle_of_a_form_does_not_enter_the_form(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    said = await lan.says(TEXT)
    assert "không lưu" in words(said)
    assert "Đang chờ phiếu gửi cán bộ" in said[-1]
    assert "Bình" not in await everything(store)


async def test_a_repeated_denunciation_is_answered_again_and_still_not_stored(house: House, store: Store) -> None:
    lan = await house.citizen()
    first = await lan.says(TEXT, update_id=5)
    assert await lan.says(TEXT, update_id=5) == first
    assert "Bình" not in await everything(store)


async def test_the_logs_know_nothing_of_it(house: House, caplog: object) -> None:
    lan = await house.citizen()
    await lan.says(TEXT)
    assert "Bình" not in str(getattr(caplog, "text", ""))
