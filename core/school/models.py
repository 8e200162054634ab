"""Schools and their years."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned, Timestamps


class School(Identified, Timestamps, Base):
    """A school; the unit of tenancy. Not itself limited to a school: sign-in must find it."""

    __tablename__ = "core_school"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("level IN ('preschool', 'primary', 'lower_secondary', 'upper_secondary')", name="level"),
        CheckConstraint("ownership IN ('public', 'private')", name="ownership"),
        CheckConstraint("payment_prefix ~ '^[A-Z]{3}$'", name="payment_prefix"),
        UniqueConstraint("payment_prefix"),
    )

    code: Mapped[str]
    """Short code of the school, as in addresses of the sector database."""
    name: Mapped[str]
    level: Mapped[str]
    ownership: Mapped[str] = mapped_column(default="public")
    province: Mapped[str]
    """Two-digit code after 1 July 2025."""
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    payment_prefix: Mapped[str]
    """Three letters that begin each payment reference of the school."""
    modules: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Modules that are on, kept by a trigger on `core_module_switch`: sign-in reads them with the session."""


class SchoolYear(Identified, SchoolOwned, Timestamps, Base):
    """A school year, such as 2026-2027; one of them is current."""

    __tablename__ = "core_school_year"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("uq_core_school_year_current", "school_id", unique=True, postgresql_where="current"),
        CheckConstraint("starts_on < ends_on", name="order"),
    )

    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    current: Mapped[bool] = mapped_column(default=False)


class ModuleSwitch(SchoolOwned, Base):
    """A module that a school has switched on. No row means off."""

    __tablename__ = "core_module_switch"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("core_school.id"), primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    module: Mapped[str] = mapped_column(primary_key=True)
    switched_on_at: Mapped[datetime]
