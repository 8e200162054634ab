"""The one HTTP client of the program: TLS verified, no redirects, bounded answers, only hosts that are allowed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import urllib3

from core.types.http import HttpAnswer, HttpFailure
from core.types.tracing import request_id

log = logging.getLogger(__name__)
MOST = 4 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class OutboundClient:
    """Implements `core.types.http.HttpClient`.

    `hosts` are the hosts that a manifest declares or an administrator has entered for a channel. Plain HTTP goes to
    loopback only (simulators, local agents).
    """

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(hosts)
        # As many connections stay open as a worker has threads; more are made, used once and closed.
        self._pool = urllib3.PoolManager(retries=False, cert_reqs="CERT_REQUIRED", maxsize=8)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout: float = 15.0,
    ) -> HttpAnswer:
        """Send one request.

        Raises:
            HttpFailure: no complete answer came, or the address is not allowed.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
            raise HttpFailure(f"refused: {parts.scheme or 'no scheme'} to {host or 'nowhere'}")
        if host not in self._hosts:
            raise HttpFailure(f"refused: {host} is not a declared host")
        try:
            response = self._pool.request(
                method,
                url,
                headers={"X-Request-ID": request_id(), **(headers or {})} if request_id() else dict(headers or {}),
                body=body or None,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(timeout, 5.0), read=timeout),
            )
            content = response.read(MOST + 1)
            if len(content) > MOST:
                response.close()  # what is left unread must not be met by the next request
            response.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise HttpFailure(f"{type(error).__name__} from {host}") from error
        if len(content) > MOST:
            raise HttpFailure(f"the answer of {host} is too long")
        return HttpAnswer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)
