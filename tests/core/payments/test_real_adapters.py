"""The rails that ship with the program, with messages signed by hand in the tests of their integrations."""

from __future__ import annotations

import json

import pytest

from core.payments import channels, providers
from core.payments.channels import Channel
from core.payments.port import Notice, PaymentProvider, Redirect, Transfer
from integrations.bank_notices.adapter import BankNoticesProvider
from integrations.vietqr.adapter import VietqrProvider
from integrations.vnpay.adapter import VnpayProvider
from tests.integrations.bank_notices import samples as bank
from tests.integrations.vnpay import samples as vnpay

from .fake import NoHttp
from .world import SYSTEM, World


def _rail(world: World, name: str, config: dict[str, str]) -> Channel:
    with world.db.context(SYSTEM, world.school) as ctx:
        found = channels.configure(ctx, name, config)
        return channels.load(ctx, found)


@pytest.fixture
def rails(world: World) -> dict[str, Channel]:
    installed: list[PaymentProvider] = [VnpayProvider(), VietqrProvider(), BankNoticesProvider()]
    providers.bind({p.name: p for p in installed}, NoHttp())
    account = bank.config("sepay")["account_number"]
    qr = {"bank_bin": "970422", "account_number": account, "account_name": "TRUONG HOA PHUONG"}
    return {
        "vnpay": _rail(world, "vnpay", vnpay.CONFIG),
        "vietqr": _rail(world, "vietqr", qr),
        "bank": _rail(world, "bank_notices", bank.config("sepay")),
    }


def test_vnpay_books_once_and_answers_in_its_own_words(world: World, rails: dict[str, Channel]) -> None:
    bill = world.charge(world.person(), 1_250_000)
    started = world.start(bill, channel=rails["vnpay"])
    assert isinstance(started.action, Redirect)

    def say(**changes: str) -> str:
        answer = world.receive(vnpay.ipn(TxnRef=started.reference, **changes), rails["vnpay"])
        world.drain()
        return str(json.loads(answer.body)["RspCode"])

    assert say(Amount="125000100") == "04"
    assert say(ResponseCode="24", TransactionStatus="02", TransactionNo="0") == "00"  # a recorded failure
    assert world.status(started) == "failed"
    assert [say(), say()] == ["00", "02"]
    assert world.status(started) == "paid"
    forged = world.receive(vnpay.ipn("another secret" * 3, TxnRef=started.reference), rails["vnpay"])
    assert json.loads(forged.body)["RspCode"] == "97"
    unknown = world.receive(vnpay.ipn(TxnRef="TRHNOBODY22"), rails["vnpay"])
    assert json.loads(unknown.body)["RspCode"] == "01"
    world.drain()
    assert world.trial() == {"clearing:vnpay": 1_250_000, "income:fees": -1_250_000}


def test_a_vietqr_transfer_is_seen_by_the_notifier_of_the_same_account(world: World, rails: dict[str, Channel]) -> None:
    bill = world.charge(world.person(), 350_000)
    started = world.start(bill, channel=rails["vietqr"])
    assert isinstance(started.action, Transfer)

    def hear(number: int, content: str, code: str) -> Notice:
        return bank.sepay(id=number, transferAmount=350_000, content=content, referenceCode=code)

    told = hear(1, f"MBVCB.{started.action.memo.lower()} ck", "FT26.318.77")
    for _turn in range(3):
        assert world.receive(told, rails["bank"]).status == 200
    assert world.receive(hear(2, started.action.memo, "FT2631877"), rails["bank"]).status == 200
    world.drain()
    assert world.status(started) == "paid"
    account = rails["vietqr"].account
    assert rails["bank"].account == account
    assert world.trial() == {account: 350_000, "income:fees": -350_000}


def test_secrets_are_sealed_and_never_shown(world: World, rails: dict[str, Channel]) -> None:
    stored = " ".join(world.column("SELECT config::text || secrets FROM core_payment_channel"))
    assert vnpay.SECRET not in stored
    assert vnpay.SECRET not in repr(rails["vnpay"])
    assert rails["vnpay"].config["hash_secret"] == vnpay.SECRET
    with world.db.context(SYSTEM, world.school) as ctx:
        again = channels.configure(
            ctx, "vnpay", {"merchant_code": "SCHOOL02"}, channel_id=rails["vnpay"].id, fee_per_mille=11
        )
        changed = channels.load(ctx, again)
        assert [c.provider for c in channels.payable(ctx)] == ["vietqr", "vnpay"]
    assert (changed.config["hash_secret"], changed.merchant) == (vnpay.SECRET, "SCHOOL02")
    assert changed.fee(1_000_001) == 11_001
