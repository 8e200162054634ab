"""The shapes of files that hold at a school: ours, and the department's templates that it has loaded."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.imports import read_tables
from core.sdk.school import Year, years
from core.sdk.text import _
from plugins.learners import public as learners

from ..access import READ, SHAPE
from ..models import OwnShape
from ..rules.checks import Lists
from ..rules.shapes import KINDS, Column, Shape, common, kind_of, shape_for, versions
from ..rules.templates import read_template


def own_shapes(ctx: Context, kind: str | None = None) -> list[OwnShape]:
    """The templates that the school has loaded, the newest first."""
    query = select(OwnShape).where(OwnShape.school_id == ctx.school_id).order_by(OwnShape.valid_from.desc())
    return list(ctx.session.scalars(query.where(OwnShape.kind == kind) if kind else query))


def shape_in(ctx: Context, kind: str, year: str) -> Shape:
    """The shape in which a kind is sent in a school year."""
    return shape_for(kind, year, [as_shape(one) for one in own_shapes(ctx, kind)])


def shape_by_code(ctx: Context, kind: str, code: str) -> Shape:
    """The shape that a batch was checked against; the present one if its template was removed since."""
    for one in (*versions(kind), *map(as_shape, own_shapes(ctx, kind))):
        if one.code == code:
            return one
    return shape_in(ctx, kind, "9999")


def as_shape(row: OwnShape) -> Shape:
    """A loaded template as the rules take it."""
    layout = row.layout
    columns = tuple(Column(header, field) for header, field in layout["columns"])
    return Shape(row.kind, str(row.id), row.valid_from, layout["sheet"], tuple(layout["titles"]), columns,
                 int(layout["header_row"]))  # fmt: skip


def load_template(ctx: Context, kind: str, year: str, file_name: str, content: bytes) -> UUID:
    """Keep the layout of a template; the one that held from the same year is replaced.

    Raises:
        Invalid: with the field. UnreadableFile: no workbook.
    """
    ctx.require(SHAPE)
    if kind not in KINDS:
        raise Invalid(_("Choose one of the values."), fields={"kind": _("Choose one of the values.")})
    if year not in {one.name for one in years(ctx)}:
        raise Invalid(_("Choose one of the values."), fields={"year": _("Choose one of the values.")})
    found = read_template(read_tables(content), kind, year)
    if found is None:
        problem = _("No sheet has a header row in which at least two columns are known.")
        raise Invalid(problem, fields={"file": problem})
    missing = missing_fields(found)
    if missing:
        problem = _("The template has no column for: %(fields)s", fields=", ".join(missing))
        raise Invalid(problem, fields={"file": problem})
    mine = OwnShape.school_id == ctx.school_id, OwnShape.kind == kind, OwnShape.valid_from == year
    ctx.session.execute(delete(OwnShape).where(*mine))
    row = OwnShape(
        id=new_id(), school_id=ctx.school_id, kind=kind, valid_from=year, file_name=file_name[:200] or "template.xlsx",
        layout=_layout(found), made_by=ctx.actor.name,
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "sector.shape.loaded", target=("sector_shape", row.id), detail={"kind": kind, "year": year})
    return row.id


def missing_fields(shape: Shape) -> list[str]:
    """Headers of required fields that a shape has no column for. A row is told by somebody's name or number."""
    known = kind_of(shape.kind).fields
    held = set(shape.fields)
    key = "lop" if shape.kind == "classes" else "hovaten"
    return [known[name].headers[0] for name in (key,) if name not in held]


def _layout(shape: Shape) -> dict[str, object]:
    columns = [[column.header, column.field] for column in shape.columns]
    return {
        "sheet": shape.sheet, "titles": list(shape.titles), "header_row": shape.header_row, "columns": columns
    }  # fmt: skip


def remove_template(ctx: Context, shape_id: UUID) -> None:
    """Go back to the shape that comes with the program.

    Raises:
        NotFound: no such template.
    """
    ctx.require(SHAPE)
    row = get_template(ctx, shape_id)
    ctx.session.delete(row)
    record(ctx, "sector.shape.removed", target=("sector_shape", shape_id), detail={"kind": row.kind})


def get_template(ctx: Context, shape_id: UUID) -> OwnShape:
    """A loaded template. Raises `NotFound`."""
    ctx.require(READ)
    query = select(OwnShape).where(OwnShape.school_id == ctx.school_id, OwnShape.id == shape_id)
    row = ctx.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def lists() -> Lists:
    """Code lists by name: those of the sector's files, and those of the records."""
    return {**common()["codes"], **learners.CODE_NAMES}


def year_of(ctx: Context, year_id: UUID) -> Year:
    """A school year of the school. Raises `NotFound`."""
    for one in years(ctx):
        if one.id == year_id:
            return one
    raise NotFound
