"""A plugin speaks to the hosts that its manifest declares; others are refused, at start and at each call."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from core.kernel.claims import answer_faults
from core.kernel.registry import Registry
from core.notify import channels
from core.notify.port import NotificationChannel
from core.payments import providers
from core.types.contributions import Manifest, PersonalData
from core.types.http import HttpFailure
from core.types.message import Message


class Greedy:
    """A provider of either kind that calls more than its manifest says."""

    name = "greedy"
    outbound_hosts = ("api.greedy.example", "elsewhere.example")


_MANIFEST = Manifest("greedy", "1", Message("Greedy"), ">=0", outbound_hosts=("api.greedy.example",))


@pytest.mark.parametrize("hook", ["provide_payment_providers", "provide_notification_channels"])
def test_a_provider_cannot_call_more_than_the_manifest_says(hook: str) -> None:
    faults = list(answer_faults(_MANIFEST, {hook: [Greedy()]}))
    assert faults and "calls elsewhere.example, which the manifest does not declare" in faults[0]
    wider = replace(_MANIFEST, outbound_hosts=Greedy.outbound_hosts)
    assert list(answer_faults(wider, {hook: [Greedy()]})) == []


def test_data_classes_that_are_held_are_declared() -> None:
    words = Message("x")
    held = PersonalData("greedy.all", words, words, words, words, ("health",), lambda c, p: [], lambda c, p, r: None)  # type: ignore[arg-type,return-value]
    assert "holds health" in next(iter(answer_faults(_MANIFEST, {"provide_personal_data": [held]})))


def test_the_clients_that_plugins_are_given_refuse_all_others(registry: Registry) -> None:
    vnpay = registry.payment_providers()["vnpay"]
    given = [providers.client(vnpay, {"pay_url": "https://sandbox.vnpayment.vn/pay"})]
    given.append(channels.client(cast(NotificationChannel, Greedy())))
    for client in given:
        for address in (
            "https://evil.example/",
            "https://sandbox.vnpayment.vn.evil.example/",
            "http://169.254.169.254/",
        ):
            with pytest.raises(HttpFailure, match="refused"):
                client.request("POST", address, body=b"names of pupils")
