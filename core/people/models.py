"""Persons and relations between them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned, Timestamps

WORDS = "array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''))"
"""The words by which somebody is found over all schools."""


class Person(Identified, SchoolOwned, Timestamps, Base):
    """A natural person as one school knows them: pupil, guardian, member of staff, or several at once."""

    __tablename__ = "core_person"
    __table_args__ = (
        CheckConstraint("sex IN (0, 1, 2, 9)", name="sex"),
        Index("ix_core_person_sort", "school_id", "sort_key", "id"),
        # Of the search over all schools only (`core.people.everywhere`).
        Index("ix_core_person_words", text(WORDS), postgresql_using="gin"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    """A trigger keeps it a school that is there, once a statement: persons come by the hundred thousand."""
    full_name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    """`core.data.collate.sort_key(full_name)`."""
    search_text: Mapped[str]
    """`fold()` of everything that people type to find this person."""
    sex: Mapped[int] = mapped_column(default=0)
    """ISO/IEC 5218: 0 unknown, 1 male, 2 female, 9 not applicable."""
    birth_date: Mapped[date | None]
    birth_year: Mapped[int | None]
    """Alone when only the year is known; else the year of `birth_date`."""
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """E.164."""
    email: Mapped[str] = mapped_column(default="")
    deceased: Mapped[bool] = mapped_column(default=False)


class MergedPerson(SchoolOwned, Base):
    """The id of a record that was merged into another: what names it and is never rewritten is found by this."""

    __tablename__ = "core_person_merged"
    __table_args__ = (Index("ix_core_person_merged_kept", "kept_id"),)

    gone_id: Mapped[UUID] = mapped_column(primary_key=True)
    kept_id: Mapped[UUID]
    """Of a record that is merged away itself later, the one that is kept then."""


class Relation(Identified, SchoolOwned, Timestamps, Base):
    """`person_id` is the <kind> of `related_id`: the guardian of the child."""

    __tablename__ = "core_relation"
    __table_args__ = (
        # Without the school in front: deleting a person looks both ways by the id alone.
        UniqueConstraint("related_id", "person_id", "kind"),
        Index("ix_core_relation_person", "person_id"),
        CheckConstraint("kind IN ('father', 'mother', 'guardian')", name="kind"),
    )

    school_id: Mapped[UUID] = mapped_column()  # pyright: ignore[reportIncompatibleVariableOverride]
    person_id: Mapped[UUID]
    related_id: Mapped[UUID]
    """A trigger keeps both persons of this school, and takes the relation away with either of them."""
    kind: Mapped[str]
    may_access: Mapped[bool] = mapped_column(default=True)
    """False where a court or the family has taken the right to see the child's records."""
    may_be_told: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    """False where the school sends no messages about the child; without access nobody is told, whatever stands here."""
