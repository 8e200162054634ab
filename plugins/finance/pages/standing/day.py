"""The accountant's day."""

from __future__ import annotations

from datetime import date, timedelta

from core.sdk import Context
from core.sdk.data import local_date
from core.sdk.web import page, render
from plugins.finance.pages.books import account_label
from plugins.finance.pages.site import asked, blueprint
from plugins.finance.services import cases as case_service
from plugins.finance.services import standing

from .names import account_names


def _chosen(today: date) -> date:
    try:
        return min(date.fromisoformat(asked("on", 10)), today)
    except ValueError:
        return today


@blueprint.get("/day")
@page("payments.ledger.read")
def day(ctx: Context) -> str:
    """What came in by rail on a day, what waits, which cases to look at."""
    today = local_date(ctx.now())
    on = _chosen(today)
    may_cases = ctx.actor.has("payments.case.read")
    return render(
        "finance/standing/day.html",
        day=standing.day(ctx, on),
        today=today,
        before=on - timedelta(days=1),
        after=on + timedelta(days=1) if on < today else None,
        cases=case_service.open_cases(ctx, kind=None, resolved=False, offset=0)[:5] if may_cases else [],
        titles=case_service.TITLES,
        label=lambda account: account_label(account, account_names()),
    )
