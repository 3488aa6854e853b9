"""Alembic runs this inside the connection that ``databases.prepare`` gives it: all steps are one transaction."""

from __future__ import annotations

from alembic import context

from conversation.tables import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    transactional_ddl=True,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
