"""A certified e-invoice service behind the port: `POST /invoices`, `GET /invoices/<key>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from core.sdk import wire
from core.sdk.einvoices import (
    Absent,
    Config,
    EInvoiceProvider,
    Field,
    HttpAnswer,
    HttpClient,
    HttpFailure,
    Kind,
    NoAnswer,
    Order,
    Standing,
    State,
)
from core.sdk.text import Message, _

from . import messages, signing

_TAX_CODE = re.compile(r"[0-9]{10}(-?[0-9]{3})?")
_SYMBOL = re.compile(r"[CK][0-9]{2}[TDLMNBGHX][A-Z]{2}")
_PATIENCE = 20.0


class JsonEInvoiceProvider(EInvoiceProvider):
    """One taxpayer's account with the service."""

    name: str = "einvoice"
    label: Message = _("E-invoice service (JSON)")
    fields: tuple[Field, ...] = (
        Field("api_url", _("Address of the service"), help=_("As the service gives it, for example https://…/v1.")),
        Field("tax_code", _("Tax code of the school")),
        Field("secret", _("Secret key"), secret=True),
        Field("template", _("Invoice template"), default="2", help=_("1: with VAT; 2: sales invoice.")),
        Field("symbol", _("Invoice symbol"), help=_("As registered with the tax authority, for example C26TTR.")),
    )
    outbound_hosts: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name."""
        problems: dict[str, Message] = {}
        if not wire.is_web_address(config.get("api_url", "")):
            problems["api_url"] = _("This is not a web address.")
        if not _TAX_CODE.fullmatch(config.get("tax_code", "")):
            problems["tax_code"] = _("A tax code has 10 or 13 digits.")
        if not config.get("secret", "").strip():
            problems["secret"] = _("This key is missing.")
        if not _SYMBOL.fullmatch(config.get("symbol", "")):
            problems["symbol"] = _("A symbol looks like C26TTR: kind, year, type and two letters.")
        return problems

    def send(self, order: Order, config: Config, http: HttpClient, now: datetime) -> Standing | NoAnswer:
        """Hand an order over; the service refuses a key that it knows, then the order is looked up."""
        if order.kind not in self.kinds:
            raise ValueError(f"the service offers no {order.kind}")
        answer = _call("POST", "/invoices", messages.body_of(order, config), config, http, now)
        if isinstance(answer, NoAnswer):
            return answer
        status, fields = answer
        if status == 409 and fields.get("code") == "DUPLICATE_KEY" and fields.get("key") == order.key:
            found = self.look_up(order, config, http, now)
            return found if not isinstance(found, Absent) else NoAnswer("the key is known and not known")
        if status in (200, 201, 422):
            standing = messages.standing_of(fields, order)
            return _agree(status, standing)
        return NoAnswer(f"HTTP status {status}")

    def look_up(self, order: Order, config: Config, http: HttpClient, now: datetime) -> Standing | Absent | NoAnswer:
        """Where an order stands."""
        answer = _call("GET", f"/invoices/{quote(order.key, safe='')}", b"", config, http, now)
        if isinstance(answer, NoAnswer):
            return answer
        status, fields = answer
        if status == 404 and fields.get("code") == "NOT_FOUND" and fields.get("key") == order.key:
            return Absent()
        return messages.standing_of(fields, order) if status == 200 else NoAnswer(f"HTTP status {status}")


def _agree(status: int, standing: Standing | NoAnswer) -> Standing | NoAnswer:
    """A refusal comes with 422 and nothing else does: an answer that contradicts itself decides nothing."""
    if isinstance(standing, Standing) and (standing.state is State.REFUSED) != (status == 422):
        return NoAnswer("status and body of the answer disagree")
    return standing


def _call(
    method: str, path: str, body: bytes, config: Config, http: HttpClient, now: datetime
) -> tuple[int, Mapping[str, str]] | NoAnswer:
    """One signed request; the plain fields of a JSON answer."""
    url = config.get("api_url", "").rstrip("/") + path
    named = urlsplit(url).path
    headers = signing.headers(config.get("secret", ""), config.get("tax_code", ""), method, named, body, now)
    try:
        answer: HttpAnswer = http.request(method, url, headers=headers, body=body, timeout=_PATIENCE)
        return answer.status, wire.texts(wire.read_object(answer.body))
    except HttpFailure:
        return NoAnswer("no answer")
    except wire.MalformedError as error:
        return NoAnswer(f"the answer cannot be read: {error}")
