"""What no program may do: triggers that keep the journal append-only and what has left the draft unchanged."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What was checked is what is approved and what answers: the text, its source, and what identifies the version.
_FIXED = "document_id, version, title, audience, origin, source_name, source_sha256, warnings, writer_id, drafted_at"
_NOT_A_STEP = """OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
    'draft>checked', 'draft>approved', 'draft>obsolete', 'checked>approved', 'checked>obsolete',
    'approved>suspended', 'approved>obsolete', 'suspended>approved', 'suspended>obsolete')"""
_OVERLAPS = """NEW.state IN ('approved', 'suspended') AND EXISTS (
    SELECT 1 FROM versions AS other
    WHERE other.document_id = NEW.document_id AND other.id <> NEW.id AND other.state IN ('approved', 'suspended')
    AND (other.effective_to IS NULL OR NEW.effective_from < other.effective_to)
    AND (NEW.effective_to IS NULL OR other.effective_from < NEW.effective_to))"""
_LEFT_THE_DRAFT = "EXISTS (SELECT 1 FROM versions WHERE id = {row}.version_id AND state <> 'draft')"

# (name, table, when, condition, message); no condition: always.
_GUARDS = [
    ("journal_unchanged", "journal", "UPDATE", "", "the journal is append-only"),
    ("journal_undeleted", "journal", "DELETE", "", "the journal is append-only"),
    ("seals_unchanged", "seals", "UPDATE", "", "seals are insert-only"),
    ("seals_undeleted", "seals", "DELETE", "", "seals are insert-only"),
    ("versions_fixed", "versions", f"UPDATE OF {_FIXED}", "OLD.state <> 'draft'", "it has left the draft"),
    (
        "versions_checked_once",
        "versions",
        "UPDATE OF checker_id, checked_at",
        "OLD.checker_id IS NOT NULL",
        "it is signed",
    ),
    (
        "versions_approved_once",
        "versions",
        "UPDATE OF approver_id, approved_at, effective_from, effective_from_confirmed",
        "OLD.approver_id IS NOT NULL",
        "it is signed",
    ),
    ("versions_undeleted", "versions", "DELETE", "OLD.state <> 'draft'", "it has left the draft"),
    ("versions_step", "versions", "UPDATE OF state", _NOT_A_STEP, "there is no such step"),
    ("versions_apart", "versions", "UPDATE", _OVERLAPS, "two versions on one day"),
    ("versions_apart_new", "versions", "INSERT", _OVERLAPS, "two versions on one day"),
    ("versions_begin_as_drafts", "versions", "INSERT", "NEW.state <> 'draft'", "a version begins as a draft"),
]
for _table in ("places", "sources"):
    _GUARDS += [
        (f"{_table}_unadded", _table, "INSERT", _LEFT_THE_DRAFT.format(row="NEW"), "it has left the draft"),
        (f"{_table}_unchanged", _table, "UPDATE", _LEFT_THE_DRAFT.format(row="OLD"), "it has left the draft"),
        (f"{_table}_unmoved", _table, "UPDATE", _LEFT_THE_DRAFT.format(row="NEW"), "it has left the draft"),
        (f"{_table}_undeleted", _table, "DELETE", _LEFT_THE_DRAFT.format(row="OLD"), "it has left the draft"),
    ]


def upgrade() -> None:
    op.execute("INSERT INTO generations (id, number) VALUES (1, 0)")
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    guards = [
        *_GUARDS,
        # INSERT OR REPLACE deletes without firing the triggers of DELETE.
        ("journal_unreplaced", "journal", "INSERT", "EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)", "append-only"),
        ("seals_unreplaced", "seals", "INSERT", "EXISTS (SELECT 1 FROM seals WHERE seq = NEW.seq)", "insert-only"),
    ]
    for name, table, when, condition, message in guards:
        only = f"WHEN {condition}" if condition else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} {only} BEGIN SELECT RAISE(ABORT, '{message}'); END")


def _postgresql() -> None:
    for name, table, when, condition, message in _GUARDS:
        back = "OLD" if when == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition or 'true'} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN {back}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    op.execute(
        "CREATE FUNCTION untruncated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'it is kept' USING ERRCODE = 'check_violation'; END $$"
    )
    for table in ("journal", "seals", "versions", "places", "sources"):
        op.execute(
            f"CREATE TRIGGER {table}_untruncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION untruncated()"
        )
