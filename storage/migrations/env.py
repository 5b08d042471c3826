"""Alembic's entry: the migrations run on the connection, and in the transaction, that `storage.schema` hands over."""

from alembic import context

from storage import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata(),
    transactional_ddl=True,  # SQLite can, once the driver lets BEGIN alone: half a migration is never left behind
)
with context.begin_transaction():
    context.run_migrations()
