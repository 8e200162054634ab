"""/api/v1/payments: cash at the counter, the books, attempts; and /api/v1/session for programs."""

from __future__ import annotations

from typing import Any, TypedDict
from uuid import UUID

from flask import Response, request
from marshmallow import Schema, fields, validate

from core.data.context import Context
from core.identity import signin
from core.payments import cash, channels, ledger
from core.sdk.web import ApiBlueprint, api, idempotent, json_answer, json_list, public, runtime

MOST = 10_000_000_000
payments = ApiBlueprint("api-payments", __name__, url_prefix="/payments", description="Payments and the books")
session = ApiBlueprint("api-session", __name__, url_prefix="/session", description="Sign-in of programs")


class CashBody(Schema):
    """Cash taken for a person, in dong."""

    person_id = fields.UUID(required=True)
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=MOST))
    note = fields.String(load_default="", validate=validate.Length(max=500))


class AmountQuery(Schema):
    """What is to be paid."""

    amount = fields.Integer(
        load_default=0, validate=validate.Range(0, MOST), metadata={"description": "the fee for it is told, in dong"}
    )


class CashTaken(TypedDict):
    """The entry in the journal that the cash made."""

    entry_id: UUID


class TrialBalance(TypedDict):
    """Every account with its balance in dong."""

    accounts: dict[str, int]
    sum: int


class PersonBalance(TypedDict):
    """Where a person stands, in dong."""

    person_id: UUID
    owed: int
    credit: int


class ChannelAnswer(TypedDict):
    """A way to pay, with its fee for the amount in dong."""

    id: UUID
    label: str
    provider: str
    fee: int


class Token(TypedDict):
    """A session of a program."""

    token: str


@payments.route("/cash", methods=["POST"])
@payments.arguments(CashBody)
@payments.answers(201, CashTaken)
@api("payments.cash.collect")
@idempotent
def collect_cash(ctx: Context, body: dict[str, Any]) -> Response:
    """Take cash: it pays the person's charges, oldest due first. Needs Idempotency-Key."""
    entry = cash.collect_cash(ctx, body["person_id"], body["amount"], body["note"])
    taken: CashTaken = {"entry_id": entry}
    return json_answer(taken, 201)


@payments.route("/trial-balance")
@payments.answers(200, TrialBalance)
@api("payments.ledger.read")
def trial_balance(ctx: Context) -> Response:
    """Every account with its balance in dong; the values sum to zero."""
    accounts = ledger.trial_balance(ctx)
    body: TrialBalance = {"accounts": accounts, "sum": sum(accounts.values())}
    return json_answer(body)


@payments.route("/people/<uuid:person_id>/balance")
@payments.answers(200, PersonBalance)
@api("payments.ledger.read")
def balance(ctx: Context, person_id: UUID) -> Response:
    """What a person still owes, and money given and not used yet, in dong."""
    found = ledger.balance_of(ctx, person_id)
    body: PersonBalance = {"person_id": person_id, "owed": found.owed, "credit": found.credit}
    return json_answer(body)


@payments.route("/channels")
@payments.arguments(AmountQuery, location="query")
@payments.answers(200, ChannelAnswer, listed=True)
@api("payments.pay")
def payable_channels(ctx: Context, query: dict[str, Any]) -> Response:
    """Ways to pay, the ones without a fee first."""
    items: list[ChannelAnswer] = [
        {"id": channel.id, "label": channel.label, "provider": channel.provider, "fee": channel.fee(query["amount"])}
        for channel in channels.payable(ctx)
    ]
    return json_list(items)


class SignInBody(Schema):
    """Name and password of an account."""

    login = fields.String(required=True, validate=validate.Length(max=200))
    password = fields.String(required=True, validate=validate.Length(max=1000), load_only=True)


@session.route("", methods=["POST"])
@session.arguments(SignInBody)
@session.answers(201, Token)
@public("nobody is signed in yet")
def sign_in(body: dict[str, Any]) -> Response:
    """Open a session; send its token as `Authorization: Bearer`. It ends after 12 hours without use."""
    done = signin.sign_in(
        runtime().db,
        body["login"],
        body["password"],
        remote_addr=request.remote_addr or "",
        user_agent=request.user_agent.string,
        clock=runtime().clock,
    )
    token: Token = {"token": done.token}
    return json_answer(token, 201)


BLUEPRINTS = [payments, session]
