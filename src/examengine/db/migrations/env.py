"""Runs the migrations on the connection it is handed; offline use is not offered."""

from alembic import context
from sqlmodel import SQLModel

import examengine.db.types  # noqa: F401  (sets the naming convention)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
