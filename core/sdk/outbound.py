"""The way out for modules that have no provider port: a client for the hosts that an administrator has entered."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from core.data.http import OutboundClient
from core.types.http import HttpAnswer, HttpClient, HttpFailure

__all__ = ["HttpAnswer", "HttpClient", "HttpFailure", "client"]


def client(hosts: Collection[str] = (), *, signed: Collection[str] = ()) -> HttpClient:
    """A client that reaches these hosts and no others.

    Args:
        hosts: by TLS.
        signed: also by plain HTTP, because whoever reads their answers verifies a signature over them: timestamp
            authorities, OCSP responders, lists of revoked certificates.
    """
    return _client(frozenset(hosts), frozenset(signed))


@lru_cache(maxsize=32)
def _client(hosts: frozenset[str], signed: frozenset[str]) -> HttpClient:
    return OutboundClient(hosts, plain=signed)
