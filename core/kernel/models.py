"""What the installation remembers of a plugin between two starts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base


class PluginRecord(Base):
    """An operator's block, or a migration that failed. No row: nothing to remember."""

    __tablename__ = "core_plugin"

    name: Mapped[str] = mapped_column(primary_key=True)
    blocked: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    """Why the operator blocked it."""
    fault: Mapped[str] = mapped_column(default="")
    """What the last `truong db upgrade` met in its migrations; empty when they ran."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
