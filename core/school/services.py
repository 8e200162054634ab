"""Schools and their years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from core import audit
from core.data.context import Context
from core.data.types import new_id
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _

from .models import School, SchoolYear
from .modules import modules_of, modules_on, plan_switch, switch_module

__all__ = [
    "Year",
    "create_school",
    "current_year",
    "modules_of",
    "modules_on",
    "open_year",
    "plan_switch",
    "school_of",
    "set_current_year",
    "switch_module",
    "update_school",
    "years",
]
_EDITABLE = frozenset({"name", "level", "ownership", "province", "address", "phone"})
_CURRENT = "school.current_year"


@dataclass(frozen=True, slots=True)
class Year:
    """A school year."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date
    current: bool


def create_school(
    ctx: Context,
    *,
    code: str,
    name: str,
    level: str,
    province: str,
    payment_prefix: str,
    ownership: str = "public",
    address: str = "",
    phone: str = "",
) -> UUID:
    """Add a school, in a context over all schools.

    Args:
        level: preschool, primary, lower_secondary, upper_secondary or continuing.
        province: two-digit code of the province after 1 July 2025.
        payment_prefix: three capital letters that no other school uses.

    Raises:
        Conflict: when the code or the prefix is taken, or a value is not one of those allowed.
    """
    ctx.require("core.schools.create")
    school = School(
        id=new_id(),
        code=code.strip(),
        name=" ".join(name.split()),
        level=level,
        ownership=ownership,
        province=province,
        address=address,
        phone=phone,
        payment_prefix=payment_prefix,
    )
    try:
        with ctx.session.begin_nested():
            ctx.session.add(school)
    except IntegrityError as error:
        raise Conflict(_("A school with this code or payment prefix exists, or a value is not allowed.")) from error
    audit.record(ctx, "school.created", target=("school", school.id), detail={"code": school.code}, school_id=None)
    return school.id


def school_of(ctx: Context) -> School:
    """The school of the context."""
    found = ctx.session.get(School, ctx.school_id)
    if found is None:
        raise NotFound
    return found


def update_school(ctx: Context, **changes: str) -> None:
    """Change name, level, ownership, province, address or phone of the context's school."""
    ctx.require("core.school.manage")
    if unknown := set(changes) - _EDITABLE:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    school = school_of(ctx)
    before = {name: getattr(school, name) for name in changes}
    for name, value in changes.items():
        setattr(school, name, value)
    detail = {name: [before[name], value] for name, value in changes.items() if before[name] != value}
    if detail:
        audit.record(ctx, "school.changed", target=("school", school.id), detail=detail)


def years(ctx: Context) -> list[Year]:
    """The school years of the context's school, newest first."""
    columns = SchoolYear.id, SchoolYear.name, SchoolYear.starts_on, SchoolYear.ends_on, SchoolYear.current
    query = select(*columns).where(SchoolYear.school_id == ctx.school_id).order_by(SchoolYear.starts_on.desc())
    return [Year(*row) for row in ctx.session.execute(query)]


def current_year(ctx: Context) -> Year:
    """The current school year of the context's school; asked of the database once in a context.

    Raises:
        NotFound: when none has been opened yet.
    """
    found: Year | None = ctx.session.info.get(_CURRENT)
    if found is None:
        found = next((year for year in years(ctx) if year.current), None)
        if found is None:
            raise NotFound(_("No school year is open yet."))
        ctx.session.info[_CURRENT] = found
    return found


def open_year(ctx: Context, name: str, starts_on: date, ends_on: date, *, current: bool = True) -> UUID:
    """Add a school year, such as 2026-2027, and make it the current one.

    Raises:
        Invalid: when it ends before it starts.
        Conflict: when there is one of that name.
    """
    ctx.require("core.school.manage")
    if starts_on >= ends_on:
        raise Invalid(_("The school year ends before it starts."), fields={"ends_on": _("Choose a later day.")})
    if any(year.name == name for year in years(ctx)):
        raise Conflict(_("The school year %(name)s exists already.", name=name))
    row: dict[str, Any] = {"id": new_id(), "school_id": ctx.school_id, "name": name, "current": False}
    ctx.session.add(SchoolYear(**row, starts_on=starts_on, ends_on=ends_on))
    ctx.session.flush()
    audit.record(ctx, "school.year_opened", target=("school_year", row["id"]), detail={"name": name})
    if current:
        set_current_year(ctx, row["id"])
    return UUID(str(row["id"]))


def set_current_year(ctx: Context, year_id: UUID) -> None:
    """Make a school year the current one."""
    ctx.require("core.school.manage")
    mine = SchoolYear.school_id == ctx.school_id
    found = ctx.session.execute(select(SchoolYear.id).where(mine, SchoolYear.id == year_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    ctx.session.info.pop(_CURRENT, None)
    ctx.session.execute(update(SchoolYear).where(mine, SchoolYear.current).values(current=False))
    ctx.session.execute(update(SchoolYear).where(mine, SchoolYear.id == year_id).values(current=True))
    audit.record(ctx, "school.year_current", target=("school_year", year_id))
