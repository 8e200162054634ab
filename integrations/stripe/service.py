"""Stripe's own package, over our way out: declared hosts only, no redirects, time-outs, no data about this machine.

The package is large: this module is loaded by whoever speaks to Stripe (`calls.opened`), not at start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

import msgspec
import stripe

from core.sdk.payments import Config, HttpClient, HttpFailure, Unknown

from .calls import API_URL, Refusal
from .objects import Dispute, Many, PaymentIntent, Refund, Session

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import SessionCreateParams

T = TypeVar("T")
PATIENCE = 30.0
PAGE = 100
"""The most entries of a list; no payment of a school has more refunds."""
_TELLTALE = frozenset({"x-stripe-client-user-agent", "x-stripe-client-telemetry"})
"""Headers in which the package describes the machine and times its requests."""


class NoAnswerError(Exception):
    """Nobody knows whether the request was carried out."""


class Bridge(stripe.HTTPClient):
    """Lets Stripe's package send through the program's one HTTP client."""

    name: ClassVar[str] = "truong"

    def __init__(self, http: HttpClient) -> None:
        super().__init__()
        self._http = http

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: str | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """One request; the answer must be a JSON object.

        Raises:
            NoAnswerError: for no answer, and for one that is no object.
        """
        sent = {name: value for name, value in (headers or {}).items() if name.lower() not in _TELLTALE}
        try:
            answer = self._http.request(
                method.upper(), url, headers=sent, body=(post_data or "").encode(), timeout=PATIENCE
            )
            text = answer.body.decode()
            if not isinstance(json.loads(text), dict):
                raise ValueError("no object")
        except HttpFailure as error:
            raise NoAnswerError("no answer") from error
        except (ValueError, RecursionError) as error:
            raise NoAnswerError("the answer cannot be read") from error
        return text, answer.status, answer.headers

    def close(self) -> None:
        """Nothing is held open here."""


class Service:
    """The calls that are made, each with its answer, a refusal, or `Unknown` where nobody knows."""

    def __init__(self, config: Config, http: HttpClient) -> None:
        address = (config.get("api_url") or API_URL).rstrip("/")
        client = stripe.StripeClient(
            config.get("secret_key", "") or "none",
            base_addresses={"api": address},
            http_client=Bridge(http),
            max_network_retries=0,  # the worker repeats, with the same key and without sleeping in a request
        )
        self._v1 = client.v1

    def open_session(self, params: SessionCreateParams, key: str) -> Session | Refusal | Unknown:
        """A page to pay on; the same key gives the same page."""
        create = self._v1.checkout.sessions.create
        return _ask(Session, lambda: create(params, {"idempotency_key": key}))

    def session(self, number: str) -> Session | Refusal | Unknown:
        get = self._v1.checkout.sessions.retrieve
        return _ask(Session, lambda: get(number, {"expand": ["payment_intent.latest_charge"]}))

    def any_session(self) -> Many[Session] | Refusal | Unknown:
        """Something harmless to ask."""
        return _ask(Many[Session], lambda: self._v1.checkout.sessions.list({"limit": 1}))

    def intent(self, number: str) -> PaymentIntent | Refusal | Unknown:
        get = self._v1.payment_intents.retrieve
        return _ask(PaymentIntent, lambda: get(number, {"expand": ["latest_charge"]}))

    def intents_of(self, query: str) -> Many[PaymentIntent] | Refusal | Unknown:
        find = self._v1.payment_intents.search
        return _ask(Many[PaymentIntent], lambda: find({"query": query, "expand": ["data.latest_charge"]}))

    def refunds(self, intent: str) -> Many[Refund] | Refusal | Unknown:
        return _ask(Many[Refund], lambda: self._v1.refunds.list({"payment_intent": intent, "limit": PAGE}))

    def disputes(self, intent: str) -> Many[Dispute] | Refusal | Unknown:
        return _ask(Many[Dispute], lambda: self._v1.disputes.list({"payment_intent": intent, "limit": PAGE}))

    def give_back(self, params: RefundCreateParams, key: str) -> Refund | Refusal | Unknown:
        """Order a refund; the same key does it once."""
        return _ask(Refund, lambda: self._v1.refunds.create(params, {"idempotency_key": key}))


def _ask(kind: type[T], call: Callable[[], stripe.StripeObject]) -> T | Refusal | Unknown:
    """Make a call and read its answer from the bytes that came, strictly."""
    try:
        answer = call().last_response
        return msgspec.json.decode(answer.body if answer else b"", type=kind)
    except NoAnswerError as error:
        return Unknown(str(error))
    except stripe.StripeError as error:
        return _refused(error)
    except (msgspec.MsgspecError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return Unknown("the answer cannot be read")


def _refused(error: stripe.StripeError) -> Refusal | Unknown:
    status, code = error.http_status or 0, str(error.code or "")[:60]
    if isinstance(error, (stripe.AuthenticationError, stripe.PermissionError)):
        return Refusal("denied", code, status)
    if isinstance(error, stripe.IdempotencyError):
        return Refusal("repeated", code, status)
    if isinstance(error, stripe.InvalidRequestError) and status in (400, 404):
        return Refusal("missing" if status == 404 else "refused", code, status)
    return Unknown(f"HTTP status {status} {code}".strip())
