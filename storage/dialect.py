"""The one place that knows that the two databases spell ON CONFLICT in two modules."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from storage.base import Base, Tx

Insert = postgresql.Insert | sqlite.Insert


def insert(tx: Tx, target: type[Base] | Table) -> Any:
    """Return an INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, for the database of this transaction.

    Typed Any: SQLAlchemy gives the two inserts no common type, and their methods are spelled alike.
    """
    table = target if isinstance(target, Table) else target.table()
    return sqlite.insert(table) if is_sqlite(tx) else postgresql.insert(table)


def is_sqlite(tx: Tx) -> bool:
    return tx.get_bind().dialect.name == "sqlite"
