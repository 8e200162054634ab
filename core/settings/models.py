"""Stored values of settings; a setting without a row has its default."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, Timestamps


class SettingValue(Identified, Timestamps, Base):
    """The value of one setting, of a school or (without a school) of the installation."""

    __tablename__ = "core_setting"
    __table_args__ = (UniqueConstraint("school_id", "key", postgresql_nulls_not_distinct=True),)

    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_school.id"))
    key: Mapped[str]
    changed_by: Mapped[UUID | None]
    """The account that set it; None for the program and the command line."""
    value: Mapped[Any] = mapped_column(
        JSONB, info={"sealed": "'setting:' || COALESCE(CAST(school_id AS text), 'instance') || ':' || key"}
    )
    """The value itself, or for a secret its sealed text."""
