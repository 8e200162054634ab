"""The books for an accounting program: numbers of an act, sums of the ledger, through the door."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.data.session import Database
from core.sdk import Actor, Context, settings
from core.sdk.errors import Invalid
from core.sdk.ledger import collect_cash, trial_balance
from plugins.finance.rules.chart import UNKNOWN, changed, charts, usual
from plugins.finance.services import bookkeeping, chart_versions, publish
from plugins.finance.services.bookkeeping import Span
from plugins.finance.settings import CHART_CHANGES
from tests.conftest import SignIn

from .conftest import Moment, World

CAM, LAM = "Nguyễn Anh Cường", "Lê Lan Lam"
OURS = (
    "cash:desk", "cash:drawer-2", "cash:transit", "cash:difference", "cash:float", "bank:0001234567890",
    "clearing:vnpay", "receivable:student", "student_balance", "subsidy_receivable:state", "chargeback",
    "suspense:unmatched", "refund_payable", "passthrough:bhyt", "fund:sach", "income:tien_an",
    "provider_fee", "opening",
)  # fmt: skip


@pytest.mark.parametrize("name", ["tt24_2024", "tt99_2025"])
def test_every_account_of_ours_has_a_number_with_a_name(name: str) -> None:
    chart = charts()[name]
    assert all(chart.code(account) != UNKNOWN and chart.title(chart.code(account)) for account in OURS)
    assert {code for _pattern, code in chart.accounts} <= chart.names.keys()
    assert chart.code("something:else") == UNKNOWN
    assert not chart.code("passthrough:bhyt").startswith("5"), "money for others is never revenue (C4)"


def test_a_school_has_numbers_of_its_own() -> None:
    chart = changed(charts()[usual("public")], "income:tien_an=5311; fund:*=431")
    assert (chart.code("income:tien_an"), chart.code("income:hai_buoi"), chart.code("fund:sach")) == (
        "5311",
        "531",
        "431",
    )
    assert chart.title("5311") == chart.title("531")
    with pytest.raises(ValueError, match="tien"):
        changed(chart, "tien an = 531")
    assert usual("private") == usual("people_founded") == "tt99_2025"


def _fill(ctx: Context, world: World, clock: Moment) -> None:
    """September: a round. October: cash for two pupils, one pays too much."""
    publish.publish(ctx, world.round_id)
    clock.forward(days=20)
    collect_cash(ctx, world.pupils[CAM], 500_000)
    collect_cash(ctx, world.pupils[LAM], 2_000_000)


def test_sums_are_those_of_the_ledger(ctx: Context, world: World, clock: Moment) -> None:
    _fill(ctx, world, clock)
    chart = bookkeeping.chart_of(ctx, "tt24_2024", date(2026, 10, 31))
    september, october = (Span(date(2026, m, 1), date(2026, m, 30)) for m in (9, 10))
    both = Span(september.first, october.last)
    lines = list(bookkeeping.journal(ctx, chart, both))
    assert sum(line.debit for line in lines) == sum(line.credit for line in lines) > 0
    by_entry: Counter[str] = Counter()
    for line in lines:
        by_entry[line.number] += line.debit - line.credit
    assert set(by_entry.values()) == {0}
    days = list(bookkeeping.day_sums(ctx, chart, both))
    assert sum(d.debit for d in days) == sum(line.debit for line in lines)
    first, then = bookkeeping.trial(ctx, chart, september), bookkeeping.trial(ctx, chart, october)
    assert {line.account: line.closing for line in then if line.closing} == {
        k: v for k, v in trial_balance(ctx).items() if v
    }
    assert {line.account: line.closing for line in first} == {
        line.account: line.opening for line in then if line.opening
    }
    assert all(line.opening == 0 for line in first)
    for table in (first, then):
        assert sum(line.opening for line in table) == sum(line.closing for line in table) == 0
        assert sum(line.debit for line in table) == sum(line.credit for line in table)
    cash = next(line for line in then if line.code == "1111")
    assert (cash.opening, cash.debit, cash.closing) == (0, 2_500_000, 2_500_000)


def test_what_has_no_number_is_shown_and_counted(ctx: Context, world: World, clock: Moment) -> None:
    _fill(ctx, world, clock)
    chart = bookkeeping.chart_of(ctx, "tt24_2024", date(2026, 10, 31))
    bare = replace(chart, accounts=())
    table = bookkeeping.trial(ctx, bare, Span(date(2026, 9, 1), date(2026, 10, 31)))
    assert {line.code for line in table} == {UNKNOWN} and sum(line.closing for line in table) == 0
    settings.put(ctx, CHART_CHANGES, "what is this")
    with pytest.raises(Invalid):
        bookkeeping.chart_of(ctx, "tt24_2024", date(2026, 10, 31))
    with pytest.raises(Invalid):
        Span(date(2026, 9, 2), date(2026, 9, 1))


def test_files_leave_through_the_door(
    db: Database, world: World, system: Actor, clock: Moment, sign_in: SignIn
) -> None:
    with db.context(system, world.school, clock=clock) as ctx:
        _fill(ctx, world, clock)
    client = sign_in(world.school, "accountant")
    asked = f"first=2026-09-01&last={clock.now.date() + timedelta(days=1)}"
    table = client.get(f"/reports/finance.trial?{asked}&chart=tt24_2024&format=csv")
    rows = list(csv.reader(io.StringIO(table.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))
    assert table.status_code == 200 and {row[0] for row in rows} >= {"1111", "131", "531", "338"}
    together = rows[-1]
    assert together[3] == together[4] and together[5] == together[6] and together[7] == together[8]
    assert client.get(f"/reports/finance.journal_days?{asked}&format=xlsx").data[:2] == b"PK"
    assert client.get(f"/reports/finance.journal?{asked}").status_code == 200
    assert client.get("/reports/finance.trial?first=2024-01-01&last=2024-12-31").status_code == 422
    assert sign_in(world.school, "office").get(f"/reports/finance.trial?{asked}").status_code in (403, 404)


def test_an_accountant_enters_numbers_with_who_has_checked_them(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.school, "accountant")
    page = "/finance/books/chart"
    assert "là đề xuất" in client.get(page).text
    form = {"csrf_token": client.csrf, "valid_from": "2026-10-01", "accounts": "bank:*=1128"}  # type: ignore[attr-defined]
    assert client.post(page, data=form).status_code == 422, "nothing without who has checked it"
    wrong = client.post(page, data={**form, "checked_by": "Cô Hoa", "accounts": "bank:*=999"})
    assert (wrong.status_code, "999" in wrong.text) == (422, True)
    given = {**form, "checked_by": "Nguyễn Thị Hoa, kế toán trưởng", "note": "Biên bản 12"}
    assert client.post(page, data=given).status_code == 303
    assert "Nguyễn Thị Hoa" in client.get(page).text
    assert client.post(page, data={**given, "valid_from": "2027-01-01", "accounts": ""}).status_code == 303
    assert sign_in(world.school, "teacher").get(page).status_code in (403, 404)


def test_numbers_hold_from_their_day(ctx: Context, world: World) -> None:
    chart = chart_versions.named("tt24_2024")
    for day, number in ((date(2026, 10, 1), "1128"), (date(2026, 11, 1), "1129")):
        chart_versions.enter(ctx, chart, day, f"bank:*={number}", "Cô Hoa", "")
    found = [bookkeeping.chart_of(ctx, "tt24_2024", date(2026, month, 30)).code("bank:1") for month in (9, 10, 11)]
    assert found == ["1121", "1128", "1129"]
