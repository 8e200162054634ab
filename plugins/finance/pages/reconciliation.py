"""The reconciliation desk: what banks and services say, what the books say, and each transaction in its state."""

from __future__ import annotations

from datetime import date, timedelta

from flask import request, url_for
from flask.typing import ResponseReturnValue

from core.sdk import Context, Message, _
from core.sdk.data import local_date
from core.sdk.ledger import settlements
from core.sdk.web import export_door, file_response, page, render, runtime, translate
from plugins.finance.services import rails
from plugins.finance.services.statement_rows import STATES, XLSX, report, workbook

from .site import asked, blueprint, chip, here

KINDS: dict[str, str] = {"R1": "wait", "R2": "attention", "R3": "neutral", "R4": "ok"}
SOURCES: dict[str, Message] = {
    "notice": _("told by a notice"),
    "query": _("told when we asked"),
    "statement": _("told by a statement"),
    "settlement": _("told by a day file"),
    "person": _("entered by hand"),
}
_SPAN = timedelta(days=14)
_LONGEST = timedelta(days=400)
_PAGE = 50
_MOST = 20_000


@blueprint.get("/reconciliation")
@page("payments.case.read")
def reconciliation(ctx: Context) -> str:
    """Totals by day and rail, then the transactions; without a choice those that differ."""
    first, last = _span(ctx)
    names = rails.names(ctx, runtime().registry.payment_providers())
    rail, start = asked("rail") or None, max(request.args.get("from", 0, type=int), 0)
    days = settlements.days(ctx, first, last, rail)
    states = _states(asked("state") or "differing")
    found = settlements.transactions(ctx, first, last, rail=rail, states=states, limit=_PAGE + 1, offset=start)
    counts = {
        "R1": sum(day.no_money for day in days),
        "R2": sum(day.not_confirmed for day in days),
        "R3": sum(day.by_hand for day in days),
        "R4": sum(day.automatic for day in days),
    }
    return render(
        "finance/reconciliation.html",
        first=first,
        last=last,
        days=days,
        theirs=sum(day.theirs for day in days),
        ours=sum(day.ours for day in days),
        lines=found[:_PAGE],
        names=names,
        states=STATES,
        kinds=KINDS,
        sources=SOURCES,
        counts=counts,
        late=settlements.LATE_AFTER,
        others={} if rail else settlements.other_movements(ctx, first, last),
        rail_chips=[chip(label, "rail", name) for name, label in names.items()],
        state_chips=_state_chips(counts),
        export=_file_url() if days else None,
        hidden={name: request.args[name] for name in ("rail", "state") if request.args.get(name)},
        previous=here(**{"from": str(max(start - _PAGE, 0))}) if start else None,
        next=here(**{"from": str(start + _PAGE)}) if len(found) > _PAGE else None,
    )


@blueprint.get("/reconciliation.xlsx")
@page("payments.case.read")
def reconciliation_file(ctx: Context) -> ResponseReturnValue:
    """The same transactions as a workbook."""
    first, last = _span(ctx)
    names = rails.names(ctx, runtime().registry.payment_providers())
    states = _states(asked("state") or "all")
    found = settlements.transactions(ctx, first, last, rail=asked("rail") or None, states=states, limit=_MOST)
    label = _("Daily comparison with banks and services")
    door = export_door(ctx, "finance.reconciliation", label, persons=len(found), data_classes=())
    if door is not None:
        return door
    rows = report(found, lambda rail: translate(names.get(rail, rail)), translate)
    return file_response(workbook(rows), f"doi-soat-{first:%Y%m%d}-{last:%Y%m%d}.xlsx", XLSX)


def _file_url() -> str:
    chosen = {name: request.args[name] for name in ("first", "last", "rail", "state") if request.args.get(name)}
    return url_for("finance.reconciliation_file", **chosen)  # type: ignore[arg-type]  # texts only


def _states(name: str) -> list[settlements.State]:
    if name == "differing":
        return [settlements.State.NO_MONEY, settlements.State.NOT_CONFIRMED]
    return [settlements.State(name)] if name in STATES else []


def _state_chips(counts: dict[str, int]) -> list[dict[str, object]]:
    shown = [chip(label, "state", name) | {"count": counts[name]} for name, label in STATES.items()]
    return [*shown, chip(_("All"), "state", "all") | {"count": sum(counts.values())}]


def _span(ctx: Context) -> tuple[date, date]:
    """The days asked for; the last two weeks without any. Never so many that the page would stand still."""
    last = _day(asked("last")) or local_date(ctx.now())
    first = min(_day(asked("first")) or last - _SPAN, last)
    return max(first, last - _LONGEST), last


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
