# ruff: noqa: S608  (statements are made of our own texts; what a request brings is a parameter)
"""Collections: a SQL source, the fields it can be asked by, and how a row becomes an object of the standard."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, request
from sqlalchemy import text

from core.sdk import Context
from core.sdk.errors import NotFound

from .edition import ADDED, former
from .grammar import Field, Wanted, once, read
from .wire import FORMER, answered, is_former, listed, root, stamp

ROSTERING, GRADEBOOK = "/ims/oneroster/rostering/v1p2", "/ims/oneroster/gradebook/v1p2"
_GRADED = frozenset(
    {"categories", "lineItems", "results", "scoreScales", "assessmentLineItems", "assessmentResults"}
)  # fmt: skip
Row = Any
"""A row of a source, by the names of its columns."""
Object = dict[str, object]
Located = tuple[str, Mapping[str, object]]
"""A condition on `x` with its values."""


def by_uuid(id: str) -> Located | None:
    """The row with this id, where ids are UUIDs; None where no row can have it."""
    return ("x.id = CAST(:id AS uuid)", {"id": id}) if is_uuid(id) else None


def by_text(id: str) -> Located | None:
    """The row with this id, where ids are whatever a program has chosen."""
    return None if "\0" in id else ("x.id = :id", {"id": id})


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID as it stands in addresses."""
    return re.fullmatch(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text) is not None


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind of object.

    Attributes:
        plural: the key of a list; `singular` the key of one.
        source: SELECT with `:school`; has the columns `id` and `modified`. Columns that nobody asks for cost nothing:
            what has to be looked up for a row stands in its list of columns and not in its joins.
        fields: by which lists can be filtered and sorted, besides `sourcedId`, `status` and `dateLastModified`.
        build: the object of a row, without what all objects have.
        selectable: names of the object's fields, for `fields`.
        locate: from an id to its row.
        order: total order of a list that is not sorted otherwise.
        groups: SELECT of `grp` and `n`, how many rows of the source have this `grp`, by which `order` begins. Where it
            is given, the rows before a page are counted in groups and not one by one.
        these: where a row is dear: SELECT as `source`, of the rows with `:ids` only. A page is then first found by ids.
        members: SELECT of the `id` of every row of the source, for a page of the whole in the order of ids.
    """

    plural: str
    singular: str
    source: str
    fields: Mapping[str, Field]
    build: Callable[[Row, Links], Object]
    selectable: frozenset[str]
    locate: Callable[[str], Located | None] = by_uuid
    order: str = "x.id"
    groups: str = ""
    these: str = ""
    members: str = ""

    @property
    def all_fields(self) -> dict[str, Field]:
        return {
            "sourcedId": Field("x.id::text"),
            "status": Field("active", "constant"),
            "dateLastModified": Field("date_trunc('milliseconds', x.modified)", "time"),  # as it is told
            **self.fields,
        }

    @property
    def all_selectable(self) -> frozenset[str]:
        own = ADDED.get(self.singular, frozenset()) if is_former() else frozenset()
        return self.selectable | own | {"sourcedId", "status", "dateLastModified"}


class Links:
    """References to other objects, under the address of the service that has them."""

    def __init__(self, address: str, *, former: bool = False) -> None:
        self._rostering = address + (FORMER if former else ROSTERING)
        self._gradebook = address + (FORMER if former else GRADEBOOK)

    def to(self, kind: str, path: str, id: object) -> Object:
        """A GUIDRef: `{href, sourcedId, type}`."""
        service = self._gradebook if path in _GRADED else self._rostering
        name = str(id)
        return {"href": f"{service}/{path}/{quote(name, safe='')}", "sourcedId": name, "type": kind}

    def many(self, kind: str, path: str, ids: Sequence[object] | None) -> list[Object]:
        return [self.to(kind, path, id) for id in ids or ()]


def object_of(collection: Collection, row: Row, links: Links, only: frozenset[str] | None = None) -> Object:
    """The object of a row; fields without a value are left out, as the closed schemas of the standard want it."""
    whole: Object = {"sourcedId": str(row.id), "status": "active", "dateLastModified": stamp(row.modified)}
    whole |= collection.build(row, links)
    told = former(collection.singular, whole) if is_former() else whole
    return {
        name: value
        for name, value in told.items()
        if value is not None and value != "" and (only is None or name in only)
    }


def links() -> Links:
    """References in the edition of the standard that the request speaks."""
    return Links(root(), former=is_former())


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a collection, and how large the whole is."""

    rows: Sequence[Row]
    total: int
    wanted: Wanted


def page_of(
    ctx: Context, collection: Collection, condition: str = "true", values: Mapping[str, object] | None = None
) -> Page:
    """The rows of a collection that the request asks for.

    Args:
        condition: SQL on the source `x` that the path of the request means.

    Raises:
        RosterError: 400 where the query of the request is wrong.
    """
    once(request.args.lists())
    wanted = read(request.args, collection.all_fields, collection.all_selectable)
    given = {"school": ctx.school_id, **(values or {}), **wanted.values}
    if collection.groups and not wanted.condition and not wanted.order and condition == "true":
        return _grouped(ctx, collection, wanted, given)
    if collection.members and not wanted.condition and not wanted.order and condition == "true":
        return _of_members(ctx, collection, wanted, given)
    where = f"{condition} AND {wanted.condition}" if wanted.condition else condition
    total = ctx.session.execute(text(f"SELECT count(*) FROM ({collection.source}) x WHERE {where}"), given).scalar_one()
    if wanted.offset >= total:
        return Page((), total, wanted)
    order = f"{wanted.order}, {collection.order}" if wanted.order else collection.order
    tail = f"ORDER BY {order} LIMIT {wanted.limit} OFFSET {wanted.offset}"
    if not collection.these:
        rows = ctx.session.execute(text(f"SELECT x.* FROM ({collection.source}) x WHERE {where} {tail}"), given).all()
        return Page(rows, total, wanted)
    ids = ctx.session.execute(text(f"SELECT x.id FROM ({collection.source}) x WHERE {where} {tail}"), given)
    return Page(_by_ids(ctx, collection, list(ids.scalars())), total, wanted)


def _of_members(ctx: Context, collection: Collection, wanted: Wanted, given: Mapping[str, object]) -> Page:
    """A page of the whole collection by ids: counted and found in one look at who belongs to it."""
    statement = text(
        f"WITH m AS MATERIALIZED ({collection.members}) SELECT (SELECT count(*) FROM m),"
        f" ARRAY(SELECT id FROM m ORDER BY id LIMIT {wanted.limit} OFFSET {wanted.offset})"
    )
    total, ids = ctx.session.execute(statement, given).one()
    return Page(_by_ids(ctx, collection, ids) if ids else (), total, wanted)


def _by_ids(ctx: Context, collection: Collection, ids: list[UUID]) -> list[Row]:
    """The rows of these ids, in their order."""
    statement = text(collection.these)
    found = {row.id: row for row in ctx.session.execute(statement, {"school": ctx.school_id, "ids": ids})}
    return [found[id] for id in ids if id in found]


def _grouped(ctx: Context, collection: Collection, wanted: Wanted, given: Mapping[str, object]) -> Page:
    """A page of the whole collection: only the groups that it touches are read."""
    counted = text(
        f"WITH g AS (SELECT grp, sum(n) AS n FROM ({collection.groups}) q GROUP BY grp),"
        " c AS (SELECT grp, n, sum(n) OVER (ORDER BY grp) - n AS before FROM g)"
        " SELECT (SELECT coalesce(sum(n), 0)::bigint FROM g) AS total, coalesce(min(before), 0)::bigint AS before,"
        " coalesce(array_agg(grp), '{}') AS groups FROM c WHERE before < :upto AND before + n > :offset"
    )
    upto = wanted.offset + wanted.limit
    found = ctx.session.execute(counted, {**given, "offset": wanted.offset, "upto": upto}).one()
    statement = text(
        f"SELECT x.* FROM ({collection.source}) x WHERE x.grp = ANY(CAST(:groups AS uuid[]))"
        f" ORDER BY {collection.order} LIMIT {wanted.limit} OFFSET {max(0, wanted.offset - found.before)}"
    )
    rows = ctx.session.execute(statement, {**given, "groups": found.groups}).all() if found.groups else ()
    return Page(rows, found.total, wanted)


def answer_list(
    ctx: Context, collection: Collection, condition: str = "true", values: Mapping[str, object] | None = None
) -> Response:
    """A page of a collection, as the request asks for it; `condition` is what the path means."""
    page, to = page_of(ctx, collection, condition, values), links()
    items = [object_of(collection, row, to, page.wanted.fields) for row in page.rows]
    return listed(collection.plural, items, page.total, page.wanted.offset, page.wanted.limit)


def answer_one(ctx: Context, collection: Collection, id: str, condition: str = "true") -> Response:
    """One object by its sourcedId.

    Raises:
        NotFound: there is none.
    """
    once(request.args.lists())
    only = read(request.args, collection.all_fields, collection.all_selectable).fields
    row = find(ctx, collection, id, condition)
    return answered({collection.singular: object_of(collection, row, links(), only)})


def find(ctx: Context, collection: Collection, id: str, condition: str = "true", columns: str = "x.*") -> Row:
    """The row of an object.

    Raises:
        NotFound: there is none.
    """
    located = collection.locate(id)
    if located is None:
        raise NotFound
    statement = text(f"SELECT {columns} FROM ({collection.source}) x WHERE {condition} AND {located[0]}")
    row = ctx.session.execute(statement, {"school": ctx.school_id, **located[1]}).one_or_none()
    if row is None:
        raise NotFound
    return row


def require(ctx: Context, collection: Collection, id: str, condition: str = "true") -> None:
    """Let pass if the object of a path is there.

    Raises:
        NotFound: otherwise.
    """
    find(ctx, collection, id, condition, "x.id")
