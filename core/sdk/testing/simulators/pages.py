"""The addresses of a simulated service that payers see, and the same for tests and demos."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from .clock import moment_of
from .payments import Payments, UnknownOrderError


def add_pages(
    app: Flask, payments: Payments, *, pay: str, decide: str, template: str, outcomes: Collection[str]
) -> None:
    """Mount the page on which a payer pays, its buttons, `/control/pay` and `/control/notices`.

    Args:
        pay: path of the page; it names its order by `payments.parameter`.
        decide: path of the form of the page, with the fields `order` and `outcome`.
        template: of the page; it is given `order`.
        outcomes: what the payer can choose.
    """

    @app.errorhandler(UnknownOrderError)
    def unknown(_error: UnknownOrderError) -> tuple[str, int]:
        return render_template("simulator/unknown.html"), 404

    @app.get(pay)
    def show() -> str:
        return render_template(template, order=payments.find(request.args.get(payments.parameter, "")))

    @app.post(decide)
    def choose() -> AnyResponse | tuple[str, int]:
        outcome = request.form["outcome"]
        if outcome not in outcomes:
            return "", 400
        return redirect(payments.decide(payments.find(request.form["order"]), outcome), 302)

    add_payers(app, payments)


def add_payers(app: Flask, payments: Payments) -> None:
    """Mount `/control/pay` and `/control/notices` alone, for a service whose page is no plain address."""

    @app.post("/control/pay")
    def pay_at_once() -> Response:
        """`{"url": <pay address or order number>, "outcome": ...}`: what a payer would do in the browser."""
        body = request.get_json()
        order = payments.find(str(body["url"]))
        return jsonify({"return_url": payments.decide(order, body.get("outcome", "success"))})

    @app.post("/control/notices")
    def notices() -> Response:
        """`{"payments": [{"url", "outcome", "at"}]}` are decided at those moments; the answer is their signed calls.

        Nothing is sent: a demo hands the calls in by itself.
        """
        made = []
        for wanted in request.get_json()["payments"]:
            at = moment_of(wanted["at"])
            order = payments.find(str(wanted["url"]), at)
            made += [letter.to_json() for letter in payments.settle(order, wanted.get("outcome", "success"), at)]
        return jsonify({"notices": made})
