"""The simulator's addresses: a page to transfer by hand, the same as JSON, statements, and `/control/`."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, Response, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from core.sdk.testing.simulators import add_control, moment_of

from .bank import Bank, Movement, TransferRefusedError
from .faults import BankFaults
from .qr import QrError, scan
from .settings import Settings
from .statement import DIFFERENCES, with_differences, workbook
from .webhooks import Notifier, document

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def create_app(settings: Settings) -> Flask:
    """A simulated bank without movements."""
    app = Flask(__name__)
    faults = BankFaults()
    bank, notifier = Bank(settings, faults), Notifier(settings, faults)
    _add_page(app, bank, notifier)
    _add_transfers(app, bank, notifier)
    add_control(app, "bank", "Ngân hàng mô phỏng", faults, notifier.courier, bank.clear)
    _add_books(app, bank, notifier)
    return app


def book(bank: Bank, fields: dict[str, str], at: datetime | None = None) -> Movement:
    """Carry out what a payer has scanned or typed."""
    if fields.get("qr", "").strip():
        seen = scan(fields["qr"])
        account = bank.account(seen.number, seen.bank_bin)
        amount, text = seen.amount or _amount(fields.get("amount", "")), seen.text or fields.get("memo", "")
    else:
        account = bank.account(fields.get("account", "").strip())
        amount, text = _amount(fields.get("amount", "")), fields.get("memo", "")
    payer = fields.get("payer", "").strip() or "NGUYEN VAN A"
    return bank.book(account, amount, text, payer, incoming=fields.get("direction") != "out", at=at)


def _amount(text: str) -> int:
    digits = text.strip().removesuffix("đ").replace(".", "").replace(",", "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise TransferRefusedError("Hãy nhập số tiền bằng chữ số.")
    return int(digits)


def _add_page(app: Flask, bank: Bank, notifier: Notifier) -> None:
    @app.get("/")
    def page() -> str:
        return render_template("transfer.html", fields=request.args, account=bank.settings.accounts[0])

    @app.post("/")
    def send() -> AnyResponse | tuple[str, int]:
        account = bank.settings.accounts[0]
        try:
            movement = book(bank, {**request.form, "direction": "in"})
        except (QrError, TransferRefusedError) as error:
            return render_template("transfer.html", fields=request.form, account=account, error=str(error)), 422
        notifier.tell(movement)
        return redirect(f"/done/{movement.number}", 303)  # reloading the page must not pay again

    @app.get("/done/<int:number>")
    def done(number: int) -> str | tuple[str, int]:
        found = [movement for movement in bank.movements if movement.number == number]
        return render_template("done.html", movement=found[0]) if found else ("", 404)


def _add_transfers(app: Flask, bank: Bank, notifier: Notifier) -> None:
    @app.post("/transfers")
    def transfers() -> tuple[Response, int]:
        """`{"qr"}` or `{"account", "amount", "memo"}`, with `payer`; `"direction": "out"` takes away."""
        try:
            movement = book(bank, _fields(request.get_json()))
        except (QrError, TransferRefusedError) as error:
            return jsonify({"error": str(error)}), 422
        notifier.tell(movement, bank.faults.late_success)
        if bank.faults.late_success > 0:
            return jsonify({"error": "failed"}), 502
        if bank.faults.take("timeout_after_commit"):
            return jsonify({"error": "timeout"}), 504
        return jsonify(movement.to_json()), 201

    @app.get("/statement.xlsx")
    def statement() -> Response:
        """The statement of one account; `missing`, `duplicate`, `wrong_amount`, `extra` = number of flaws.

        `from` and `to`: moments between which the movements lie.
        """
        first, last = moment_of(request.args.get("from")), moment_of(request.args.get("to"))
        number = request.args.get("account", bank.settings.accounts[0].number)
        account = bank.account(number)
        with bank.lock:
            lines = bank.lines(account, first, last)
        wanted = {name: request.args.get(name, 0, int) for name in DIFFERENCES}
        content = workbook(account, with_differences(lines, wanted))
        return Response(content, mimetype=XLSX)


def _fields(body: dict[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in body.items() if value is not None}


def _add_books(app: Flask, bank: Bank, notifier: Notifier) -> None:
    @app.get("/control/ledger")
    def ledger() -> Response:
        with bank.lock:
            balances = {account.number: bank.balance(account) for account in bank.settings.accounts}
            return jsonify({"balances": balances, "movements": [m.to_json() for m in bank.movements]})

    @app.post("/control/notices")
    def notices() -> Response:
        """`{"transfers": [{..., "at"}]}` are booked at those moments; their signed notices are the answer.

        Nothing is sent: a demo hands the notices in by itself.
        """
        made = []
        for wanted in request.get_json()["transfers"]:
            movement = book(bank, _fields(wanted), moment_of(wanted["at"]))
            made.append(notifier.letter(movement.reference, document(movement), movement.at).to_json())
        return jsonify({"notices": made})

    @app.post("/control/ping")
    def ping() -> Response:
        notifier.ping()
        return jsonify({"sent": bool(bank.settings.notify_url)})
