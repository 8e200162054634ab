"""The one way out: adapters speak HTTP through this port, so that hosts, time-outs and logs are kept in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpFailure(Exception):
    """No answer: refused, cut off, timed out. Whether the other side acted is not known."""


class HttpClient(Protocol):
    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        """Send one request; no redirects are followed, TLS is always verified.

        Raises:
            HttpFailure: when no complete answer came.
        """
        ...
