"""Reports for others: journal, journal by day and trial balance for accounting programs, pupils for the insurance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from core.sdk import Column, Context, Message, Parameter, Report, _
from core.sdk.data import local_date, utc_now
from core.sdk.errors import Invalid
from core.sdk.school import school_of

from .pages.books import KINDS, account_label, account_names
from .rules.chart import Chart, charts, usual
from .services import insurance, rounds, transfers
from .services.bookkeeping import Span, chart_of, day_sums, journal, trial

Row = Sequence[str | int | date | Message]
_CODE, _ACCOUNT = Column("code", _("Number of the account")), Column("account", _("Account in these books"))
_DEBIT, _CREDIT = Column("debit", _("Debit"), "money"), Column("credit", _("Credit"), "money")
_DAY, _KIND = Column("day", _("Day"), "date"), Column("kind", _("Kind of booking"))


def _charts(ctx: Context) -> list[tuple[str, str]]:
    """The school's usual one first."""
    first = usual(school_of(ctx).ownership)
    return [(name, chart.act) for name, chart in sorted(charts().items(), key=lambda found: found[0] != first)]


_PARAMETERS = (
    Parameter("chart", _("Chart of accounts"), "choice", _charts),
    Parameter("first", _("From"), "date"),
    Parameter("last", _("Up to and including"), "date"),
)


def _asked(ctx: Context, values: Mapping[str, str]) -> tuple[Chart, Span]:
    """What was chosen; without a choice the usual chart and the month of today."""
    last = _date(values.get("last", ""), "last") or local_date(utc_now())
    chart = chart_of(ctx, values.get("chart") or usual(school_of(ctx).ownership), last)
    first = _date(values.get("first", ""), "first") or last.replace(day=1)
    if first < chart.since:
        message = _("%(act)s holds from %(day)s on.", act=chart.act, day=f"{chart.since:%d/%m/%Y}")
        raise Invalid(message, fields={"first": message})
    return chart, Span(first, last)


def _date(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = _("This is not a date.")
        raise Invalid(message, fields={name: message}) from None


def _journal(ctx: Context, values: Mapping[str, str]) -> Iterator[Row]:
    for line in journal(ctx, *_asked(ctx, values)):
        kind = KINDS.get(line.kind, Message(line.kind))
        yield line.day, line.number, kind, line.memo, line.code, line.account, line.debit, line.credit


def _days(ctx: Context, values: Mapping[str, str]) -> Iterator[Row]:
    for line in day_sums(ctx, *_asked(ctx, values)):
        yield line.day, KINDS.get(line.kind, Message(line.kind)), line.code, line.account, line.debit, line.credit


def _trial(ctx: Context, values: Mapping[str, str]) -> Iterator[Row]:
    """A line each account of ours; those of one number stand together, and the last line adds all up."""
    lines = trial(ctx, *_asked(ctx, values))
    sums, names = [0] * 6, account_names(ctx)
    for line in lines:
        before, after = line.opening, line.closing
        figures = max(before, 0), max(-before, 0), line.debit, line.credit, max(after, 0), max(-after, 0)
        sums = [total + figure for total, figure in zip(sums, figures, strict=True)]
        yield line.code, line.title, account_label(line.account, names), *figures
    yield "", _("Together"), "", *sums


def _rounds(ctx: Context) -> list[tuple[str, str]]:
    return [(str(row.id), row.title) for row in rounds.rounds(ctx).rows]


def _insured(ctx: Context, values: Mapping[str, str]) -> Iterator[Sequence[str | int | date | Message | None]]:
    chosen = values.get("round")
    for c in insurance.covers(ctx, UUID(chosen) if chosen else None):
        state = insurance.as_message(c)
        yield c.code, c.full_name, c.class_name, c.months, c.starts_on, c.ends_on, c.amount, state, c.legal_basis


def _transfers(ctx: Context, values: Mapping[str, str]) -> Iterator[Sequence[str | int | date | Message | None]]:
    for place, t in enumerate(transfers.transfers(ctx), start=1):
        yield place, t.to_whom, t.amount, t.memo, t.full_name, t.reason, t.approved_by, local_date(t.since)


REPORTS = [
    Report(
        "finance.transfers",
        _("Transfers to make by hand"),
        _("Approved payouts and refunds that no payment service carries out: for the bank."),
        "payments.refund.request",
        columns=(
            Column("place", _("No."), "number"),
            Column("to_whom", _("To whom")),
            Column("amount", _("Amount"), "money"),
            Column("memo", _("Memo")),
            Column("pupil", _("Pupil")),
            Column("reason", _("Reason")),
            Column("approved", _("Approved by")),
            Column("since", _("Since"), "date"),
        ),
        rows=_transfers,
        data_classes=("identity", "finance"),
    ),
    Report(
        "finance.insurance",
        _("Pupils with health insurance"),
        _("Months, first and last day and amount of each pupil: for the insurance agency."),
        "finance.bill.read",
        columns=(
            Column("code", _("Pupil's code")),
            Column("name", _("Full name")),
            Column("class", _("Class")),
            Column("months", _("Months"), "number"),
            Column("from", _("From"), "date"),
            Column("until", _("Until"), "date"),
            Column("amount", _("Amount"), "money"),
            Column("state", _("State")),
            Column("basis", _("Act")),
        ),
        rows=_insured,
        parameters=(Parameter("round", _("Collection round"), "choice", _rounds),),
        data_classes=("identity", "finance"),
    ),
    Report(
        "finance.trial",
        _("Trial balance for the accounting program"),
        _("Balances and movements by the numbers of the chart of accounts; debit and credit are equal."),
        "payments.ledger.read",
        columns=(
            _CODE,
            Column("title", _("Name of the account")),
            _ACCOUNT,
            Column("opening_debit", _("Opening debit"), "money"),
            Column("opening_credit", _("Opening credit"), "money"),
            _DEBIT,
            _CREDIT,
            Column("closing_debit", _("Closing debit"), "money"),
            Column("closing_credit", _("Closing credit"), "money"),
        ),
        rows=_trial,
        parameters=_PARAMETERS,
    ),
    Report(
        "finance.journal_days",
        _("Journal by day for the accounting program"),
        _("Sums of each day by kind and account: to be entered as one voucher a day. Nobody is named."),
        "payments.ledger.read",
        columns=(_DAY, _KIND, _CODE, _ACCOUNT, _DEBIT, _CREDIT),
        rows=_days,
        parameters=_PARAMETERS,
    ),
    Report(
        "finance.journal",
        _("Journal for the accounting program"),
        _("Every posting with its entry; memos may name persons."),
        "payments.ledger.read",
        columns=(
            _DAY,
            Column("entry", _("Entry")),
            _KIND,
            Column("memo", _("Memo")),
            _CODE,
            _ACCOUNT,
            _DEBIT,
            _CREDIT,
        ),
        rows=_journal,
        parameters=_PARAMETERS,
        data_classes=("identity", "finance"),
    ),
]
