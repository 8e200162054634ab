"""What the simulator is told at its start."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Account:
    """A receiving account."""

    bank_bin: str
    number: str
    name: str
    opening: int = 100_000_000
    """Balance at the start, in dong."""


DEFAULT_ACCOUNT = Account("970422", "0001234567890", "TRUONG THCS HOA PHUONG")


@dataclass(frozen=True)
class Settings:
    """One simulated bank. `speed` divides the waiting times between calls (1 = SePay's minutes)."""

    notify_url: str = ""
    """Where notices go; without it transfers are booked, but nobody is told."""
    secret: str = "BANK-SIMULATOR-SECRET"
    auth: str = "hmac"
    """`hmac` (signed) or `apikey` (static key)."""
    speed: float = 60.0
    accounts: tuple[Account, ...] = (DEFAULT_ACCOUNT,)

    def __post_init__(self) -> None:
        if self.notify_url and not is_loopback(self.notify_url):
            raise ValueError("the simulator notifies addresses of this machine only")
        if self.auth not in ("hmac", "apikey"):
            raise ValueError("auth is hmac or apikey")
        if self.speed <= 0:
            raise ValueError("the speed is a positive factor")


def is_loopback(url: str) -> bool:
    """Whether an address is one of this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
