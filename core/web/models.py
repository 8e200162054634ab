"""What the web layer itself keeps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, SchoolOwned


class IdempotencyKey(SchoolOwned, Base):
    """An answered request of the API, by its Idempotency-Key; kept at least 24 hours."""

    __tablename__ = "core_idempotency_key"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("core_school.id"), primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    request: Mapped[str] = mapped_column(primary_key=True)
    """Method and path."""
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    status: Mapped[int | None] = mapped_column(Integer)
    media_type: Mapped[str | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)
