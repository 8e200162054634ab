"""What is known about each document; the bytes lie in a `FileStore` under their digest."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned
from core.data.types import utc_now


class File(Identified, SchoolOwned, Base):
    """A document that the school keeps. Never changed: a new content is a new document."""

    __tablename__ = "core_file"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
        Index("uq_core_file_content", "school_id", "sha256", "purpose", "name", "media_type", unique=True),
    )

    sha256: Mapped[str]
    """Digest of the content, lower-case hexadecimal (FIPS 180-4)."""
    size: Mapped[int]
    """In bytes."""
    media_type: Mapped[str]
    name: Mapped[str]
    """What people called it: shown and offered for download, never part of a path."""
    purpose: Mapped[str]
    """Why the school keeps it, `<plugin>.<what>`: `learners.import`, `finance.receipt`."""
    created_by: Mapped[UUID | None]
    """The account of who brought it; None for the program and for holders of a link."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
