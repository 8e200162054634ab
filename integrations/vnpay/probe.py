"""Testing the settings of a terminal: querydr for a reference that cannot exist, signed as always."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import uuid4

from core.sdk.payments import Attempt, Config, HttpClient, HttpFailure, Probe
from core.sdk.text import _

from . import codes, signing, transactions, wire

REFERENCE = "TRUONGTEST0"


def probe(config: Config, http: HttpClient, now: datetime) -> Probe:
    """Ask for an unknown payment: an answer that is signed with our key proves terminal, key and address at once."""
    attempt = Attempt(
        id=uuid4(), reference=REFERENCE, amount=0, currency="VND", description="", created_at=now, expires_at=now
    )
    params = transactions.query_params(attempt, config, now)
    secret = config.get("hash_secret", "")
    digest = signing.mac(signing.canonical_fields(params, signing.QUERY_REQUEST), secret)
    body = json.dumps({**params, signing.HASH_FIELD: digest}).encode()
    url = config.get("api_url") or transactions.API_URL
    try:
        answer = http.request("POST", url, headers={"Content-Type": "application/json"}, body=body, timeout=10.0)
        response = wire.read_json(answer.body) if answer.status == 200 else {}
    except HttpFailure:
        return Probe(False, _("VNPay does not answer at this address. Please check the address and the network."))
    except wire.MalformedError:
        response = {}
    return _read(response, config)


def _read(response: dict[str, str], config: Config) -> Probe:
    code = response.get("vnp_ResponseCode", "")
    if not code:
        return Probe(False, _("Something answers at this address, but it is not VNPay."))
    if code == codes.WRONG_SIGNATURE:
        return Probe(False, _("VNPay refuses the secret key. Please copy it again from the e-mail of VNPay."))
    if code == codes.UNKNOWN_TERMINAL:
        return Probe(False, _("VNPay does not know this terminal code."))
    if not signing.response_equal(response, signing.QUERY_RESPONSE, config.get("hash_secret", "")):
        return Probe(False, _("The answer is not signed with this secret key."))
    if code in (codes.OK, codes.NOT_FOUND):
        return Probe(True, _("VNPay answers and accepts the terminal code and the secret key."))
    return Probe(False, _("VNPay answers with code %(code)s. Please ask VNPay about this terminal.", code=code))
