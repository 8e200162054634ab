"""Links of a family to hand out, as text and as code; and the end of all that were handed out before."""

from __future__ import annotations

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _, access
from core.sdk.web import flash, page, redirect_to, render, runtime, see_other
from plugins.finance.documents import codes
from plugins.finance.services import baskets, pupils

from .site import blueprint


def _address(token: str) -> str:
    return runtime().base_url + url_for("finance_pay.basket", door="family", token=token)


def _page(token: str, subtitle: Message | str, end_url: str, back: tuple[str, Message]) -> str:
    url = _address(token)
    values = {"subtitle": subtitle, "end_url": end_url, "back": back[0], "back_label": back[1]}
    return render("finance/family_link.html", url=url, qr=codes.svg(url), **values)


@blueprint.get("/pupils/<uuid:person_id>/link")
@page("finance.bill.read")
def pupil_link(ctx: Context, person_id: UUID) -> str:
    """The link of a pupil's family, for staff who send or print it."""
    token = baskets.family_link(ctx, person_id)
    name = pupils.pupil(ctx, person_id).full_name
    back = url_for("finance.account", person_id=person_id), _("Account of the pupil")
    return _page(token, name, url_for("finance.end_pupil_links", person_id=person_id), back)


@blueprint.post("/pupils/<uuid:person_id>/link/end")
@page("finance.bill.read")
def end_pupil_links(ctx: Context, person_id: UUID) -> ResponseReturnValue:
    """End every link of the family, as when a paper was lost."""
    baskets.end_links(ctx, person_id)
    flash("ok", _("All links that were handed out are over. The one below is new."))
    return redirect_to("finance.pupil_link", person_id=person_id)


@blueprint.get("/family/pay")
@page("finance.bill.read.own")
def family_pay(ctx: Context) -> ResponseReturnValue:
    """One page for all children of the signed-in guardian, at every school of the account."""
    return see_other(url_for("finance_pay.basket", door="family", token=baskets.guardian_link(ctx)))


@blueprint.get("/family/link")
@page("finance.bill.read.own")
def own_link(ctx: Context) -> str:
    """The same as a link for the other parent or another telephone."""
    back = url_for("finance.family"), _("My children's fees")
    return _page(baskets.guardian_link(ctx), _("All my children"), url_for("finance.end_own_links"), back)


@blueprint.post("/family/link/end")
@page("finance.bill.read.own")
def end_own_links(ctx: Context) -> ResponseReturnValue:
    """End every link of one's own children at this school."""
    for child in sorted(access.children(ctx)):
        baskets.end_links(ctx, child)
    flash("ok", _("All links that were handed out are over. The one below is new."))
    return redirect_to("finance.own_link")
