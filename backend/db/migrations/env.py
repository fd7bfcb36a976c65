"""Run by Alembic: the steps work on the connection, and in the transaction, of backend/db/migrate.py.

SQLite changes a table by copying it (batch mode); its foreign keys are off meanwhile and checked after.
"""

from alembic import context

import backend.db.models  # noqa: F401 - fills Base.metadata
from backend.db.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
