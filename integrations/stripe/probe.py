"""Testing the settings: a question that changes nothing and needs the rights that payments need."""

from __future__ import annotations

from core.sdk.payments import Config, HttpClient, Probe, Unknown
from core.sdk.text import _

from .calls import Refusal, opened
from .notices import is_live


def probe(config: Config, http: HttpClient) -> Probe:
    """List one page to pay on. The secret of notices can only be tested by a notice."""
    answer = opened(config, http).any_session()
    if isinstance(answer, Unknown):
        if answer.detail == "no answer":
            return Probe(False, _("Stripe does not answer at this address. Please check the address and the network."))
        return Probe(False, _("Something answers at this address, but it is not Stripe."))
    if isinstance(answer, Refusal):
        if answer.why == "denied" and answer.status == 403:
            return Probe(
                False, _("The key is known to Stripe but lacks rights: Checkout, payments, refunds, disputes.")
            )
        if answer.why == "denied":
            return Probe(False, _("Stripe refuses the key. Please copy it again from Stripe's page."))
        return Probe(False, _("Something answers at this address, but it is not Stripe."))
    if is_live(config):
        return Probe(True, _("Stripe answers and accepts the key."))
    return Probe(True, _("Stripe answers and accepts the key. It is a test key: no real money moves."))
