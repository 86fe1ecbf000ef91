"""Alembic's way in: the connection is handed over by :class:`~..database.Database`."""

from alembic import context

from yamaha_ops.web.store.tables import Base

connection = context.config.attributes["connection"]
# SQLite cannot alter a constraint: there a table is written anew.
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
