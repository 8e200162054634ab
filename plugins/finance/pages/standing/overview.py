"""A school year at a glance: collection against what is due, rails and their fees, debts by age."""

from __future__ import annotations

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.errors import NotFound
from core.sdk.web import locale, page, render
from plugins.finance.pages.books import account_label
from plugins.finance.pages.site import asked, blueprint, here
from plugins.finance.rules.ages import BANDS
from plugins.finance.services import standing

from .names import account_names

_CLASSES = 12
"""Classes drawn; the table behind the plot of items and months is complete, so is the list of debts."""


@blueprint.get("/overview")
@page("finance.debtor.read")
def overview(ctx: Context) -> str:
    """For the head: pictures first, the numbers behind each."""
    years = standing.years(ctx)
    today = local_date(ctx.now())
    wanted = asked("year", 20)
    year = next((y for y in years if y.name == wanted), None) or next((y for y in years if y.current), None)
    if year is None:
        raise NotFound()
    found = standing.collection(ctx, year, english=locale() == "en")
    debts = standing.debts(ctx)
    last = min(today, year.ends_on)
    may_books = ctx.actor.has("payments.ledger.read")
    return render(
        "finance/standing/overview.html",
        found=found,
        classes=sorted(found.classes, key=lambda row: row.percent if row.percent is not None else 101)[:_CLASSES],
        debts=debts,
        bands=[(label, debts.by_age[name]) for name, _low, _high, label in BANDS],
        rails=standing.rails(ctx, year.starts_on, last) if may_books and last >= year.starts_on else [],
        label=lambda account: account_label(account, account_names()),
        year=year,
        years=[{"label": y.name, "url": here(year=y.name), "on": y.id == year.id} for y in years],
    )
