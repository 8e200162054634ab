"""What the record holds beside the list: further fields of the national dictionary, identifiers, rights, history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Base, Identified, SchoolOwned, Timestamps

SCHEMES = ("school", "sector", "personal", "passport", "birth_certificate", "other")
CHECKED = ("unverified", "verified", "mismatch")


class Profile(SchoolOwned, Timestamps, Base):
    """Fields of the dictionary that lists seldom carry. None is "not known", never "no"."""

    __tablename__ = "learners_profile"
    __table_args__ = (
        CheckConstraint("area BETWEEN 0 AND 4", name="area"),
        CheckConstraint(f"checked IN {CHECKED}", name="checked"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    other_name: Mapped[str | None]
    birth_place: Mapped[str | None]
    area: Mapped[int | None]
    boarding_kind: Mapped[str | None]
    disability_kind: Mapped[str | None]
    disability_not_assessed: Mapped[bool | None]
    two_sessions: Mapped[bool | None]
    swims: Mapped[bool | None]
    youth_union: Mapped[bool | None]
    father_minority: Mapped[bool | None]
    mother_minority: Mapped[bool | None]
    minority_language_needs: Mapped[bool | None]
    repeated_last_year: Mapped[bool | None]
    fee_reduction: Mapped[bool | None]
    fee_waiver: Mapped[bool | None]
    cost_support: Mapped[bool | None]
    lunch_support: Mapped[bool | None]
    monthly_support: Mapped[bool | None]
    rice_support: Mapped[bool | None]
    boarding_support: Mapped[bool | None]
    checked: Mapped[str] = mapped_column(default="unverified")
    """Compared with the papers or the population data: name, birth, sex and personal ID."""
    checked_on: Mapped[date | None]
    checked_by: Mapped[str | None]
    checked_against: Mapped[str | None]
    """What it was compared with, in words."""
    checked_version: Mapped[int | None]
    """The version of the record that was compared; a later change of the record makes the check stale."""


class Identifier(Identified, SchoolOwned, Timestamps, Base):
    """A number under which a pupil is or was known somewhere; the internal key never changes."""

    __tablename__ = "learners_identifier"
    __table_args__ = (
        CheckConstraint(f"scheme IN {SCHEMES}", name="scheme"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="order"),
        Index("ix_learners_identifier_learner", "learner_id"),
        Index("ix_learners_identifier_value", "school_id", "scheme", "value"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    scheme: Mapped[str]
    value: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(default="")


class GuardianDetail(SchoolOwned, Timestamps, Base):
    """What the dictionary wants of father, mother and guardian beside name, year of birth and telephone."""

    __tablename__ = "learners_guardian_detail"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    personal_id: Mapped[str | None]
    occupation: Mapped[str | None]


class ContactRight(SchoolOwned, Timestamps, Base):
    """What somebody may do for a child. Without a row: may collect, no order.

    Who may see the record, and who is told, stands in the core's relation (`may_access`, `may_be_told`).
    """

    __tablename__ = "learners_contact_right"
    __table_args__ = (Index("ix_learners_contact_right_person", "person_id"),)

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id", ondelete="CASCADE"), primary_key=True)
    has_custody: Mapped[bool | None]
    may_collect: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int | None]
    """Order in which they are called."""
    note: Mapped[str] = mapped_column(default="")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_file.id"))
    """The decision of a court or the paper of the family."""


class Sibling(SchoolOwned, Timestamps, Base):
    """What a person said about two pupils who share a parent: siblings, or not."""

    __tablename__ = "learners_sibling"
    __table_args__ = (
        CheckConstraint("learner_id < other_id", name="order"),
        Index("ix_learners_sibling_other", "other_id"),
    )

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"), primary_key=True)
    confirmed: Mapped[bool]
    author: Mapped[str]


class Change(Identified, SchoolOwned, Base):
    """A change by hand with the values before and after; the audit trail, which nobody can erase, names only fields."""

    __tablename__ = "learners_change"
    __table_args__ = (Index("ix_learners_change_learner", "learner_id", "at"),)

    learner_id: Mapped[UUID] = mapped_column(ForeignKey("learners_learner.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    author: Mapped[str]
    fields: Mapped[dict[str, Any]]
    """`{"sodinhdanh": [before, after]}`."""
