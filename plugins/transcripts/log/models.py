"""Tables of the log. Nothing here is ever changed or deleted: the rights do not allow it, and triggers refuse it.

Entries belong to their school. Hashes, checkpoints and timestamps are one for the installation: they say nothing about
anybody, and one timestamp serves all schools.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, SchoolOwned

from .entry import Act


class LogEntry(SchoolOwned, Base):
    """An act at its place in the log."""

    __tablename__ = "transcripts_log_entry"
    __table_args__ = (
        UniqueConstraint("school_id", "record", "act"),
        CheckConstraint("act IN ('issue', 'replace', 'revoke')", name="act"),
        CheckConstraint(f"(act = '{Act.REPLACE}') = (before <> '')", name="before"),
        Index("ix_transcripts_log_entry_before", "school_id", "before"),
    )

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    act: Mapped[str]
    record: Mapped[str]
    before: Mapped[str]
    decision: Mapped[str]
    at: Mapped[datetime]
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class LogNode(Base):
    """The hash of a complete subtree of 256**level entries."""

    __tablename__ = "transcripts_log_node"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """How long the log was and its root, signed."""

    __tablename__ = "transcripts_log_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class LogToken(Base):
    """A timestamp over a checkpoint (number 0), or over the token before it."""

    __tablename__ = "transcripts_log_token"

    size: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("transcripts_log_checkpoint.size"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    time: Mapped[datetime]
    renew_at: Mapped[datetime]
    """When it has to be stamped anew; see `renewal`."""


class LogKey(Base):
    """The key that signs checkpoints; made once. The private half is sealed with the installation's secrets."""

    __tablename__ = "transcripts_log_key"

    name: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[str] = mapped_column(info={"sealed": "'transcripts_log_key'"})
    since: Mapped[datetime]
