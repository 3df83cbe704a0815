"""Alembic's entry: runs on the connection that `storage.schema` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import JSON
from sqlmodel import AutoString, SQLModel

import storage.tables  # noqa: F401 - fills the metadata
from storage.types import UtcDateTime


def _render(kind: str, item: object, _api: object) -> str | Literal[False]:
    """How our own column types stand in a migration: by plain names that stay."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
