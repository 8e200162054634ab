"""Rules of reduction: several children of a family, and what the state pays."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.errors import Conflict, Invalid
from core.sdk.school import school_of
from core.sdk.web import flash, page, redirect_to, render
from plugins.finance.rules.paste import read_price
from plugins.finance.services import items as item_service
from plugins.finance.services import sharing as service

from .site import blueprint, faults, typed, uuid_of, whole

_NO_DATE = _("This is not a date.")
_NO_NUMBER = _("This is not a number.")


@blueprint.route("/rules", methods=["GET", "POST"])
@page("finance.round.read")
def rules(ctx: Context) -> ResponseReturnValue:
    """The rules in force and earlier ones, with forms for new ones."""
    errors: dict[str, Message] = {}
    if request.method == "POST":
        ctx.require("finance.item.edit")
        try:
            with whole(ctx):
                _add(ctx)
            flash("ok", _("The rule is entered. It counts for bills that are not out yet."))
            return redirect_to("finance.rules")
        except Invalid as refused:
            errors = faults(refused)
    here = item_service.items(ctx)
    page_ = render(
        "finance/rules.html",
        siblings=service.sibling_rules(ctx),
        supports=service.supports(ctx),
        names={item.id: item for item in item_service.items(ctx, with_inactive=True)},
        items=[item for item in here if item.kind in ("service", "meal", "tuition")],
        tuition=[item for item in here if item.kind == "tuition"],
        private=school_of(ctx).ownership == "private",
        today=local_date(ctx.now()),
        errors=errors,
        values=typed(),
    )
    return page_, 422 if errors else 200


def _add(ctx: Context) -> None:
    form, wrong = request.form, dict[str, Message]()
    item_id = uuid_of(form.get("item_id", ""))
    if item_id is None:
        wrong["item_id"] = _("Choose at least one item.")
    since, until = _day("valid_from", wrong, required=True), _day("valid_to", wrong)
    support = form.get("step") == "support"
    numbers = {name: _number(name, wrong) for name in (("grade_from", "grade_to") if support else ("nth", "percent"))}
    amount, _code = read_price(form.get("amount", "")) if support else (0, None)
    if amount is None:
        wrong["amount"] = _("“%(text)s” is not an amount.", text=form.get("amount", ""))
    if wrong or item_id is None or since is None or amount is None:
        raise Invalid(_("Some fields need another look."), fields=wrong)
    basis = form.get("legal_basis", "")
    if support:
        service.add_support(
            ctx, service.SupportInput(item_id, numbers["grade_from"], numbers["grade_to"], amount, since, basis, until)
        )
    else:
        service.add_sibling_rule(
            ctx, service.SiblingInput(item_id, numbers["nth"], numbers["percent"], since, basis, until)
        )


def _number(name: str, wrong: dict[str, Message]) -> int:
    text = request.form.get(name, "").strip()
    if not text.isdecimal() or len(text) > 3:
        wrong[name] = _NO_NUMBER
        return 0
    return int(text)


def _day(name: str, wrong: dict[str, Message], *, required: bool = False) -> date | None:
    text = request.form.get(name, "").strip()
    if not text and not required:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[name] = _NO_DATE
        return None


@blueprint.post("/rules/<uuid:rule_id>/end")
@page("finance.item.edit")
def end_rule(ctx: Context, rule_id: UUID) -> ResponseReturnValue:
    """Let a rule end with today."""
    try:
        service.end_rule(ctx, rule_id, local_date(ctx.now()))
        flash("ok", _("The rule ends today. Bills that are out keep it."))
    except Conflict as refused:
        flash("attention", refused.message)
    return redirect_to("finance.rules")
