"""Transcripts, the versions of their years, the places for signatures, and every move with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned

from ..rules.slots import Role, SlotState
from ..rules.states import IN_FORCE, IN_WORK, State

STAGES = ("primary", "lower_secondary", "upper_secondary")


def _in(column: str, values: object) -> str:
    names = sorted(str(value) for value in values)  # type: ignore[attr-defined]  # sets and enums of texts
    return f"{column} IN ({', '.join(repr(name) for name in names)})"


class Transcript(Identified, SchoolOwned, Base):
    """The transcript of a pupil in one stage of schooling. `id` is what the sector calls `madinhdanhhocba`; a pupil who
    comes from another school brings theirs along."""

    __tablename__ = "transcripts_transcript"
    __table_args__ = (
        UniqueConstraint("school_id", "learner_id", "stage"),
        UniqueConstraint("school_id", "id"),
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
        # By the pupil alone: deleting one looks for their transcripts without the school.
        Index("ix_transcripts_transcript_learner", "learner_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    stage: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    """`sosodangbo`: number in the register of the school."""
    from_school: Mapped[str] = mapped_column(default="")
    """The school that began it, where the record is continued here."""
    begun_at: Mapped[datetime]
    begun_by: Mapped[str]


class YearRecord(Identified, SchoolOwned, Base):
    """One version of one year of a transcript. The bytes are in the store of documents, by their digest; what is here
    only finds them. A row is never changed in what it says: a correction is another version."""

    __tablename__ = "transcripts_year_record"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "transcript_id"], ["transcripts_transcript.school_id", "transcripts_transcript.id"]
        ),
        UniqueConstraint("school_id", "id"),
        UniqueConstraint("school_id", "transcript_id", "year_id", "version"),
        UniqueConstraint("token"),
        CheckConstraint(_in("state", State), name="state"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(replaces_id IS NULL) = (replaces_sha256 = '')", name="replaces"),
        Index(
            "uq_transcripts_year_record_in_work", "school_id", "transcript_id", "year_id", unique=True,
            postgresql_where=text(_in("state", IN_WORK)),
        ),
        Index(
            "uq_transcripts_year_record_in_force", "school_id", "transcript_id", "year_id", unique=True,
            postgresql_where=text(_in("state", IN_FORCE)),
        ),
        Index("ix_transcripts_year_record_class", "school_id", "year_id", "class_id"),
        Index("ix_transcripts_year_record_transcript", "school_id", "transcript_id"),
        Index("ix_transcripts_year_record_learner", "learner_id"),
    )  # fmt: skip

    transcript_id: Mapped[UUID]
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    class_id: Mapped[UUID]
    class_name: Mapped[str]
    grade: Mapped[int]
    rule_set: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    replaces_id: Mapped[UUID | None]
    replaces_sha256: Mapped[str] = mapped_column(default="")
    """Digest of the sealed file of the version that this one stands for."""
    reason: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    """Why there is this version, and the number of the decision, where it replaces or was revoked."""
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    """The record as it was frozen, without any signature."""
    sha256: Mapped[str]
    sealed_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    """The record with all its signatures, once the seal is on it."""
    sealed_sha256: Mapped[str] = mapped_column(default="")
    shown: Mapped[dict[str, Any]]
    """What lists show without opening the file: `{subject code: [term I, term II, year, again]}` and the results."""
    from_paper: Mapped[bool] = mapped_column(default=False)
    paper_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    paper: Mapped[str] = mapped_column(default="")
    """`trichluc`: taken over from a paper transcript: what it is, its number and day."""
    token: Mapped[str]
    """128 random bits in the address of the public page."""
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[str]
    sealed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it stopped counting: opened again, revoked or replaced."""


class Slot(Identified, SchoolOwned, Base):
    """A place for one signature. `signature` is the whole signature element as it stands in the file."""

    __tablename__ = "transcripts_slot"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "record_id"], ["transcripts_year_record.school_id", "transcripts_year_record.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("school_id", "record_id", "role", "subject"),
        UniqueConstraint("school_id", "id"),
        CheckConstraint(_in("role", Role), name="role"),
        CheckConstraint(_in("state", SlotState), name="state"),
        CheckConstraint("(role = 'GVBM') = (subject <> '')", name="subject"),
        CheckConstraint("(state = 'signed') = (signature IS NOT NULL)", name="signature"),
        Index("ix_transcripts_slot_person", "person_id", "state"),
    )  # fmt: skip

    record_id: Mapped[UUID]
    role: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    """Code of the subject, of a subject teacher's place."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    """Who has to sign, as entitled on the day of freezing; None for the seal, and where nobody is assigned."""
    state: Mapped[str] = mapped_column(default=SlotState.WAITING)
    signer_id: Mapped[UUID | None]
    transaction_id: Mapped[UUID | None]
    certificate_sha256: Mapped[str] = mapped_column(default="")
    signed_by: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime | None]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)


class Move(Identified, SchoolOwned, Base):
    """One move of a version from a state to another; append-only."""

    __tablename__ = "transcripts_move"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "record_id"], ["transcripts_year_record.school_id", "transcripts_year_record.id"],
            ondelete="CASCADE",
        ),
        Index("ix_transcripts_move_record", "school_id", "record_id"),
    )  # fmt: skip

    record_id: Mapped[UUID]
    at: Mapped[datetime]
    event: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    dropped: Mapped[int] = mapped_column(default=0)
    """Signatures that were given up by this move."""
