"""A school's own numbers of accounts: dated, entered with the name of who has checked them, never changed."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from core.sdk import Context, Message, _
from core.sdk.data import new_id
from core.sdk.errors import Invalid
from plugins.finance.models import ChartVersion
from plugins.finance.rules.chart import Chart, changes, charts

from ._trail import note


def versions(ctx: Context, chart: str) -> list[ChartVersion]:
    """Of one chart, the newest day first. Needs `payments.ledger.read`."""
    ctx.require("payments.ledger.read")
    query = select(ChartVersion).where(ChartVersion.school_id == ctx.school_id, ChartVersion.chart == chart)
    return list(ctx.session.scalars(query.order_by(ChartVersion.valid_from.desc(), ChartVersion.made_at.desc())))


def in_force(ctx: Context, chart: str, on: date) -> ChartVersion | None:
    """The version that holds on a day; None for the act's file as it is."""
    return next((version for version in versions(ctx, chart) if version.valid_from <= on), None)


def enter(ctx: Context, chart: Chart, valid_from: date | None, text: str, checked_by: str, remark: str) -> None:
    """Enter numbers that hold from a day on. Needs `finance.item.edit`.

    Args:
        text: account=number, one a line: `income:tien_an=5311`; nothing for the act's file as it is.
        checked_by: who has checked the numbers: nothing is taken over without.

    Raises:
        Invalid: what is wrong, by field.
    """
    ctx.require("finance.item.edit")
    faults: dict[str, Message] = {}
    accounts: dict[str, str] = {}
    try:
        accounts = dict(changes(text))
    except ValueError as error:
        faults["accounts"] = _("“%(text)s” is no account and number.", text=str(error))
    known = {code[:3] for code in chart.names}
    strange = [code for code in accounts.values() if code[:3] not in known]
    if strange:
        faults["accounts"] = _("The chart has no account %(number)s.", number=strange[0])
    if valid_from is None or valid_from < chart.since:
        faults["valid_from"] = _("%(act)s holds from %(day)s on.", act=chart.act, day=f"{chart.since:%d/%m/%Y}")
    if len(re.sub(r"\W", "", checked_by)) < 2:
        faults["checked_by"] = _("Name the accountant who has checked the numbers.")
    if faults or valid_from is None:
        raise Invalid(_("Some fields need another look."), fields=faults)
    row = ChartVersion(
        id=new_id(),
        chart=chart.name,
        valid_from=valid_from,
        accounts=accounts,
        checked_by=" ".join(checked_by.split())[:120],
        note=remark.strip()[:500],
        made_at=ctx.now(),
        made_by=ctx.actor.name,
    )
    ctx.session.add(row)
    ctx.session.flush()
    facts = {"chart": chart.name, "valid_from": valid_from.isoformat(), "checked_by": row.checked_by}
    note(ctx, "finance.chart.checked", ("finance_chart", row.id), facts)


def named(name: str) -> Chart:
    """A chart of an act.

    Raises:
        Invalid: there is none of this name.
    """
    found = charts().get(name)
    if found is None:
        message = _("Choose one of the values.")
        raise Invalid(message, fields={"chart": message})
    return found
