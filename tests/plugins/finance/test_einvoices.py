"""E-invoices: what is paid is invoiced once, whatever the network does; numbers without gaps; what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import providers
from core.payments.booking import transfers
from core.payments.booking.evidence import Origin
from core.sdk import Actor, Context, einvoices, settings
from core.sdk.data import utc_now
from core.sdk.einvoices import Kind
from core.sdk.errors import Conflict, Forbidden, Invalid
from core.sdk.ledger import Charge, attempts, channels, collect_cash
from core.sdk.payments import Fact, FactKind
from core.sdk.testing.fixtures import as_worker
from core.work.worker import Worker
from integrations.einvoice.adapter import JsonEInvoiceProvider
from plugins.finance.models import EInvoice, EInvoiceLine, Item, Payer, Receipt
from plugins.finance.services import corrections, meals, publish
from plugins.finance.services import einvoices as service
from tests.conftest import SignIn
from tests.integrations.einvoice.service import CONFIG, Service

from .conftest import Moment, World
from .test_pages_money import VIETQR

PUPIL, OTHER = "Nguyễn Anh Cường", "Phan Ánh Hương"
BUYER = {"name": "Công ty Hoa Phượng", "tax_code": "0100000002", "address": "Hà Nội", "email": ""}


class House:
    """The school with a service, its worker and its clock."""

    def __init__(self, db: Database, world: World, system: Actor, clock: Moment, worker: Worker, far: Service) -> None:
        self.db, self.world, self.system, self.clock, self.worker, self.far = db, world, system, clock, worker, far

    def pay(self, name: str, amount: int | None = None) -> None:
        with self.db.context(self.system, self.world.school, clock=self.clock) as ctx:
            person = self.world.pupils[name]
            due = ctx.session.scalars(select(Charge.due - Charge.allocated).where(Charge.person_id == person)).one()
            collect_cash(ctx, person, due if amount is None else amount)
        self.work()

    def work(self) -> None:
        for _round in range(6):
            for outcome in self.worker.drain(50):
                assert outcome.state == "done", outcome.error

    def do(self, step: str, *given: object) -> None:
        with self.db.context(self.system, self.world.school, clock=self.clock) as ctx:
            getattr(service, step)(ctx, *given)
        self.work()

    def rows(self) -> list[EInvoice]:
        with self.db.context(self.system, self.world.school, clock=self.clock) as ctx:
            return list(ctx.session.scalars(select(EInvoice).order_by(EInvoice.id)))

    def states(self) -> list[tuple[str, str, int]]:
        return [(row.kind, row.state, row.total) for row in self.rows()]

    def later(self, **span: float) -> None:
        self.clock.forward(**span)
        self.work()


@pytest.fixture
def house(db: Database, registry: Registry, world: World, system: Actor, clock: Moment) -> Iterator[House]:
    far = Service()
    einvoices.bind(registry.einvoice_providers(), far)
    with db.context(system, world.school, clock=clock) as ctx:
        for name, value in CONFIG.items():
            settings.put(ctx, f"einvoice.{name}", value)
        settings.put(ctx, "einvoice.on", True)
        for code in ("tien_an", "hai_buoi"):
            ctx.session.execute(update(Item).where(Item.code == code).values(document="invoice"))
        publish.publish(ctx, world.round_id)
    yield House(db, world, system, clock, Worker(as_worker(db), registry, clock), far)
    einvoices.bind({})


def test_a_payment_is_invoiced_once_and_names_its_receipt(house: House) -> None:
    """Meals 18 x 32,000 and lessons 150,000; the insurance of this bill needs no invoice."""
    house.pay(PUPIL)
    [row] = house.rows()
    assert (row.state, row.total, row.key) == ("valid", 576_000 + 150_000, "TRG-2026-000001")
    assert row.symbol == "2C26TTR" and row.official_number == "00000001" and row.authority_code
    assert [line["amount"] for line in row.content["lines"]] == [576_000, 150_000]
    assert row.content["lines"][0]["quantity"] == 18
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        receipt = ctx.session.scalars(select(Receipt)).one()
        assert [found.id for found in service.of_receipt(ctx, receipt.id)] == [row.id]
        assert service.issue_for_receipt(ctx, receipt.id, row.person_id, [_charge(ctx, row.person_id)]) is None
        assert service.due_of(ctx) == []
    assert house.far.issued() == 1


def _charge(ctx: Context, person_id: UUID) -> UUID:
    return ctx.session.scalars(select(Charge.id).where(Charge.person_id == person_id)).one()


def test_parts_add_up_to_the_lines(house: House) -> None:
    """A part pays the lines in their order: meals, insurance, lessons."""
    for amount in (500_000, 200_000, 183_950):
        house.pay(PUPIL, amount)
    assert sum(row.total for row in house.rows()) == 726_000
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        lines = ctx.session.scalars(select(EInvoiceLine.amount).order_by(EInvoiceLine.amount)).all()
    assert sorted(lines) == [76_000, 150_000, 500_000]


def test_a_lost_answer_is_looked_up_and_never_sent_twice(house: House) -> None:
    house.far.lose_answer()
    house.pay(PUPIL)
    assert house.states() == [("issue", "unknown", 726_000)]
    house.later(minutes=2)
    assert house.states() == [("issue", "valid", 726_000)]
    assert house.far.issued() == 1
    assert [r.split()[0] for r in house.far.requests] == ["POST", "GET"]


def test_a_crash_while_sending_looks_up_first(house: House) -> None:
    """The order was marked as going out, and nobody knows whether it did: it is looked up, then sent."""
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        collect_cash(ctx, house.world.pupils[PUPIL], 726_000 + 157_950)
        service.issue_due(ctx)
        ctx.session.execute(update(EInvoice).values(state="sending", tries=1))
    house.work()
    [row] = house.rows()
    assert (row.state, row.tries, house.far.issued()) == ("valid", 2, 1)
    assert house.far.requests == [f"GET /v1/invoices/{row.key}", "POST /v1/invoices"]


def test_the_authoritys_code_comes_late(house: House) -> None:
    house.far.hold_codes()
    house.pay(PUPIL)
    assert house.states() == [("issue", "taken", 726_000)]
    house.later(minutes=2)
    assert house.rows()[0].authority_code == ""
    house.far.give_codes()
    house.later(minutes=10)
    assert house.states() == [("issue", "valid", 726_000)]
    assert len([r for r in house.far.requests if r.startswith("POST")]) == 1


def test_a_refused_one_is_corrected_under_its_number(house: House) -> None:
    house.far.refuse()
    house.pay(PUPIL)
    [row] = house.rows()
    assert row.state == "refused" and row.error.startswith("BUYER_TAX_CODE")
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx, pytest.raises(Invalid):
        service.correct_buyer(ctx, row.id, {**BUYER, "tax_code": "12"})
    house.do("correct_buyer", row.id, BUYER)
    [again] = house.rows()
    assert (again.state, again.number, again.content["buyer"]["name"]) == ("valid", row.number, BUYER["name"])
    house.pay(OTHER)
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert service.gaps(ctx, 2026) == []


def test_an_invoice_is_replaced_and_the_new_one_stands_for_its_lines(house: House) -> None:
    house.pay(PUPIL)
    [row] = house.rows()
    house.do("replace", row.id, BUYER, "Phụ huynh đề nghị ghi tên công ty")
    assert house.states() == [("issue", "replaced", 726_000), ("replace", "valid", 726_000)]
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert service.due_of(ctx) == []
        with pytest.raises(Conflict):
            service.cancel(ctx, row.id, "Nhầm")


def test_a_cancelled_invoice_keeps_its_number_and_its_money_is_due_again(house: House) -> None:
    house.pay(PUPIL)
    [row] = house.rows()
    house.do("cancel", row.id, "Lập nhầm")
    assert house.states() == [("issue", "cancelled", 726_000), ("cancel", "valid", 0)]
    assert house.far.ledger()["invoices"][0]["cancelled"] is True
    house.do("issue_due")
    assert house.states()[2:] == [("issue", "valid", 726_000)]
    assert [r.number for r in house.rows() if r.number] == [1, 2]


def test_money_that_went_back_is_adjusted(house: House) -> None:
    house.pay(PUPIL)
    [row] = house.rows()
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        with pytest.raises(Conflict):
            service.adjust(ctx, row.id, "Thử")
        bill = ctx.session.scalars(select(EInvoiceLine.bill_id).limit(1)).one()
        corrections.cancel_bill(ctx, bill, "Học sinh nghỉ cả tháng")
        assert sum(due.amount for due in service.due_of(ctx)) == -726_000
    house.do("adjust", row.id, "Phiếu thu đã hủy")
    assert house.states()[1:] == [("adjust", "valid", -726_000)]
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert service.due_of(ctx) == []


@pytest.mark.parametrize("offered", [frozenset(Kind), frozenset(Kind) - {Kind.ADJUST}])
def test_meals_given_back_lower_the_invoice(
    house: House, offered: frozenset[Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of 18 days at 32,000 were not eaten: an adjustment of that, or an invoice that names what is left."""
    monkeypatch.setattr(JsonEInvoiceProvider, "kinds", offered)
    house.pay(PUPIL)
    month = date(2026, 9, 1)
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        pupil = house.world.pupils[PUPIL]
        away = [meals.AbsenceInput(pupil, month.replace(day=day), in_time=True) for day in (8, 9)]
        meals.set_absences(ctx, month, away)
    house.later(days=30)
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert meals.close_month(ctx, month).credited == 64_000
    house.work()
    follows = ("adjust", "valid", -64_000) if Kind.ADJUST in offered else ("replace", "valid", 726_000 - 64_000)
    assert house.states()[1:] == [follows]
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert service.due_of(ctx) == []
        service.lower_month(ctx, month.isoformat())
    house.work()
    assert len(house.rows()) == 2, "once"


def test_the_company_that_paid_is_the_buyer(house: House, registry: Registry) -> None:
    """The receipt names who has paid instead of the guardian; so does the invoice."""
    providers.bind(registry.payment_providers())
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        channel = channels.load(ctx, channels.configure(ctx, "vietqr", VIETQR))
        charge = _charge(ctx, house.world.pupils[PUPIL])
        started = attempts.start(ctx, channel.id, [charge], key="company")
        told = {name: BUYER[name] for name in ("name", "tax_code", "address")}
        ctx.session.add(Payer(attempt_id=started.id, **told))
        fact = Fact(FactKind.CREDIT, "FT1", started.amount, "VND", ctx.now(), memo=started.reference)
        transfers.apply(ctx, channel, fact, Origin("notice"))
    house.work()
    [row] = house.rows()
    assert (row.state, row.content["buyer"]) == ("valid", BUYER)
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert service.invoice(ctx, row.id).receipt_label


def test_the_api_shows_issues_and_follows(house: House, sign_in: SignIn) -> None:
    einvoices.bind(house.worker.registry.einvoice_providers(), house.far)  # the application has bound the real client
    house.pay(PUPIL)
    [row] = house.rows()
    client = sign_in(house.world.school, "accountant")
    root, head = "/api/v1/finance/einvoices", {"X-CSRF-Token": client.csrf}  # type: ignore[attr-defined]
    assert [one["label"] for one in client.get(root, query_string={"view": "valid"}).get_json()["items"]] == [row.label]
    found = client.get(f"{root}/{row.id}").get_json()
    assert (found["total"], found["official_number"], found["followed"]) == (726_000, "00000001", [])
    assert client.post(f"{root}/{row.id}/adjustment", json={"reason": "Thử"}, headers=head).status_code == 409
    made = client.post(f"{root}/{row.id}/replacement", json={"buyer": BUYER, "reason": "Công ty"}, headers=head)
    assert made.status_code == 201, made.text
    house.clock.now = utc_now()
    house.work()
    assert client.get(f"{root}/{row.id}").get_json()["followed"][0]["kind"] == "replace"
    assert client.get(f"{root}/due").get_json()["items"] == []
    assert client.post(root, headers=head).json == {"made": 0}
    assert sign_in(house.world.school, "teacher").get(root).status_code in (403, 404)


def test_without_a_service_nothing_is_made_by_itself(house: House) -> None:
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        settings.put(ctx, "einvoice.on", False)
    house.pay(PUPIL)
    assert house.rows() == []
    with house.db.context(house.system, house.world.school, clock=house.clock) as ctx:
        assert sum(due.amount for due in service.due_of(ctx)) == 726_000
        with pytest.raises(Conflict):
            service.issue_due(ctx)
        nobody = replace(ctx, actor=replace(ctx.actor, kind="account", permissions=frozenset()))
        with pytest.raises(Forbidden):
            service.issue_due(nobody)


def test_pages_show_where_each_stands_and_what_can_follow(house: House, sign_in: SignIn) -> None:
    einvoices.bind(house.worker.registry.einvoice_providers(), house.far)  # the application has bound the real client
    house.far.refuse()
    house.pay(PUPIL)
    house.pay(OTHER)
    refused, valid = house.rows()
    client = sign_in(house.world.school, "accountant")
    listed = client.get("/finance/einvoices").text
    assert refused.label in listed and valid.label in listed and "2C26TTR" in listed
    assert valid.label not in client.get("/finance/einvoices?view=refused").text
    path = f"/finance/einvoices/{refused.id}"
    assert "BUYER_TAX_CODE" in client.get(path).text
    form = {"csrf_token": client.csrf, **BUYER}  # type: ignore[attr-defined]
    wrong = client.post(f"{path}/correct", data={**form, "tax_code": "x"})
    assert wrong.status_code == 422 and BUYER["name"] in wrong.text, "what was typed is shown again"
    assert client.post(f"{path}/correct", data=form).status_code == 303
    house.clock.now = utc_now()  # the page has asked at the time of the application
    house.work()
    assert [row.state for row in house.rows()] == ["valid", "valid"]
    assert 'name="reason"' in client.get(f"/finance/einvoices/{valid.id}?do=replace").text
    receipt = client.get(f"/finance/receipts/{valid.receipt_id}").text
    assert valid.label in receipt and valid.retrieval_code in receipt
    assert sign_in(house.world.school, "teacher").get("/finance/einvoices").status_code in (403, 404)
