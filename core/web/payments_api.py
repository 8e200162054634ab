"""/api/v1/payments: cash at the counter, the books, attempts; and /api/v1/session for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from core.data.context import Context
from core.identity import signin
from core.payments import cash, channels, ledger
from core.sdk.web import ApiBlueprint, api, idempotent, json_list, public, runtime

MOST = 10_000_000_000
payments = ApiBlueprint("api-payments", __name__, url_prefix="/payments", description="Payments and the books")
session = ApiBlueprint("api-session", __name__, url_prefix="/session", description="Sign-in of programs")


class CashBody(Schema):
    """Cash taken for a person, in dong."""

    person_id = fields.UUID(required=True)
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=MOST))
    note = fields.String(load_default="", validate=validate.Length(max=500))


@payments.route("/cash", methods=["POST"])
@payments.arguments(CashBody)
@payments.response(201)
@api("payments.cash.collect")
@idempotent
def collect_cash(ctx: Context, body: dict[str, Any]) -> tuple[Response, int]:
    """Take cash: it pays the person's charges, oldest due first. Needs Idempotency-Key."""
    entry = cash.collect_cash(ctx, body["person_id"], body["amount"], body["note"])
    return jsonify({"entry_id": str(entry)}), 201


@payments.route("/trial-balance")
@payments.response(200)
@api("payments.ledger.read")
def trial_balance(ctx: Context) -> Response:
    """Every account with its balance in dong; the values sum to zero."""
    accounts = ledger.trial_balance(ctx)
    return jsonify({"accounts": accounts, "sum": sum(accounts.values())})


@payments.route("/people/<uuid:person_id>/balance")
@payments.response(200)
@api("payments.ledger.read")
def balance(ctx: Context, person_id: UUID) -> Response:
    """What a person still owes, and money given and not used yet, in dong."""
    found = ledger.balance_of(ctx, person_id)
    return jsonify({"person_id": str(person_id), "owed": found.owed, "credit": found.credit})


@payments.route("/channels")
@payments.response(200)
@api("payments.pay")
def payable_channels(ctx: Context) -> Response:
    """Ways to pay, the ones without a fee first; `amount` in the query tells the fee for it, in dong."""
    amount = min(max(request.args.get("amount", 0, int), 0), MOST)
    return json_list(
        {
            "id": str(channel.id),
            "label": channel.label,
            "provider": channel.provider,
            "fee": channel.fee(amount),
        }
        for channel in channels.payable(ctx)
    )


class SignInBody(Schema):
    """Name and password of an account."""

    login = fields.String(required=True, validate=validate.Length(max=200))
    password = fields.String(required=True, validate=validate.Length(max=1000), load_only=True)


@session.route("", methods=["POST"])
@session.arguments(SignInBody)
@session.response(201)
@public("nobody is signed in yet")
def sign_in(body: dict[str, Any]) -> tuple[Response, int]:
    """Open a session; send its token as `Authorization: Bearer`. It ends after 12 hours without use."""
    done = signin.sign_in(
        runtime().db,
        body["login"],
        body["password"],
        remote_addr=request.remote_addr or "",
        user_agent=request.user_agent.string,
        clock=runtime().clock,
    )
    return jsonify({"token": done.token}), 201


BLUEPRINTS = [payments, session]
