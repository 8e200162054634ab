"""What every simulator is told at its start."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class SimulatorSettings:
    """Base of a simulator's settings."""

    notify_url: str = ""
    """Where notices go; without it things happen, but nobody is told."""
    secret: str = ""
    speed: float = 60.0
    """Divides the waiting times between repeated calls; 1 is the provider's own pace."""

    def __post_init__(self) -> None:
        if self.notify_url and not is_loopback(self.notify_url):
            raise ValueError("the simulator notifies addresses of this machine only")
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
