"""What everybody may learn of a record: whether it counts, of which school and year, and initials. Nothing is kept."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import Context
from core.sdk.errors import NotFound
from core.sdk.people import Person
from core.sdk.school import SchoolYear, school_of

from ..models import YearRecord
from ..rules.states import IN_FORCE, State

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Public:
    """One record as a stranger sees it.

    Attributes:
        counts: in force. newer: a version that has taken its place is in force.
        same: the file that was brought is, bit by bit, the one that the school sealed; None when none was brought.
    """

    school: str
    year: str
    initials: str
    version: int
    state: str
    sealed_at: datetime | None
    counts: bool
    newer: bool
    same: bool | None = None


def school_of_token(ctx: Context, token: str) -> UUID:
    """The school of a record by its token, in a context over all schools.

    Raises:
        NotFound: nobody's token, or a record that was never sealed.
    """
    if not _TOKEN.fullmatch(token):
        raise NotFound
    wanted = select(YearRecord.school_id).where(YearRecord.token == token, YearRecord.sealed_sha256 != "")
    found = ctx.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def by_token(ctx: Context, token: str, content: bytes | None = None) -> Public:
    """What a record's page says, and with a file whether it is the one that was sealed.

    Raises:
        NotFound: as `school_of_token`.
    """
    row = ctx.session.scalar(
        select(YearRecord).where(
            YearRecord.school_id == ctx.school_id, YearRecord.token == token, YearRecord.sealed_sha256 != ""
        )
    )
    if row is None:
        raise NotFound
    name = ctx.session.scalar(select(Person.full_name).where(Person.id == row.learner_id)) or ""
    year = ctx.session.scalar(select(SchoolYear.name).where(SchoolYear.id == row.year_id)) or ""
    newer = ctx.session.scalar(
        select(YearRecord.id).where(
            YearRecord.school_id == ctx.school_id, YearRecord.transcript_id == row.transcript_id,
            YearRecord.year_id == row.year_id, YearRecord.version > row.version, YearRecord.state.in_(IN_FORCE),
        )
    )  # fmt: skip
    same = None if content is None else hashlib.sha256(content).hexdigest() == row.sealed_sha256
    return Public(
        school_of(ctx).name, year, initials(name), row.version, row.state, row.sealed_at, State(row.state) in IN_FORCE,
        newer is not None, same,
    )  # fmt: skip


def initials(name: str) -> str:
    """`Trần Bảo Anh` is T. B. A.: enough for the holder to know it, too little for a stranger."""
    return " ".join(f"{part[0].upper()}." for part in name.split())
