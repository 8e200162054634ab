"""Testing the settings: a signed query for an order that cannot exist. key2 is proved by the first callback only."""

from __future__ import annotations

from datetime import datetime

from core.sdk.payments import Config, HttpClient, Probe, Unknown
from core.sdk.text import _

from . import codes, numbers, signing
from .calls import app_id, post

REFERENCE = "TRUONGTEST0"


def probe(config: Config, http: HttpClient, now: datetime) -> Probe:
    """An answer about the order proves address, application and key1 at once."""
    number, key1 = numbers.transaction(REFERENCE, now), config.get("key1", "")
    mac = signing.mac(signing.joined((app_id(config), number, key1)), key1)
    body = {"app_id": app_id(config), "app_trans_id": number, "mac": mac}
    answer = post("query", body, config, http, timeout=10.0)
    if isinstance(answer, Unknown):
        if answer.detail == "no answer":
            return Probe(False, _("ZaloPay does not answer at this address. Please check the address and the network."))
        return Probe(False, _("Something answers at this address, but it is not ZaloPay."))
    code = codes.detail(answer)
    if not answer.get("return_code"):
        return Probe(False, _("Something answers at this address, but it is not ZaloPay."))
    if code in codes.WRONG_MAC | codes.WRONG_APP:
        return Probe(False, _("ZaloPay refuses the application or key1. Please copy them again from ZaloPay's page."))
    if not codes.undecided(answer):
        said = _("ZaloPay accepts the application and key1. The first payment will show whether key2 is right.")
        return Probe(True, said)
    return Probe(False, _("ZaloPay answers with code %(code)s. Please ask ZaloPay about this application.", code=code))
