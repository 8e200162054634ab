"""Batches and their rows, what the sector knows of each record, answers, and a school's own shapes of files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

from .rules.shapes import KINDS

STATES = ("checking", "checked", "writing", "written", "handed", "answered", "discarded")
"""In this order; `checked` comes again when the records were mended."""
ROW_STATES = ("ready", "error", "left_out", "same", "waiting", "in_file", "accepted", "refused")
"""`same`: the sector knows exactly this. `waiting`: exactly this was handed over and is not answered yet."""
KNOWN_STATES = ("sent", "accepted", "refused")


class OwnShape(Identified, SchoolOwned, Timestamps, Base):
    """A department's template that the school has loaded."""

    __tablename__ = "sector_shape"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        UniqueConstraint("school_id", "kind", "valid_from"),
    )

    kind: Mapped[str]
    valid_from: Mapped[str]
    """The first school year: `2026-2027`."""
    file_name: Mapped[str]
    layout: Mapped[dict[str, Any]]
    """`sheet`, `titles`, `header_row`, and `columns`: pairs of header and field."""
    made_by: Mapped[str]


class Batch(Identified, SchoolOwned, Timestamps, Base):
    """What is sent in one go: a kind, for a class, a grade or the school, in a period."""

    __tablename__ = "sector_batch"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("outcome IN ('', 'SUCCESS', 'PARTIAL', 'FAILED')", name="outcome"),
        UniqueConstraint("school_id", "number"),
        UniqueConstraint("school_id", "id"),
    )

    number: Mapped[int]
    """Running, by school."""
    kind: Mapped[str]
    link: Mapped[str] = mapped_column(default="excel")
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"))
    term: Mapped[int] = mapped_column(SmallInteger, default=0)
    """0 for the whole year."""
    grade: Mapped[int | None] = mapped_column(SmallInteger)
    class_id: Mapped[UUID | None]
    everything: Mapped[bool] = mapped_column(default=False)
    """Also what the sector knows already."""
    shape: Mapped[str]
    """Code of the shape it was checked against."""
    state: Mapped[str] = mapped_column(default="checking")
    counts: Mapped[dict[str, Any]]
    """Rows by state."""
    job_id: Mapped[UUID | None]
    made_by: Mapped[str]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    sha256: Mapped[str] = mapped_column(default="")
    written_at: Mapped[datetime | None]
    written_by: Mapped[str] = mapped_column(default="")
    handed_at: Mapped[datetime | None]
    handed_by: Mapped[str] = mapped_column(default="")
    handed_note: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")


class Line(SchoolOwned, Base):
    """A row of a batch, as it would be written. No surrogate key: rows come by the hundred thousand."""

    __tablename__ = "sector_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "batch_id"], ["sector_batch.school_id", "sector_batch.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"state IN {ROW_STATES}", name="state"),
        Index("ix_sector_row_learner", "learner_id"),
        Index("ix_sector_row_state", "school_id", "batch_id", "state", "number"),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Order in the batch: by class and name."""
    key: Mapped[str]
    """Of the record: id of the pupil or the class, with the subject where it is of one."""
    row_id: Mapped[UUID]
    """The lasting id of the record at the sector, made of school, kind, period and key."""
    learner_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    class_id: Mapped[UUID | None]
    full_name: Mapped[str]
    search_text: Mapped[str]
    class_name: Mapped[str]
    part: Mapped[str] = mapped_column(default="")
    """The subject, in words."""
    values: Mapped[dict[str, Any]]
    digest: Mapped[str]
    findings: Mapped[list[Any]]
    """Pairs of code and field."""
    state: Mapped[str]
    known: Mapped[bool]
    """Whether the sector has taken this record before: UPDATE instead of NEW."""
    version: Mapped[int]
    file_number: Mapped[int | None]
    """Its number in the file."""
    sector_code: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    """The sector's reason."""


class Known(SchoolOwned, Base):
    """What the sector knows of a record in a period: what was handed over last, and what of it was taken."""

    __tablename__ = "sector_known"
    __table_args__ = (
        CheckConstraint(f"state IN {KNOWN_STATES}", name="state"),
        Index("ix_sector_known_learner", "learner_id"),
        Index("ix_sector_known_refused", "school_id", "year_id", "kind", postgresql_where=text("state = 'refused'")),
    )

    school_id: Mapped[UUID] = mapped_column(primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    kind: Mapped[str] = mapped_column(primary_key=True)
    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id"), primary_key=True)
    term: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    learner_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"))
    class_id: Mapped[UUID | None]
    state: Mapped[str]
    digest: Mapped[str] = mapped_column(default="")
    """Of what was taken last; empty before anything was."""
    sent_digest: Mapped[str]
    version: Mapped[int]
    batch_id: Mapped[UUID]
    number: Mapped[int]
    """The row of the batch that was handed over last."""
    message: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class AnswerFile(Identified, SchoolOwned, Timestamps, Base):
    """An answer that was read: the file as it came, and what it said."""

    __tablename__ = "sector_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "batch_id"], ["sector_batch.school_id", "sector_batch.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("school_id", "batch_id", "sha256"),
    )

    batch_id: Mapped[UUID]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("core_file.id"))
    sha256: Mapped[str]
    file_name: Mapped[str]
    summary: Mapped[dict[str, Any]]
    """Counts, columns that were not understood, and the rows that a person has to look at."""
    read_by: Mapped[str]
