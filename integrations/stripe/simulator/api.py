"""The addresses below `/v1/`, as the simulator answers them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from core.sdk.testing.simulators import Order, ServiceFaults

from . import shapes
from .account import Account
from .forms import Tree, branch, leaf, texts, tree
from .settings import Settings
from .shapes import Json

LEAST, MOST = 12_000, 99_999_999
_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_KNOWN = {
    "mode", "client_reference_id", "line_items", "payment_intent_data", "metadata", "success_url", "cancel_url",
    "expires_at", "locale", "submit_type", "expand",
}  # fmt: skip
_SEARCH = re.compile(r"metadata\['(\w+)'\]:'(\w+)'")
Answer = tuple[int, Json]


def error(status: int, message: str, code: str | None = None, kind: str = "invalid_request_error") -> Answer:
    """A refusal in Stripe's shape."""
    return status, {"error": {"type": kind, "code": code, "message": message}}


class Api:
    """Requests with their key, and repetitions by their idempotency keys."""

    def __init__(self, settings: Settings, account: Account, faults: ServiceFaults) -> None:
        self._settings, self.account, self._faults = settings, account, faults
        self._answers: dict[str, tuple[str, Answer]] = {}

    def reset(self) -> None:
        self.account.reset()
        self._answers.clear()

    def allowed(self, authorization: str) -> Answer | None:
        """Why a request is not carried out: it bears another key."""
        if authorization == f"Bearer {self._settings.secret}":
            return None
        return error(401, "Invalid API Key provided")

    def post(self, path: str, pairs: list[tuple[str, str]], key: str, home: str) -> Answer:
        """Carry out a POST once for each key; another content under a known key is refused."""
        digest = hashlib.sha256(repr((path, sorted(pairs))).encode()).hexdigest()
        with self.account.lock:
            if key in self._answers:
                known, answer = self._answers[key]
                repeated = "Keys for idempotent requests can only be used with the same parameters"
                return answer if known == digest else error(400, repeated, kind="idempotency_error")
            try:
                answer = self._steps[path](tree(pairs), home)
            except (KeyError, ValueError):
                answer = error(404, "Unrecognized request URL or parameter")
            if key:
                self._answers[key] = digest, answer
            return answer

    @property
    def _steps(self) -> dict[str, Callable[[Tree, str], Answer]]:
        return {"checkout/sessions": self._open, "refunds": self._refund}

    def _open(self, form: Tree, home: str) -> Answer:
        now = self._faults.now()
        unknown = set(form) - _KNOWN
        if unknown:
            return error(400, f"Received unknown parameters: {', '.join(sorted(unknown))}", "parameter_unknown")
        price = branch(form, "line_items", "0", "price_data")
        amount = int(leaf(price, "unit_amount") or 0)
        if leaf(price, "currency") != "vnd" or leaf(form, "mode") != "payment" or not leaf(form, "success_url"):
            return error(400, "Invalid request", "parameter_missing")
        if not LEAST <= amount <= MOST:
            return error(400, "Amount out of range", "amount_too_small" if amount < LEAST else "amount_too_large")
        life = int(leaf(form, "expires_at") or 0) - now.timestamp()
        if not _SHORTEST <= life <= _LONGEST:
            return error(400, "The `expires_at` timestamp must be between 30 minutes and 24 hours", "parameter_invalid")
        number = f"cs_test_{self.account.next_number(now)}"
        request = {
            **texts(form),
            **{f"metadata.{k}": v for k, v in texts(branch(form, "payment_intent_data", "metadata")).items()},
            "name": leaf(price, "product_data", "name"),
            "url": f"{home}c/pay?session={number}",
        }
        order = self.account.make(number, amount, request, now)
        return (200, shapes.session(self.account, order)) if order else error(500, "number taken", kind="api_error")

    def _refund(self, form: Tree, _home: str) -> Answer:
        order = self.account.order_of(leaf(form, "payment_intent"))
        if order is None or not order.paid:
            return error(400, "This PaymentIntent does not have a successful charge to refund.")
        if any(one.status in ("needs_response", "under_review", "lost") for one in self.account.disputes_of(order)):
            return error(400, "Charge has been charged back; cannot issue a refund.", "charge_disputed")
        named = branch(form, "metadata")
        return self.give_back(order, int(leaf(form, "amount") or order.left()),
                              f"{leaf(named, 'truong_refund')}|{leaf(named, 'truong_reference')}")  # fmt: skip

    def give_back(self, order: Order, amount: int, own: str) -> Answer:
        """A refund; without a number of ours it is one of Stripe's own page."""
        if not order.left():
            return error(400, "Charge has already been refunded.", "charge_already_refunded")
        given = self.account.give_back(order, own, amount, self._faults, self._faults.now())
        if given is None:
            return error(400, "Refund amount is greater than unrefunded amount on charge")
        return 200, shapes.refund(order, given)

    def get(self, path: str, args: dict[str, str]) -> Answer:
        """Objects by number, and lists."""
        expand = any(name.startswith("expand") for name in args)
        kind, _slash, number = path.rpartition("/")
        with self.account.lock:
            if kind == "checkout/sessions" and number in self.account.orders:
                return 200, shapes.session(self.account, self.account.orders[number], expand)
            if path == "checkout/sessions":
                return 200, shapes.listed([])
            if path == "payment_intents/search":
                return 200, shapes.listed(self._search(args.get("query", "")), "search_result")
            order = self.account.order_of(number if kind == "payment_intents" else args.get("payment_intent", ""))
            if order is None or not shapes.begun(order):
                return error(404, "No such object", "resource_missing")
            if kind == "payment_intents":
                return 200, shapes.intent(self.account, order, expand)
            if path == "refunds":
                return 200, shapes.listed([shapes.refund(order, one) for one in reversed(order.refunds)])
            if path == "disputes":
                return 200, shapes.listed([shapes.dispute(one) for one in self.account.disputes_of(order)])
        return error(404, "Unrecognized request URL")

    def _search(self, query: str) -> list[Json]:
        found = _SEARCH.fullmatch(query)
        if found is None:
            return []
        name = f"metadata.{found[1]}"
        orders = [one for one in self.account.orders.values() if one.request.get(name) == found[2]]
        return [shapes.intent(self.account, one, expand=True) for one in orders if shapes.begun(one)]
