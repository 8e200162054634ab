"""Collections: a SQL source, the fields it can be asked by, and how a row becomes an object of the standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from sqlalchemy import text

from core.sdk import Context
from core.sdk.errors import NotFound

from .grammar import Field, Wanted, read
from .wire import answered, listed

Row = Any
"""A row of a source, by the names of its columns."""
Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind of object.

    Attributes:
        plural: the key of a list; `singular` the key of one.
        source: SELECT with `:school`; has the columns `id` and `modified`.
        fields: by which lists can be filtered and sorted, besides `sourcedId`, `status` and `dateLastModified`.
        build: the object of a row, without what all objects have.
        selectable: names of the object's fields, for `fields`.
    """

    plural: str
    singular: str
    source: str
    fields: Mapping[str, Field]
    build: Callable[[Row, Links], Object]
    selectable: frozenset[str]

    @property
    def all_fields(self) -> dict[str, Field]:
        return {
            "sourcedId": Field("x.id::text"),
            "status": Field("'active'::text"),
            "dateLastModified": Field("x.modified", "time"),
            **self.fields,
        }


class Links:
    """References to other objects, under the address of the service."""

    def __init__(self, base: str) -> None:
        self._base = base

    def to(self, kind: str, path: str, id: object) -> Object:
        """A GUIDRef: `{sourcedId, type, href}`."""
        return {"href": f"{self._base}/{path}/{id}", "sourcedId": str(id), "type": kind}

    def many(self, kind: str, path: str, ids: Sequence[object] | None) -> list[Object]:
        return [self.to(kind, path, id) for id in ids or ()]


def stamp(moment: datetime) -> str:
    """A time as the standard writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def object_of(collection: Collection, row: Row, links: Links, only: frozenset[str] | None = None) -> Object:
    """The object of a row; fields without a value are left out, as the closed schemas of the standard want it."""
    whole: Object = {"sourcedId": str(row.id), "status": "active", "dateLastModified": stamp(row.modified)}
    whole |= collection.build(row, links)
    return {name: value for name, value in whole.items() if value is not None and (only is None or name in only)}


def answer_list(
    ctx: Context, collection: Collection, base: str, condition: str = "true", values: Mapping[str, object] | None = None
) -> Response:
    """A page of a collection, as the request asks for it.

    Args:
        condition: SQL on the source `x` that the path of the request means.
    """
    selectable = collection.selectable | {"sourcedId", "status", "dateLastModified"}
    wanted = read(request.args, collection.all_fields, selectable)
    parameters = {"school": ctx.school_id, **(values or {}), **wanted.values}
    where = f"{condition} AND {wanted.condition}" if wanted.condition else condition
    count = text(f"SELECT count(*) FROM ({collection.source}) x WHERE {where}")  # noqa: S608  (our own texts)
    total = ctx.session.execute(count, parameters).scalar_one()
    rows = ctx.session.execute(_page(collection, where, wanted), parameters)
    links = Links(base)
    items = [object_of(collection, row, links, wanted.fields) for row in rows]
    return listed(collection.plural, items, total, wanted.offset, wanted.limit)


def _page(collection: Collection, where: str, wanted: Wanted) -> Any:
    order = f"{wanted.order}, x.id" if wanted.order else "x.id"
    return text(
        f"SELECT x.* FROM ({collection.source}) x WHERE {where}"  # noqa: S608  (our own texts)
        f" ORDER BY {order} LIMIT {wanted.limit} OFFSET {wanted.offset}"
    )


def answer_one(ctx: Context, collection: Collection, base: str, id: str, condition: str = "true") -> Response:
    """One object by its sourcedId.

    Raises:
        NotFound: there is none.
    """
    selectable = collection.selectable | {"sourcedId", "status", "dateLastModified"}
    only = read(request.args, collection.all_fields, selectable).fields
    statement = text(f"SELECT x.* FROM ({collection.source}) x WHERE {condition} AND x.id::text = :id")  # noqa: S608
    row = ctx.session.execute(statement, {"school": ctx.school_id, "id": id.lower()}).one_or_none()
    if row is None:
        raise NotFound
    return answered({collection.singular: object_of(collection, row, Links(base), only)})


def require(ctx: Context, collection: Collection, id: str, condition: str = "true") -> None:
    """Let pass if the object of a path is there.

    Raises:
        NotFound: otherwise.
    """
    statement = text(f"SELECT FROM ({collection.source}) x WHERE {condition} AND x.id::text = :id")
    if ctx.session.execute(statement, {"school": ctx.school_id, "id": id.lower()}).first() is None:
        raise NotFound
