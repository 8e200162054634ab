"""Windows: from when to when marks of a kind may be entered. A kind without a window in a term is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import LOCAL_TZ, local_date, new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.school import current_year
from core.sdk.settings import get

from ..access import WINDOWS
from ..grid.words import KINDS
from ..models import Window
from ..settings import ONLY_IN_WINDOWS


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window; without a grade for all grades."""

    id: UUID
    term: int
    kind: str
    grade: int | None
    opens_at: datetime
    closes_at: datetime

    @property
    def first_day(self) -> date:
        return local_date(self.opens_at)

    @property
    def last_day(self) -> date:
        """The last day on which marks can be entered."""
        return last_day(self.closes_at)


def last_day(closes_at: datetime) -> date:
    """The day before the midnight at which a window closes."""
    return local_date(closes_at - timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether marks of a kind can be entered now, and until when."""

    open: bool
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    """When the next window opens, where all are closed."""

    @property
    def reason(self) -> Message:
        """Why not."""
        if self.opens_at is not None:
            day = self.opens_at.astimezone(LOCAL_TZ)
            return _("Entry opens on %(day)s.", day=f"{day:%d/%m/%Y}")
        return _("The time for entering these marks is over. The head of the school can open it again.")


def windows(ctx: Context, year_id: UUID | None = None) -> list[WindowLine]:
    """The windows of a school year (the current one) by term and opening."""
    columns = Window.id, Window.term, Window.kind, Window.grade, Window.opens_at, Window.closes_at
    found = (
        select(*columns)
        .where(Window.school_id == ctx.school_id, Window.year_id == (year_id or current_year(ctx).id))
        .order_by(Window.term, Window.opens_at, Window.kind, Window.grade.nulls_first())
    )
    return [WindowLine(*row) for row in ctx.session.execute(found)]


def openings(ctx: Context, year_id: UUID, grade: int, term: int) -> Mapping[str, Opening]:
    """By kind of mark, whether it can be entered now by a class of this grade."""
    mine: dict[str, list[WindowLine]] = defaultdict(list)
    for line in windows(ctx, year_id):
        if line.term == term and line.grade in (None, grade):
            mine[line.kind].append(line)
    default = Opening(not get(ctx, ONLY_IN_WINDOWS))
    now = ctx.now()
    return {kind: opening(mine[kind], now) if kind in mine else default for kind in KINDS}


def opening(lines: Sequence[WindowLine], now: datetime) -> Opening:
    """What several windows of one kind mean at a moment. Pure."""
    open_now = [line.closes_at for line in lines if line.opens_at <= now < line.closes_at]
    if open_now:
        return Opening(True, max(open_now))
    coming = [line.opens_at for line in lines if line.opens_at > now]
    return Opening(False, None, min(coming) if coming else None)


def add_window(ctx: Context, term: int, kinds: Sequence[str], first: date, last: date, grade: int | None = None) -> int:
    """Open entry from the beginning of a day to the end of another; returns how many windows were set.

    Raises:
        Invalid: no such term, kind or grade, or days in the wrong order.
    """
    ctx.require(WINDOWS)
    faults: dict[str, Message] = {}
    if term not in (1, 2):
        faults["term"] = _("Choose a term.")
    if not kinds or any(kind not in KINDS for kind in kinds):
        faults["kinds"] = _("Choose at least one kind of mark.")
    if grade is not None and not 1 <= grade <= 12:
        faults["grade"] = _("Choose a grade from 1 to 12.")
    if last < first:
        faults["last"] = _("The last day cannot be before the first.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    opens = datetime.combine(first, time(), LOCAL_TZ)
    closes = datetime.combine(last + timedelta(days=1), time(), LOCAL_TZ)
    year = current_year(ctx).id
    for kind in dict.fromkeys(kinds):
        ctx.session.add(
            Window(
                id=new_id(), school_id=ctx.school_id, year_id=year, term=term, kind=kind, grade=grade, opens_at=opens,
                closes_at=closes,
            )
        )  # fmt: skip
    ctx.session.flush()
    detail = {"term": term, "kinds": list(kinds), "grade": grade, "first": first, "last": last}
    record(ctx, "assessment.window.set", target=("school_year", year), detail=detail)
    return len(dict.fromkeys(kinds))


def remove_window(ctx: Context, window_id: UUID) -> None:
    """Take a window away.

    Raises:
        NotFound: no such window.
    """
    ctx.require(WINDOWS)
    statement = (
        delete(Window)
        .where(Window.school_id == ctx.school_id, Window.id == window_id)
        .returning(Window.year_id, Window.term, Window.kind)
    )
    gone = ctx.session.execute(statement).one_or_none()
    if gone is None:
        raise NotFound
    detail = {"term": gone.term, "kind": gone.kind}
    record(ctx, "assessment.window.removed", target=("school_year", gone.year_id), detail=detail)
