"""The addresses at which every service that takes orders shows its books and is told what to do with them."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request

from .orders import OrderBook
from .settlement import DIFFERENCES, settlement, settlement_file


def add_books(app: Flask, book: OrderBook, fee_per_mille: int = 0) -> None:
    """Mount `/control/ledger`, `/control/refunds` and `/control/settlement.csv`.

    Args:
        fee_per_mille: what the service keeps of each payment in its settlement.
    """

    @app.get("/control/ledger")
    def show_ledger() -> Response:
        return jsonify(book.to_json())

    @app.post("/control/refunds")
    def end_refunds() -> Response:
        """`{"result": "done" | "failed"}` for every refund that is being processed."""
        return jsonify({"settled": book.end_refunds(request.get_json()["result"])})

    @app.get("/control/settlement.csv")
    def settle() -> Response:
        """With `missing=1&duplicate=1&wrong_amount=1&extra=1` the file differs from the books."""
        wanted = {name: request.args.get(name, 0, int) for name in DIFFERENCES}
        return Response(settlement_file(settlement(book, wanted, fee_per_mille)), mimetype="text/csv")
