from datetime import timedelta

from sqlalchemy import select

from storage import Store, consents, messages, notices, people, tickets
from storage.notices import Notice
from storage.tickets import Ticket, TicketState
from storage.who import Role
from tests.cast import Citizen, House, Papers, words
from tests.notifications.delivering import deliver


async def opened(lan: Citizen, matter: str = "Tôi cần hỏi lệ phí cấp phép") -> None:
    await lan.says("gặp cán bộ")
    await lan.says(matter)
    assert "phiếu số 1" in words(await lan.says("1"))


async def replied(minh: Citizen, reply: str = "Lệ phí là <200> nghìn đồng & nộp tại Một cửa.") -> None:
    await minh.says("nhận 1")
    await minh.says("Trả lời phiếu 1")
    assert "đang chuyển đến người hỏi" in words(await minh.says(reply))


async def test_a_citizen_asks_an_officer_and_the_reply_comes_back_to_the_same_chat(house: House, store: Store) -> None:
    lan, minh = await house.citizen(), await house.officer()
    await opened(lan)
    listed = (await minh.says("phiếu"))[-1]
    shown = (await minh.presses(listed.buttons[0]))[-1]
    assert "Tôi cần hỏi lệ phí cấp phép" in shown
    taken = (await minh.presses(shown.button("Nhận")))[-1]
    await minh.presses(taken.button("Trả lời"))
    assert house.posted == 1
    await minh.says("Lệ phí là <200> nghìn đồng & nộp tại Một cửa.")
    assert house.posted == 2

    await deliver(store, house.clock())
    async with store.reading() as tx:
        last = (await messages.history(tx, bot_id=lan.bot.id, chat_id=lan.number, limit=1))[0]
    assert last.body is not None
    assert "Lệ phí là &lt;200&gt; nghìn đồng &amp; nộp tại Một cửa." in last.body["html"]
    assert last.body["buttons"][0][0]["data"] == "/phieu 1"
    assert "nghìn đồng" in words(await lan.says("/phieu 1"))


async def test_a_reply_is_told_once_however_often_the_sweep_runs(house: House, store: Store) -> None:
    lan, minh = await house.citizen(), await house.officer()
    await opened(lan)
    await replied(minh)
    assert [await deliver(store, house.clock()) for _ in range(3)] == [1, 0, 0]


async def test_one_notice_that_fails_does_not_stop_the_others(house: House, store: Store) -> None:
    lan, minh = await house.citizen(), await house.officer()
    async with store.begin() as tx:
        await notices.post(tx, "nobody_knows", 1, at=house.clock() - timedelta(days=1))
    await opened(lan)
    await replied(minh)
    assert await deliver(store, house.clock()) == 1


async def test_a_refused_question_becomes_a_ticket_in_two_presses(house: House, store: Store) -> None:
    lan = await house.citizen()
    refused = (await lan.says("lệ phí"))[-1]
    agree = (await lan.presses(refused.button("Gặp cán bộ")))[-1]
    assert "“" not in agree.buttons[0].text
    assert "phiếu số 1" in words(await lan.presses(agree.button("Đồng ý gửi")))
    async with store.reading() as tx:
        [ticket] = list(await tx.scalars(select(Ticket)))
        [given] = await consents.of(tx, ticket.person_id)
    assert (ticket.body, ticket.question_id is not None) == ("lệ phí", True)
    assert (given.purpose, given.version) == ("ticket", "2026-11")


async def test_nothing_is_sent_without_an_explicit_yes(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    await lan.says("Tôi cần hỏi lệ phí")
    again = await lan.says("Tôi cần hỏi lệ phí cấp phép hóa chất")
    assert "hóa chất" in words(again)
    await lan.says("/huy")
    async with store.reading() as tx:
        assert list(await tx.scalars(select(Ticket))) == []


async def test_a_ticket_may_be_written_again(house: House) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    agree = (await lan.says("Tôi cần hỏi"))[-1]
    await lan.presses(agree.button("Viết lại"))
    assert "Lệ phí hóa chất" in words(await lan.says("Lệ phí hóa chất"))
    assert "phiếu số 1" in words(await lan.says("gửi"))


async def test_the_send_button_of_a_form_that_is_over_sends_nothing_twice(house: House, store: Store) -> None:
    lan = await house.citizen()
    await lan.says("/gapcanbo")
    agree = (await lan.says("Tôi cần hỏi"))[-1]
    await lan.presses(agree.button("Đồng ý gửi"))
    assert "không còn dùng được" in words(await lan.presses(agree.button("Đồng ý gửi")))
    async with store.reading() as tx:
        assert len(list(await tx.scalars(select(Ticket)))) == 1


async def test_two_officers_cannot_both_take_it(house: House) -> None:
    lan, minh, hung = (
        await house.citizen(),
        await house.officer("Minh"),
        await house.officer("Hùng", unit="Phòng Công nghiệp"),
    )
    await opened(lan)
    assert "đã nhận" in words(await minh.says("/nhan 1"))
    assert "không thực hiện được" in words(await hung.says("/nhan 1"))
    assert "không thực hiện được" in words(await hung.says("/traloi 1"))


async def test_a_citizen_neither_takes_nor_reads_what_is_not_theirs(house: House) -> None:
    lan, hoa = await house.citizen("lan"), await house.citizen("hoa")
    await opened(lan)
    for command in ("/phieu 1", "/nhan 1", "/traloi 1", "/dong 1"):
        assert "không thuộc phần của Ông/Bà" in words(await hoa.says(command))
    assert "chưa có phiếu nào" in words(await hoa.says("/phieu"))


async def test_an_auditor_does_not_read_peoples_mail(house: House) -> None:
    lan, auditor = await house.citizen(), await house.officer("Thanh", Role.INTERNAL_AUDITOR)
    await opened(lan)
    assert "không có phiếu nào" in words(await auditor.says("/phieu"))
    assert "không thực hiện được" in words(await auditor.says("/nhan 1"))


async def test_a_reply_to_a_ticket_closed_meanwhile_is_refused_and_the_form_ends(
    house: House, store: Store, library: Papers
) -> None:
    lan, minh = await house.citizen(), await house.officer()
    await opened(lan)
    await minh.says("/nhan 1")
    await minh.says("/traloi 1")
    assert "Đã đóng" in words(await lan.says("/dong 1"))
    assert "không thực hiện được" in words(await minh.says("Lệ phí là 200 nghìn đồng."))
    await minh.says("hồ sơ bị mất thì sao")
    assert library.asked[-1].text == "hồ sơ bị mất thì sao"
    assert await deliver(store, house.clock()) == 0


async def test_the_reply_finds_the_person_where_they_are_now(house: House, store: Store) -> None:
    lan, minh = await house.citizen(), await house.officer()
    await opened(lan)
    await replied(minh)
    await lan.presses((await lan.says("/riengtu xoa"))[-1].button("Xóa tất cả"))
    # Erased in between: nobody is left to be told, and the notice does not come back for ever.
    assert await deliver(store, house.clock()) == 0
    async with store.reading() as tx:
        replies = await tx.scalars(select(Notice).where(Notice.kind == tickets.REPLIED))
        assert [notice.addressed_at is not None for notice in replies] == [True]


async def test_an_english_speaker_is_told_in_english(house: House, store: Store) -> None:
    john, minh = await house.citizen("john", language="en"), await house.officer()
    await john.says("/ngonngu en")
    await john.says("officer")
    await john.says("What is the fee?")
    assert "number 1" in words(await john.says("1"))
    await replied(minh)
    await deliver(store, house.clock())
    async with store.reading() as tx:
        last = (await messages.history(tx, bot_id=john.bot.id, chat_id=john.number, limit=1))[0]
    assert "An officer has replied" in str(last.body)


async def test_whose_officer_leaves_the_ticket_is_open_again(house: House, store: Store) -> None:
    lan, minh, hung = await house.citizen(), await house.officer("Minh"), await house.officer("Hùng")
    await opened(lan)
    await minh.says("/nhan 1")
    async with store.begin() as tx:
        person = await people.find(tx, "Minh")
        await people.leave(tx, person.id, hand_over_to=None, by=None, at=house.clock())
    assert "đã nhận" in words(await hung.says("/nhan 1"))
    async with store.reading() as tx:
        [ticket] = list(await tx.scalars(select(tickets.Ticket)))
    assert ticket.state is TicketState.TAKEN


async def test_a_number_typed_into_a_form_is_what_the_form_asked_for(house: House) -> None:
    lan = await house.citizen()
    await lan.says("/start")
    await lan.says("/gapcanbo")
    # The menu before it had a second button too.
    assert "Nội dung sẽ gửi cán bộ" in words(await lan.says("2"))
    assert "phiếu số 1" in words(await lan.says("1"))
    assert "Phiếu số 1" in words(await lan.says("phiếu 1"))


async def test_an_officer_may_name_a_colleague_and_the_phone_of_the_office_but_no_personal_number(
    house: House, store: Store
) -> None:
    lan, minh = await house.citizen(), await house.officer()
    await opened(lan)
    reply = "Giấy phép của Ông/Bà đã ký, mời đến gặp anh Nam hoặc gọi 0258 3822 123; cccd 056123456789 đã đối chiếu."
    await replied(minh, reply)
    await deliver(store, house.clock())
    shown = words(await lan.says("/phieu 1"))
    assert "0258 3822 123" in shown
    assert "056123456789" not in shown
