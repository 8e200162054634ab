"""The books for the accounting program outside: journal and trial balance by the act's numbers.

A day is the local day of booking, as the periods count; what is booked never changes, so a span that is over always
gives the same file. Sums are those of the ledger, also where an account has no number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Date, Select, cast, func, select

from core.sdk import Context, _, settings
from core.sdk.data import LOCAL_TZ
from core.sdk.errors import Invalid
from core.sdk.ledger import JournalEntry, LedgerBalance, Posting
from plugins.finance.rules.chart import Chart, changed, charts
from plugins.finance.services import chart_versions
from plugins.finance.settings import CHART_CHANGES

_NEVER = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both counted."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            message = _("The end lies before the beginning.")
            raise Invalid(message, fields={"last": message})

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), LOCAL_TZ)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), LOCAL_TZ)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One posting. Dong; one of debit and credit is 0."""

    day: date
    number: str
    """Of the entry: what belongs together sums to zero."""
    kind: str
    memo: str
    account: str
    code: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class DaySum:
    """All postings of one kind on one account on one day: nobody is named."""

    day: date
    kind: str
    account: str
    code: str
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One number of the act: balance before, movements, balance after. Debit balances are above zero."""

    code: str
    title: str
    account: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


def accounts_of(ctx: Context) -> list[str]:
    """Every account of the school's books. Needs `payments.ledger.read`."""
    ctx.require("payments.ledger.read")
    query = select(LedgerBalance.account).where(LedgerBalance.school_id == ctx.school_id).distinct()
    return sorted(ctx.session.scalars(query))


def chart_of(ctx: Context, name: str, on: date) -> Chart:
    """A chart with the school's own accounts, as it holds on a day: what was entered as checked goes first.

    Raises:
        Invalid: no such chart, or the school's changes cannot be read.
    """
    found = charts().get(name)
    if found is None:
        message = _("Choose one of the values.")
        raise Invalid(message, fields={"chart": message})
    try:
        mine = changed(found, str(settings.get(ctx, CHART_CHANGES)))
    except ValueError as error:
        message = _("“%(text)s” in the settings is no account and number.", text=str(error))
        raise Invalid(message, fields={"chart": message}) from None
    version = chart_versions.in_force(ctx, name, on)
    return mine if version is None else replace(mine, accounts=(*version.accounts.items(), *mine.accounts))


def _within(query: Select[*tuple[Any, ...]], ctx: Context, span: Span) -> Select[*tuple[Any, ...]]:
    return query.join(Posting, Posting.entry_id == JournalEntry.id).where(
        JournalEntry.school_id == ctx.school_id,
        JournalEntry.booked_at >= span.begins,
        JournalEntry.booked_at < span.ends,
    )


def _day() -> ColumnElement[date]:
    return cast(func.timezone(str(LOCAL_TZ), JournalEntry.booked_at), Date)


def journal(ctx: Context, chart: Chart, span: Span) -> Iterator[JournalLine]:
    """Every posting of a span in the order of booking. Needs `payments.ledger.read`."""
    ctx.require("payments.ledger.read")
    columns = (_day(), JournalEntry.id, JournalEntry.kind, JournalEntry.memo, Posting.account, Posting.amount)
    query = _within(select(*columns).select_from(JournalEntry), ctx, span)
    query = query.order_by(JournalEntry.booked_at, JournalEntry.id, Posting.id)
    rows = ctx.session.execute(query.execution_options(yield_per=2_000))
    try:
        yield from (_journal_line(chart, *row) for row in rows)
    finally:
        rows.close()  # who reads only the first rows leaves the others in the database


def _journal_line(chart: Chart, day: date, entry: UUID, kind: str, memo: str, account: str, amount: int) -> JournalLine:
    number, debit, credit = f"{entry.hex[:8]}{entry.hex[-4:]}", max(amount, 0), max(-amount, 0)
    return JournalLine(day, number, kind, memo, account, chart.code(account), debit, credit)


def day_sums(ctx: Context, chart: Chart, span: Span) -> Iterator[DaySum]:
    """The journal by day, kind and account, without persons. Needs `payments.ledger.read`."""
    ctx.require("payments.ledger.read")
    day = _day().label("day")
    columns = (day, JournalEntry.kind, Posting.account, _debit(), _credit())
    query = _within(select(*columns).select_from(JournalEntry), ctx, span)
    query = query.group_by(day, JournalEntry.kind, Posting.account).order_by(day, JournalEntry.kind, Posting.account)
    for on, kind, account, debit, credit in ctx.session.execute(query):
        yield DaySum(on, kind, account, chart.code(account), debit, credit)


def _debit() -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(Posting.amount).filter(Posting.amount > 0), 0), BigInteger)


def _credit() -> ColumnElement[int]:
    return cast(func.coalesce(-func.sum(Posting.amount).filter(Posting.amount < 0), 0), BigInteger)


def trial(ctx: Context, chart: Chart, span: Span) -> list[TrialLine]:
    """Balances and movements by account, in the order of the act's numbers. Needs `payments.ledger.read`.

    Balances are the running totals less what was booked since: nobody reads ten years of postings for a month.
    """
    ctx.require("payments.ledger.read")
    now = select(LedgerBalance.account, cast(func.sum(LedgerBalance.amount), BigInteger))
    balance: dict[str, int] = {
        row[0]: row[1]
        for row in ctx.session.execute(
            now.where(LedgerBalance.school_id == ctx.school_id).group_by(LedgerBalance.account)
        )
    }
    moved = {account: (debit, credit) for account, debit, credit in _moved(ctx, span)}
    since = Span(span.last + timedelta(days=1), _NEVER)
    after = {account: debit - credit for account, debit, credit in _moved(ctx, since)}
    lines: list[TrialLine] = []
    for account in sorted(balance.keys() | moved.keys()):
        debit, credit = moved.get(account, (0, 0))
        opening = balance.get(account, 0) - after.get(account, 0) - debit + credit
        if opening or debit or credit:
            code = chart.code(account)
            lines.append(TrialLine(code, chart.title(code), account, opening, debit, credit))
    return sorted(lines, key=lambda line: (line.code, line.account))


def _moved(ctx: Context, span: Span) -> list[tuple[str, int, int]]:
    query = _within(select(Posting.account, _debit(), _credit()).select_from(JournalEntry), ctx, span)
    return [(a, d, c) for a, d, c in ctx.session.execute(query.group_by(Posting.account))]
