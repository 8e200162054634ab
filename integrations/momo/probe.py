"""Testing the settings: a signed query for an order that cannot exist."""

from __future__ import annotations

import hashlib
from datetime import datetime

from core.sdk import wire
from core.sdk.payments import Config, HttpClient, Probe, Unknown
from core.sdk.text import _

from . import codes, signing
from .calls import post

REFERENCE = "TRUONGTEST0"


def probe(config: Config, http: HttpClient, now: datetime) -> Probe:
    """An "order not found" proves address, partner code, access key and secret key at once."""
    params = {
        "partnerCode": config.get("merchant_code", ""),
        "requestId": hashlib.sha256(now.isoformat().encode()).hexdigest()[:32],
        "orderId": REFERENCE,
    }
    body = {**params, "lang": "vi"}
    answer = post("query", body, signing.sign(params, signing.QUERY, config), config, http, timeout=10.0)
    if isinstance(answer, Unknown):
        if answer.detail == "no answer":
            return Probe(False, _("MoMo does not answer at this address. Please check the address and the network."))
        return Probe(False, _("Something answers at this address, but it is not MoMo."))
    code = wire.texts(answer).get("resultCode", "")
    if not code:
        return Probe(False, _("Something answers at this address, but it is not MoMo."))
    if code in (codes.NOT_FOUND, codes.PAID, codes.EXPIRED):
        return Probe(True, _("MoMo answers and accepts the partner code and the keys."))
    if code in (codes.WRONG_KEYS, codes.ACCESS_DENIED):
        return Probe(False, _("MoMo refuses the partner code or the keys. Please copy them again from MoMo's page."))
    return Probe(False, _("MoMo answers with code %(code)s. Please ask MoMo about this account.", code=code))
