"""The demo school: its money comes by the real ways, its books hold, every page of every role has something to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from core import audit
from core.cli.demo.schools import PASSWORD, SCHOOLS, make_school
from core.data.context import Context
from core.data.embedded import create_database, database_url, drop_database
from core.data.session import Database
from core.data.types import local_date
from core.disclosure import emergency, requests
from core.kernel.registry import Registry
from core.payments import cases, channels, ledger
from core.payments.models import PaymentAttempt, Refund
from core.settings.instance import InstanceSettings
from core.types.actor import Actor
from core.web.app import bind, create_app
from plugins.finance.models import BillLine, BillPart, Receipt, StatementUpload
from plugins.finance.services import (
    debtors,
    einvoices,
    exemptions,
    funds,
    insurance,
    meals,
    payouts,
    receipts,
    rounds,
    statements,
    transfers,
)
from plugins.finance.services.cases import open_cases

pytestmark = pytest.mark.xdist_group("demo")  # one process: what they share takes a while

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo school that was made once for the tests of this file."""

    db: Database
    school: UUID
    system: Actor
    app: Flask


@pytest.fixture(scope="module")
def demo(server: str, template: str, registry: Registry, var: Path) -> Iterator[Demo]:
    name = "test_demo"
    create_database(server, name, template=template)
    db = Database(database_url(server, name, "truong_app"), pool_size=4)
    settings = InstanceSettings(
        secret_keys=("for-tests-only-" * 4,), var=var, base_url="http://localhost", secure_cookies=False
    )
    bind(settings, registry)
    school = make_school(db, registry, {**SCHOOLS[0], "pupils": 56}, first=True, clock=lambda: NOW)
    app = create_app(settings, db=db, registry=registry, clock=lambda: NOW)
    yield Demo(db, school, Actor("system", "system:test"), app)
    db.close()
    drop_database(server, name)


@pytest.fixture
def ctx(demo: Demo) -> Iterator[Context]:
    with demo.db.context(demo.system, demo.school, clock=lambda: NOW) as found:
        yield found


def test_three_months_are_out_and_the_next_is_prepared(ctx: Context) -> None:
    assert [(r.period.month, r.state) for r in rounds.rounds(ctx).rows] == [
        (12, "draft"),
        (11, "published"),
        (10, "published"),
        (9, "published"),
    ]
    assert len(exemptions.exemptions(ctx, waiting=True)) == 2
    assert debtors.debtors(ctx).rows
    assert debtors.debts_by_age(ctx).owed > 0


def test_the_money_came_by_every_way_and_the_books_hold(ctx: Context) -> None:
    sums = ledger.trial_balance(ctx)
    assert sum(sums.values()) == 0
    bank, vnpay, cash = (sums[name] for name in (f"bank:{SCHOOLS[0]['account_number']}", "clearing:vnpay", "cash:desk"))
    assert bank > cash > 0
    assert bank > vnpay > 0
    assert ledger.verify(ctx) == []
    assert ctx.session.scalar(text("SELECT count(*) FROM core_provider_inbox WHERE state <> 'processed'")) == 0
    states = set(ctx.session.scalars(select(PaymentAttempt.status)))
    assert {"paid", "failed", "in_review", "refunded"} <= states


def test_every_collection_has_its_receipt_of_its_day(ctx: Context) -> None:
    collected = text(
        "SELECT count(*) FROM core_journal_entry WHERE kind IN ('evidence.paid', 'evidence.credit', 'cash.collected',"
        " 'assignment') AND EXISTS (SELECT FROM core_posting p WHERE p.entry_id = core_journal_entry.id"
        " AND p.account = 'student_balance')"
    )
    assert len(ctx.session.scalars(select(Receipt.id)).all()) == ctx.session.scalar(collected)
    assert receipts.gaps(ctx, 2026) == []
    days = ctx.session.scalars(select(Receipt.issued_at).order_by(Receipt.number)).all()
    assert (days[0].month, days[-1].month) == (9, 11)
    assert all(local_date(first) <= local_date(second) for first, second in pairwise(days))


def test_statements_doubts_and_refunds_of_several_ages(ctx: Context) -> None:
    uploads = ctx.session.scalars(select(StatementUpload).order_by(StatementUpload.name)).all()
    assert [upload.state for upload in uploads] == ["imported", "imported", "planned"]
    booked = uploads[0].result["counts"]
    assert booked["matched"] > 0, "transfers whose notice got lost"
    assert booked["duplicate"] > booked["matched"], "what notices had told"
    assert booked["not_a_fee"] == 4
    looked_at = statements.planned(ctx, uploads[2].id).result
    assert looked_at.balance_gaps == ()
    assert looked_at.totals.credit_missing == 0
    waiting = cases.list_cases(ctx)
    assert {"unmatched", "overpaid", "double_payment", "in_review", "payout"} <= {case.kind for case in waiting}
    assert {(NOW - case.opened_at).days // 30 for case in waiting} >= {0, 1}
    decided = {case.resolution for case in cases.list_cases(ctx, state="resolved")}
    assert {"assigned", "refused", "closed"} <= decided
    assert any(case.proposals for case in open_cases(ctx, kind="unmatched")), "some can be guessed"
    assert not all(case.proposals for case in open_cases(ctx, kind="unmatched")), "some cannot"
    assert sorted(ctx.session.scalars(select(Refund.state))) == ["done", "sent"]


def test_every_way_of_billing_has_something_to_show(ctx: Context) -> None:
    assert {row.closed_at is not None for row in meals.months(ctx)} == {True, False}
    assert sum(row.credited for row in meals.months(ctx)) > 0, "days that were reported in time came back"
    assert ctx.session.scalar(select(func.count()).where(BillLine.rule_id.is_not(None))), "a second child pays less"
    assert ctx.session.scalar(select(func.count()).select_from(BillPart)) == 9
    (fund,) = funds.funds(ctx)
    assert (fund.given, fund.used) == (9_000_000, 7_200_000) and fund.published_at
    assert [row.state for row in payouts.payouts(ctx)] == ["requested", "paid"]
    assert {found.kind for found in transfers.transfers(ctx)} == {"refund"}
    assert {channel.provider for channel in channels.payable(ctx)} >= {"vietqr", "vnpay", "momo", "zalopay"}
    assert einvoices.counts(ctx).open > 0 and einvoices.gaps(ctx, 2026) == []
    assert list(insurance.covers(ctx))


def test_nothing_is_left_for_the_worker_but_what_is_to_come(demo: Demo, ctx: Context) -> None:
    waiting = ctx.session.execute(text("SELECT task, run_at FROM core_job WHERE state = 'waiting'")).all()
    assert {row.task for row in waiting} <= {"payments.poll", "payments.refund.send", "finance.einvoice"}
    with demo.db.all_schools(demo.system) as everywhere:
        assert [report.faults for report in audit.verify(everywhere) if report.faults] == []


def test_an_emergency_and_a_list_wait_for_a_second_person(ctx: Context) -> None:
    assert emergency.waiting(ctx) == (1, False)
    (case,) = emergency.cases(ctx)
    assert case.opener_roles == ["teacher"] and case.ends_at < ctx.now()
    (asked,) = requests.to_decide(ctx)
    assert asked.persons == 56 and "health" in asked.data_classes


PAGES = {
    "vanphong": ("/", "/learners", "/learners/classes"),
    "ketoan": (
        "/", "/finance/rounds", "/finance/bills", "/finance/desk", "/finance/statements", "/finance/books",
        "/finance/exemptions", "/finance/receipts", "/finance/items",
    ),
    "hieutruong": ("/", "/finance/rounds", "/finance/exemptions", "/audit", "/emergencies"),
    "giaovien": ("/", "/assessment/", "/curriculum/", "/curriculum/teaching"),
    "phuhuynh": ("/", "/finance/family"),
    "vanhanh": ("/modules", "/audit", "/finance/channels"),
}  # fmt: skip


@pytest.mark.parametrize("login", PAGES)
def test_every_page_of_the_role_has_something_to_show(demo: Demo, login: str) -> None:
    client = demo.app.test_client()
    form = client.get("/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    sent = {"login": login, "password": PASSWORD, "csrf_token": token[1] if token else ""}
    assert client.post("/sign-in", data=sent).status_code == 303
    for path in PAGES[login]:
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path
        assert 'class="empty' not in answer.get_data(as_text=True), path


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/pay/)[\w-]{48}|(?<=/transfer/)\w+")
_LINK = re.compile(r'<a [^>]*href="(/[^"#]*)')
_FILES = ("/pdf", "/export", "/refused", "/receipt", "/notices", "qr.png")


def _shape(link: str) -> str:
    """An address without its ids and values: one page of each shape is enough."""
    path, _mark, query = link.partition("?")
    return _ID.sub("*", path) + "?" + "&".join(sorted({part.partition("=")[0] for part in query.split("&")}))


@pytest.mark.parametrize("login", [*PAGES, "vanphong"])
def test_no_link_of_a_role_leads_to_a_closed_door(demo: Demo, login: str) -> None:
    """What a role cannot open is not offered to it, on no page that it can reach."""
    client = demo.app.test_client()
    assert client.post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 303
    waiting, seen, closed = [("", "/")], {_shape("/")}, []
    while waiting and len(seen) < 150:
        source, link = waiting.pop(0)
        answer = client.get(link)
        if answer.status_code >= 400:
            closed.append((source, link, answer.status_code))
        if answer.mimetype != "text/html":
            continue
        for found in _LINK.findall(answer.get_data(as_text=True).replace("&amp;", "&")):
            shape = _shape(found)
            if shape not in seen and not any(part in found for part in (*_FILES, "lang=", "theme=", "/switch/")):
                seen.add(shape)
                waiting.append((link, found))
    assert closed == []
    assert len(seen) > 4
