"""The audit trail: what waits to be linked, the linked chain, and the head of each chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Index, LargeBinary, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base

NO_SCHOOL = UUID(int=0)
"""Chain of the installation itself, for what concerns no single school."""


class Entry:
    """Who did what to what, and when. No foreign keys: the trail outlives everything that it names."""

    id: Mapped[UUID] = mapped_column()
    school_id: Mapped[UUID | None]
    """None: an act on the installation."""
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    target_type: Mapped[str]
    target_id: Mapped[str]
    detail: Mapped[dict[str, Any]]
    entry_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the canonical bytes of everything above."""


class PendingEntry(Entry, Base):
    """Written by the request. A row leaves only when it is in the chain (a trigger sees to it)."""

    __tablename__ = "core_audit_pending"
    __table_args__ = (PrimaryKeyConstraint("id"),)


class AuditEntry(Entry, Base):
    """An entry at its place in the chain of its school; nobody can change or delete it."""

    __tablename__ = "core_audit"
    __table_args__ = (
        PrimaryKeyConstraint("chain", "seq"),
        UniqueConstraint("id"),
        Index("ix_core_audit_target", "target_type", "target_id", "chain"),
        Index("ix_core_audit_at", "chain", "at"),
    )

    chain: Mapped[UUID] = mapped_column(Computed(f"coalesce(school_id, '{NO_SCHOOL}'::uuid)", persisted=True))
    seq: Mapped[int] = mapped_column(autoincrement=False)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """How far each chain has come, so that a missing tail is seen."""

    __tablename__ = "core_audit_head"

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
