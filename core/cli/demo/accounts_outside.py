"""Services outside that a demo school uses besides its bank and VNPay: wallets and e-invoices, all simulated."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from core import settings
from core.data.context import Context
from core.payments import channels
from core.types.clock import utc_now

INVOICE_SERVICE = "einvoice"


@dataclass(frozen=True, slots=True)
class Service:
    """One simulator: how far its port is from that of the pages, its options, and what the school enters."""

    port: int
    path: str
    options: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    fee_per_mille: int = 0


SERVICES: Mapping[str, Service] = {
    "momo": Service(
        13,
        "/v2/gateway/api",
        {"partner-code": "TRUONGDEMO", "access-key": "demo-momo-access", "secret": "demo-momo-secret-0123456789"},
        {
            "merchant_code": "TRUONGDEMO",
            "access_key": "demo-momo-access",
            "secret_key": "demo-momo-secret-0123456789",
        },
        "Ví MoMo",
        11,
    ),
    "zalopay": Service(
        14,
        "/v2",
        {"app-id": "2553", "secret": "demo-zalopay-key-one-0123", "key2": "demo-zalopay-key-two-0123"},
        {"merchant_code": "2553", "key1": "demo-zalopay-key-one-0123", "key2": "demo-zalopay-key-two-0123"},
        "Ví ZaloPay",
        12,
    ),
    INVOICE_SERVICE: Service(
        17,
        "/v1",
        {"tax-code": "0100000001", "secret": "demo-einvoice-secret-0123456789"},
        {"tax_code": "0100000001", "secret": "demo-einvoice-secret-0123456789", "template": "2"},
    ),
}
"""No secret of anybody."""


def address(name: str, port: int) -> str:
    """Where the simulated service is met, if the pages are at `port`."""
    return f"http://127.0.0.1:{port + SERVICES[name].port}{SERVICES[name].path}"


def commands(port: int) -> list[list[str]]:
    """Command lines of the simulators."""
    found = []
    for name, service in SERVICES.items():
        words = [sys.executable, "-m", f"integrations.{name}.simulator", "--port", str(port + service.port)]
        for option, value in service.options.items():
            words += [f"--{option}", value]
        found.append(words)
    return found


def use(ctx: Context, port: int) -> None:
    """Set the services up for a school, or point what is set up to the ports of this run."""
    known = {channel.provider: channel for channel in channels.all_of(ctx)}
    for place, (name, service) in enumerate(SERVICES.items()):
        config = {**service.config, "api_url": address(name, port)}
        if name == INVOICE_SERVICE:
            symbol = f"C{utc_now():%y}TTR"
            for key, value in {**config, "symbol": symbol}.items():
                settings.put(ctx, f"{name}.{key}", value)
            settings.put(ctx, f"{name}.on", True)
            continue
        old = known.get(name)
        if old is None or old.config.get("api_url") != config["api_url"]:
            channels.configure(
                ctx,
                name,
                config,
                channel_id=old.id if old else None,
                label=service.label,
                position=3 + place,
                fee_per_mille=service.fee_per_mille,
            )
