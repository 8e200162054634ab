"""Debts by age, class and item."""

from __future__ import annotations

from typing import Any

from flask import url_for

from core.sdk import Context
from core.sdk.web import locale, page, render
from plugins.finance.pages.site import asked, blueprint, chip, uuid_of
from plugins.finance.rules.ages import BANDS
from plugins.finance.services import standing

_SHOWN = 50


@blueprint.get("/debts")
@page("finance.debtor.read")
def debts(ctx: Context) -> str:
    """All that is open, and who owes it; a class, an item or an age narrows the list of pupils."""
    found = standing.debts(ctx)
    class_name, item, age = asked("class", 40), asked("item", 36), asked("age", 10)
    pupils = list(standing.pupil_debts(ctx, class_name=class_name, item_id=uuid_of(item), age=age, limit=_SHOWN + 1))
    chosen = {"class": class_name, "item": item, "age": age}
    bands = [(name, label) for name, _low, _high, label in BANDS]
    return render(
        "finance/standing/debts.html",
        found=found,
        bands=bands,
        shown=[(name, label) for name, label in bands if found.by_age[name]],
        pupils=pupils[:_SHOWN],
        more=len(pupils) > _SHOWN,
        chips=[chip(label, "age", name) for name, label in bands],
        kept=[chip(name, "class", name) for name in [class_name] if name]
        + [chip(one.label(locale()), "item", item) for one in found.items if str(one.item_id) == item],
        exports=[_file_url(form, chosen) for form in ("xlsx", "csv")] if ctx.actor.has("core.figures.read") else [],
    )


def _file_url(form: str, chosen: dict[str, str]) -> str:
    """The same list as a file; it leaves through the door for personal data."""
    wanted: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return url_for("figures.report", name="finance.debts", format=form, **wanted)
