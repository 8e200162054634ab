"""A school whose bills are out, its channels, and the money that comes in over them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.data.session import Database
from core.kernel.registry import Registry
from core.payments import channels
from core.sdk import Context
from core.sdk.testing.fixtures import as_worker
from core.sdk.web.runtime import Runtime
from core.types.actor import system_actor
from core.work.worker import Worker
from plugins.finance.models import Bill
from plugins.finance.services import exemptions, links, publish
from tests.integrations.bank_notices.samples import SECRET as BANK_SECRET
from tests.integrations.bank_notices.samples import mac, sepay_fields
from tests.integrations.vnpay.samples import CONFIG as VNPAY
from tests.integrations.vnpay.samples import ipn_fields, signed_query

from .conftest import Moment, World

SYSTEM = system_actor("test")
ACCOUNT = "0001234567890"
EXEMPT, FREE = "Lê Lan Lam", "Nguyễn Anh Cường"


@dataclass
class PaySite:
    """The application, its database, and what a test needs to pay bills."""

    app: Flask
    db: Database
    registry: Registry
    world: World
    clock: Moment
    bills: dict[str, UUID]
    """By pupil's name."""
    vietqr: UUID
    vnpay: UUID
    bank: UUID

    def token(self, name: str) -> str:
        with self.db.context(SYSTEM, self.world.school, clock=self.clock) as ctx:
            return links.pay_link(ctx, self.bills[name])

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def drain(self) -> None:
        """Run every job that is due; each must end well."""
        worker = Worker(as_worker(self.db), self.registry, self.clock)
        for _round in range(5):
            for outcome in worker.drain(100):
                assert outcome.state == "done", outcome.error

    def begin(self, client: FlaskClient, token: str, channel: UUID, nonce: str = "") -> str:
        """Press the button; gives the address that the browser is sent to."""
        found = re.search(r'name="nonce" value="([^"]+)"', client.get(f"/pay/{token}").text)
        assert found is not None
        answer = client.post(f"/pay/{token}", data={"channel": str(channel), "nonce": nonce or found[1]})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def transfer(self, memo: str, amount: int, txn: str = "FT26326000123", number: int = 92704) -> None:
        """A transfer arrives on the school's account, the notifier tells, a worker books."""
        day = self.clock.now.strftime("%Y-%m-%d %H:%M:%S")
        fields = sepay_fields(id=number, content=memo, transferAmount=amount, referenceCode=txn, transactionDate=day)
        body, stamp = json.dumps(fields).encode(), str(int(self.clock.now.timestamp()))
        headers = {"x-sepay-timestamp": stamp, "x-sepay-signature": "sha256=" + mac(stamp.encode() + b"." + body)}
        answer = self.client().post(f"/notices/{self.bank}", data=body, headers=headers)
        assert answer.status_code == 200, answer.text
        self.drain()

    def ipn(self, reference: str, amount: int, **changes: str) -> None:
        """VNPay tells that a payment has ended, a worker books."""
        fields = ipn_fields(TxnRef=reference, Amount=str(amount * 100), TmnCode=VNPAY["merchant_code"], **changes)
        answer = self.client().get(f"/notices/{self.vnpay}?{signed_query(fields)}")
        assert answer.json is not None
        assert answer.json["RspCode"] == "00", answer.text
        self.drain()


def build(app: Flask, db: Database, registry: Registry, world: World, clock: Moment, base_url: str = "http://localhost",
          pay_url: str = "") -> PaySite:  # fmt: skip
    runtime: Runtime = app.extensions["truong"]
    runtime.clock, runtime.base_url = clock, base_url
    with db.context(SYSTEM, world.school, clock=clock) as ctx:
        _exempt(ctx, world)
        publish.publish(ctx, world.round_id)
        rail = {"bank_bin": "970422", "account_number": ACCOUNT, "account_name": "TRUONG TIEU HOC CANH DIEU"}
        vnpay = channels.configure(
            ctx, "vnpay", {**VNPAY, **({"pay_url": pay_url} if pay_url else {})}, position=1, fee_fixed=3_300
        )
        vietqr = channels.configure(ctx, "vietqr", rail, position=5)
        notices = {"style": "sepay", "secret": BANK_SECRET, "account_number": ACCOUNT}
        bank = channels.configure(ctx, "bank_notices", notices)
        bills = {name: i for i, name in ctx.session.execute(select(Bill.id, Bill.full_name))}
    return PaySite(app, db, registry, world, clock, bills, vietqr, vnpay, bank)


def _exempt(ctx: Context, world: World) -> None:
    """One pupil pays half of the meals and no insurance, one pays nothing: exemptions with their papers."""
    half = [(EXEMPT, "tien_an", 50), (EXEMPT, "bhyt", 100)]
    for name, code, percent in [*half, *((FREE, code, 100) for code in ("tien_an", "bhyt", "hai_buoi"))]:
        exemptions.add_exemption(
            ctx,
            exemptions.ExemptionInput(
                person_id=world.pupils[name],
                item_ids=(world.items[code].id,),
                percent=percent,
                group_code="poor",
                reason="Hộ nghèo",
                legal_basis="Nghị định 238/2025/NĐ-CP",
                evidence="Sổ hộ nghèo số 12",
                valid_from=date(2026, 9, 1),
                valid_to=date(2027, 5, 31),
            ),
        )
    for row in exemptions.exemptions(ctx, waiting=True):
        exemptions.approve_exemption(ctx, row.id)
