"""Where a school teaches (điểm trường)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from core import audit
from core.data.context import Context
from core.data.types import local_date, new_id
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _

from .models import Site


def sites(ctx: Context) -> Sequence[Site]:
    """The sites of the context's school: the main one, then by name, closed ones last."""
    query = select(Site).where(Site.school_id == ctx.school_id)
    return ctx.session.scalars(query.order_by(Site.main.desc(), Site.closed_on.is_not(None), Site.name)).all()


def add_site(ctx: Context, *, name: str, address: str = "", main: bool = False) -> UUID:
    """Add a site; the first one is the main one.

    Raises:
        Forbidden: without `core.school.manage`.
        Invalid: without a name.
        Conflict: when there is one of that name.
    """
    ctx.require("core.school.manage")
    if not name.strip():
        message = _("Please give the name.")
        raise Invalid(message, fields={"name": message})
    main = main or not sites(ctx)
    if main:
        ctx.session.execute(update(Site).where(Site.school_id == ctx.school_id, Site.main).values(main=False))
    row = Site(id=new_id(), name=" ".join(name.split()), address=" ".join(address.split()), main=main, closed_on=None)
    try:
        with ctx.session.begin_nested():
            ctx.session.add(row)
    except IntegrityError as error:
        raise Conflict(_("A site of this name exists.")) from error
    audit.record(ctx, "school.site_added", target=("site", row.id), detail={"name": row.name})
    return row.id


def close_site(ctx: Context, site_id: UUID) -> None:
    """Note that a site teaches no more; it stays in the records. The main one cannot be closed.

    Raises:
        NotFound: when there is none.
        Conflict: for the main site.
    """
    ctx.require("core.school.manage")
    found = ctx.session.scalars(select(Site).where(Site.school_id == ctx.school_id, Site.id == site_id)).one_or_none()
    if found is None:
        raise NotFound
    if found.main:
        raise Conflict(_("The main site cannot be closed."))
    found.closed_on = local_date(ctx.now())
    audit.record(ctx, "school.site_closed", target=("site", site_id), detail={"name": found.name})
