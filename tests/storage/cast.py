"""Who appears in these tests, and what they usually do."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy import text as sql_text
from sqlalchemy.exc import IntegrityError

from storage import Tx, documents, identities, people, questions, tickets
from storage.controlled import Version
from storage.questions import Kind, Question
from storage.tickets import Ticket
from storage.who import Role, Who
from tests.conftest import NOW

WEB = 1_000_000_002


@dataclass(frozen=True)
class Staff:
    """Ids of people: two officers of one room, one of another, and those who sign."""

    lan: int
    minh: int
    hoa: int
    head: int
    secretary: int
    director: int
    deputy: int
    administrator: int


async def staff(tx: Tx) -> Staff:
    async def one(name: str, role: Role, unit: str | None, *fields: str) -> int:
        return (await people.add(tx, name=name, roles=[role], unit=unit, fields=fields, at=NOW, by=None)).id

    return Staff(
        lan=await one("Nguyễn Thị Lan", Role.OFFICER, "Phòng Kế hoạch"),
        minh=await one("Trần Minh", Role.OFFICER, "Phòng Kế hoạch"),
        hoa=await one("Lê Hoa", Role.OFFICER, "Văn phòng"),
        head=await one("Phạm Trưởng", Role.HEAD_OF_UNIT, "Phòng Kế hoạch"),
        secretary=await one("Vũ Thư Ký", Role.QMS_SECRETARY, "Văn phòng"),
        director=await one("Đỗ Giám Đốc", Role.DIRECTOR, None),
        deputy=await one("Bùi Phó", Role.DEPUTY_DIRECTOR, None, "hóa chất", "xăng dầu"),
        administrator=await one("Cao Quản Trị", Role.ADMINISTRATOR, "Văn phòng"),
    )


async def at_the_keyboard(tx: Tx, person_id: int) -> Who:
    """This person, speaking through an account of the web chat."""
    who = await identities.meet(tx, channel="web", bot_id=WEB, outside_id=f"staff-{person_id}", at=NOW)
    await tx.execute(
        identities.Identity.table()
        .update()
        .where(identities.Identity.id == who.identity_id)
        .values(person_id=person_id)
    )
    known = await identities.known(tx, who.identity_id)
    assert known is not None
    return known


async def citizen(tx: Tx, account: str = "lan", *, at: datetime = NOW) -> Who:
    return await identities.meet(tx, channel="web", bot_id=WEB, outside_id=account, at=at)


async def asked(
    tx: Tx,
    who: Who,
    *,
    text: str = "Lệ phí bao nhiêu?",
    kind: Kind = Kind.REFUSAL,
    update_id: int = 1,
    at: datetime = NOW,
) -> Question:
    question_id = await questions.record(
        tx,
        who=who,
        chat_id=who.number,
        update_id=update_id,
        text=text,
        language="vi",
        kind=kind,
        cited=[{"document": "STCL", "version": "1", "place": "7.5", "score": 0.5}],
        rejected=[],
        ms=1.25,
        at=at,
        masked=["phone"],
    )
    return await tx.get_one(Question, question_id)


async def ticket(
    tx: Tx, who: Who, *, body: str = "Xin gặp cán bộ", update_id: int = 10, question_id: int | None = None
) -> Ticket:
    return await tickets.open_(
        tx,
        who=who,
        chat_id=who.number,
        bot_id=who.bot_id,
        body=body,
        question_id=question_id,
        update_id=update_id,
        at=NOW,
    )


async def drafted(
    tx: Tx, writer_id: int, version: str = "1", *, text: str = "Chữ", origin: str = "internal", code: str = "STCL"
) -> Version:
    return await documents.draft(
        tx,
        code=code,
        title="Sổ tay chất lượng",
        version=version,
        audience="public",
        origin=origin,
        source_name="so-tay.docx",
        source=text.encode(),
        places=[documents.PlaceRow("7.5", "Thông tin", text), documents.PlaceRow("9.1.2", "Hài lòng", "Phiếu góp ý")],
        writer_id=writer_id,
        at=NOW,
    )


async def approved(tx: Tx, cast: Staff, version: str, effective_from: date, *, text: str = "Chữ") -> Version:
    row = await drafted(tx, cast.lan, version, text=text)
    await documents.check(tx, row.id, by=cast.secretary, at=NOW)
    return await documents.approve(
        tx, row.id, by=cast.director, effective_from=effective_from, effective_from_confirmed=True, at=NOW
    )


async def refused_by_the_database(tx: Tx, impossible: list[str]) -> None:
    """Each of these statements is refused by a constraint or a trigger; the transaction goes on."""
    for sql in impossible:
        savepoint = await tx.begin_nested()
        try:
            await tx.execute(sql_text(sql))
        except IntegrityError:
            await savepoint.rollback()
        else:
            pytest.fail(f"not refused: {sql}")
