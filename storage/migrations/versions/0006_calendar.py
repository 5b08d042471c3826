"""The work calendar, with sources and who confirmed them; when people want to hear of their work"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_LAW = "Bộ luật Lao động 45/2019/QH14, Điều 112"
_CHOSEN = "Bộ luật Lao động 45/2019/QH14, Điều 112 khoản 3 (số thông báo của năm chưa được ghi lại)"
_MADE_UP = "Bộ luật Lao động 45/2019/QH14, Điều 111 khoản 3"
_6150 = "Thông báo 6150/TB-BLĐTBXH"
_9441 = "Thông báo 9441/TB-BNV"
_12729 = "Công văn 12729/VPCP-KGVX"
_NEW_YEAR, _TET, _HUNG = "Tết Dương lịch", "Tết Nguyên đán", "Giỗ Tổ Hùng Vương (10/3 âm lịch)"
_VICTORY, _LABOUR, _NATIONAL = "Ngày Chiến thắng", "Ngày Quốc tế lao động", "Quốc khánh"
_BESIDE = "Quốc khánh (ngày liền kề)"

# (first day, last day, name, source) of days off.
_OFF = [
    ("2024-01-01", "2024-01-01", _NEW_YEAR, _LAW),
    ("2024-02-08", "2024-02-12", _TET, _CHOSEN),
    ("2024-02-13", "2024-02-14", "Tết Nguyên đán (nghỉ bù)", _MADE_UP),
    ("2024-04-18", "2024-04-18", _HUNG, _LAW),
    ("2024-04-29", "2024-04-29", "Nghỉ hoán đổi với thứ Bảy 4/5/2024", "Công văn 2450/VPCP-KGVX"),
    ("2024-04-30", "2024-04-30", _VICTORY, _LAW),
    ("2024-05-01", "2024-05-01", _LABOUR, _LAW),
    ("2024-09-02", "2024-09-02", _NATIONAL, _LAW),
    ("2024-09-03", "2024-09-03", _BESIDE, _CHOSEN),
    ("2025-01-01", "2025-01-01", _NEW_YEAR, _LAW),
    ("2025-01-27", "2025-01-31", _TET, _6150),
    ("2025-04-07", "2025-04-07", _HUNG, _LAW),
    ("2025-04-30", "2025-04-30", _VICTORY, _LAW),
    ("2025-05-01", "2025-05-01", _LABOUR, _LAW),
    ("2025-05-02", "2025-05-02", "Nghỉ hoán đổi với thứ Bảy 26/4/2025", _6150),
    ("2025-09-01", "2025-09-01", _BESIDE, _6150),
    ("2025-09-02", "2025-09-02", _NATIONAL, _LAW),
    ("2026-01-01", "2026-01-01", _NEW_YEAR, _LAW),
    ("2026-01-02", "2026-01-02", "Nghỉ hoán đổi với thứ Bảy 10/1/2026", _12729),
    ("2026-02-16", "2026-02-20", _TET, _CHOSEN),
    ("2026-04-26", "2026-04-26", _HUNG, _LAW),
    ("2026-04-27", "2026-04-27", "Giỗ Tổ Hùng Vương (nghỉ bù)", _MADE_UP),
    ("2026-04-30", "2026-04-30", _VICTORY, _LAW),
    ("2026-05-01", "2026-05-01", _LABOUR, _LAW),
    ("2026-08-31", "2026-08-31", "Nghỉ hoán đổi với thứ Bảy 22/8/2026", _9441),
    ("2026-09-01", "2026-09-01", _BESIDE, _9441),
    ("2026-09-02", "2026-09-02", _NATIONAL, _LAW),
    ("2026-11-24", "2026-11-24", "Ngày Văn hóa Việt Nam", "Nghị quyết 28/2026/QH16, Điều 2"),
]
# (day, name, source, confirmed) of rest days that are worked. The document of 10/1/2026 was not seen: unconfirmed.
_WORK = [
    ("2024-05-04", "Làm bù cho 29/4/2024", "Công văn 2450/VPCP-KGVX", True),
    ("2025-04-26", "Làm bù cho 2/5/2025", _6150, True),
    ("2026-01-10", "Làm bù cho 2/1/2026", _12729, False),
    ("2026-08-22", "Làm bù cho 31/8/2026", _9441, True),
]


def upgrade() -> None:
    table = op.create_table(
        "calendar_days",
        sa.Column("id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("off", "work", name="daykind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by", ID, nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_calendar_days_a_day_has_a_name")),
        sa.CheckConstraint(
            "NOT confirmed OR source IS NOT NULL", name=op.f("ck_calendar_days_what_is_confirmed_has_a_source")
        ),
        sa.CheckConstraint("confirmed OR confirmed_by IS NULL", name=op.f("ck_calendar_days_who_confirmed_confirmed")),
        sa.CheckConstraint(
            "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_calendar_days_a_confirmation_has_a_moment"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_calendar_days_confirmed_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_days_day")),
        sqlite_autoincrement=True,
    )
    op.bulk_insert(table, [*_off(), *_work()])
    op.create_table(
        "digest_times",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(at) = 5", name=op.f("ck_digest_times_a_time_is_written_as_0730")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_digest_times_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digest_times")),
    )


def _off() -> list[dict[str, object]]:
    return [
        {"day": date.fromordinal(number), "kind": "off", "name": name, "source": source, "confirmed": True}
        for first, last, name, source in _OFF
        for number in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
    ]


def _work() -> list[dict[str, object]]:
    return [
        {"day": date.fromisoformat(day), "kind": "work", "name": name, "source": source, "confirmed": confirmed}
        for day, name, source, confirmed in _WORK
    ]
