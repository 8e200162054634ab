"""The tree of authorities: ministry, departments of the provinces, communes; and which school stands where.

Since 1 July 2025 there is no district (Circular 15/2025): communes manage preschool, primary and lower-secondary
schools, departments the others. Former names are kept to be found, nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from core import audit
from core.data.context import Context
from core.data.types import local_date, new_id
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import Message, _

from .models import FormerName, Organisation, Placement, School

MANAGE = "core.organisations.manage"
PARENT_KIND = {"ministry": None, "department": "ministry", "commune": "department"}
_TREE = text("""
    WITH RECURSIVE tree AS (
        SELECT id, code, name, kind, parent_id, 0 AS depth, ARRAY[code] AS path
        FROM core_organisation WHERE parent_id IS NULL
        UNION ALL SELECT o.id, o.code, o.name, o.kind, o.parent_id, t.depth + 1, t.path || o.code
        FROM core_organisation o JOIN tree t ON o.parent_id = t.id)
    SELECT t.id, t.code, t.name, t.kind, t.parent_id, t.depth,
           (SELECT count(*) FROM core_school s WHERE s.organisation_id = t.id) AS schools
    FROM tree t ORDER BY t.path
""")
_SCHOOLS = text("""
    WITH RECURSIVE below (id) AS (
        SELECT id FROM core_organisation WHERE id = ANY(CAST(:roots AS uuid[]))
        UNION SELECT o.id FROM core_organisation o JOIN below b ON o.parent_id = b.id)
    SELECT s.id, s.code, s.name, s.level, s.ownership, s.modules, o.id AS organisation_id, o.name AS organisation
    FROM core_school s JOIN core_organisation o ON o.id = s.organisation_id
    WHERE o.id IN (SELECT id FROM below) ORDER BY o.code, s.name, s.id
""")


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation at its place in the tree; `depth` counts from the ministry."""

    id: UUID
    code: str
    name: str
    kind: str
    parent_id: UUID | None
    depth: int
    schools: int
    """Directly under it."""


@dataclass(frozen=True, slots=True)
class SchoolBelow:
    """A school as those above it see it: no word about any person."""

    id: UUID
    code: str
    name: str
    level: str
    ownership: str
    modules: tuple[str, ...]
    organisation_id: UUID
    organisation: str


@dataclass(frozen=True, slots=True)
class Past:
    """Where a school stood, and since when."""

    organisation: str
    since_on: date
    until_on: date | None
    reason: str


def add_organisation(ctx: Context, *, code: str, name: str, kind: str, parent_id: UUID | None = None) -> UUID:
    """Add an authority below the one above it, in a context over all schools.

    Raises:
        Forbidden: without `core.organisations.manage`.
        Invalid: when kind and parent do not fit (a commune stands under a department, that under the ministry).
        Conflict: when the code is taken.
    """
    ctx.require(MANAGE)
    fields: dict[str, Message] = {}
    if not code.strip():
        fields["code"] = _("Please give the code.")
    if not name.strip():
        fields["name"] = _("Please give the name.")
    parent = ctx.session.get(Organisation, parent_id) if parent_id else None
    if kind not in PARENT_KIND or (parent.kind if parent else None) != PARENT_KIND[kind]:
        fields["parent_id"] = _("A commune stands under a department, a department under the ministry.")
    if fields:
        raise Invalid(next(iter(fields.values())), fields=fields)
    row = Organisation(id=new_id(), code=code.strip(), name=" ".join(name.split()), kind=kind, parent_id=parent_id)
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
    except IntegrityError as error:
        raise Conflict(_("An organisation with this code exists.")) from error
    audit.record(ctx, "school.organisation_added", target=("organisation", row.id), detail={"code": row.code})
    return row.id


def rename_organisation(ctx: Context, organisation_id: UUID, name: str) -> None:
    """Give an organisation another name; the one before stays as a former name."""
    ctx.require(MANAGE)
    found = organisation(ctx, organisation_id)
    wanted = " ".join(name.split())
    if not wanted:
        message = _("Please give the name.")
        raise Invalid(message, fields={"name": message})
    if wanted == found.name:
        return
    kind = "commune" if found.kind == "commune" else "province"
    remember(ctx, organisation_id, kind=kind, name=found.name, until_on=local_date(ctx.now()))
    audit.record(
        ctx, "school.organisation_renamed", target=("organisation", found.id), detail={"name": [found.name, wanted]}
    )
    found.name = wanted


def remember(ctx: Context, organisation_id: UUID, *, kind: str, name: str, until_on: date, code: str = "") -> None:
    """Keep what a part of the area was called before: a merged commune or province, or a district."""
    ctx.require(MANAGE)
    ctx.session.add(
        FormerName(organisation_id=organisation_id, kind=kind, name=name.strip(), code=code, until_on=until_on)
    )
    ctx.session.flush()


def former_names(ctx: Context, organisation_id: UUID) -> Sequence[FormerName]:
    """Former names, the latest first."""
    query = select(FormerName).where(FormerName.organisation_id == organisation_id)
    return ctx.session.scalars(query.order_by(FormerName.until_on.desc(), FormerName.name)).all()


def organisation(ctx: Context, organisation_id: UUID) -> Organisation:
    """One organisation. Raises `NotFound`."""
    found = ctx.session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


def tree(ctx: Context) -> list[Node]:
    """The whole tree, each organisation before those below it."""
    return [Node(*row) for row in ctx.session.execute(_TREE)]


def schools_below(ctx: Context, organisations: Sequence[UUID]) -> list[SchoolBelow]:
    """Schools under these organisations or anything below them. The caller has asked who may see them."""
    rows = ctx.session.execute(_SCHOOLS, {"roots": [str(id) for id in organisations]})
    return [
        SchoolBelow(
            row.id,
            row.code,
            row.name,
            row.level,
            row.ownership,
            tuple(row.modules),
            row.organisation_id,
            row.organisation,
        )
        for row in rows
    ]


def place_school(
    ctx: Context, school_id: UUID, organisation_id: UUID, *, since_on: date | None = None, reason: str = ""
) -> None:
    """Put a school under an organisation, in a context over all schools; where it stood before is kept.

    Args:
        since_on: first day under it; today unless said otherwise.
        reason: the decision, such as "QĐ 12/QĐ-UBND".

    Raises:
        Forbidden: without `core.organisations.manage`.
        NotFound: when there is no such school or organisation.
        Invalid: when it would begin before the placement that stands now.
    """
    ctx.require(MANAGE)
    under = organisation(ctx, organisation_id)
    if under.kind == "ministry":
        message = _("A school stands under a department or a commune.")
        raise Invalid(message, fields={"organisation_id": message})
    school = ctx.session.get(School, school_id, with_for_update=True)
    if school is None:
        raise NotFound
    if school.organisation_id == organisation_id:
        return
    since = since_on or local_date(ctx.now())
    now = ctx.session.execute(
        select(Placement.since_on).where(Placement.school_id == school_id, Placement.until_on.is_(None))
    ).scalar_one_or_none()
    if now is not None and since <= now:
        message = _("The school has stood where it stands since %(day)s.", day=now.strftime("%d/%m/%Y"))
        raise Invalid(message, fields={"since_on": message})
    ctx.session.execute(
        update(Placement)
        .where(Placement.school_id == school_id, Placement.until_on.is_(None))
        .values(until_on=since - timedelta(days=1))
    )
    ctx.session.add(
        Placement(
            id=new_id(),
            school_id=school_id,
            organisation_id=organisation_id,
            since_on=since,
            until_on=None,
            reason=reason.strip(),
        )
    )
    school.organisation_id = organisation_id
    ctx.session.flush()
    detail = {"organisation": under.name, "since": since, "reason": reason.strip()}
    audit.record(ctx, "school.placed", target=("school", school_id), detail=detail, school_id=school_id)


def placements(ctx: Context, school_id: UUID) -> list[Past]:
    """Where a school has stood, today's first."""
    query = (
        select(Organisation.name, Placement.since_on, Placement.until_on, Placement.reason)
        .join(Organisation, Organisation.id == Placement.organisation_id)
        .where(Placement.school_id == school_id)
        .order_by(Placement.since_on.desc())
    )
    return [Past(*row) for row in ctx.session.execute(query)]


def line_of(ctx: Context, organisation_id: UUID | None) -> list[Organisation]:
    """An organisation and everything above it, from the top."""
    found: list[Organisation] = []
    while organisation_id is not None:
        found.insert(0, organisation(ctx, organisation_id))
        organisation_id = found[0].parent_id
    return found
