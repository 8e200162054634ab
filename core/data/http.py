"""The one HTTP client of the program: TLS verified, no redirects, bounded answers, only hosts that are allowed."""

from __future__ import annotations

import io
import logging
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

import urllib3

from core.types.http import HttpAnswer, HttpFailure
from core.types.tracing import request_id

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

log = logging.getLogger(__name__)
MOST = 4 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class HttpStream(io.RawIOBase):
    """An answer that is read piece by piece; whoever asked closes it."""

    def __init__(self, response: urllib3.BaseHTTPResponse, host: str) -> None:
        super().__init__()
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self._response, self._host = response, host

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        try:
            piece = self._response.read(len(view))
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise OSError(f"{type(error).__name__} from {self._host}") from error
        view[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            # A connection goes back only when nothing is left on it.
            if self._response.length_remaining:
                self._response.close()
            self._response.release_conn()
        super().close()


class OutboundClient:
    """Implements `core.types.http.HttpClient`.

    `hosts` are the hosts that a manifest declares or an administrator has entered for a channel. Plain HTTP goes to
    loopback (simulators, local agents) and to `plain` hosts: those whose answers are signed themselves, as
    timestamps and lists of revoked certificates are, which are offered without TLS everywhere.
    """

    def __init__(self, hosts: Collection[str], *, plain: Collection[str] = ()) -> None:
        self._hosts = frozenset(hosts) | frozenset(plain)
        self._plain = _LOOPBACK | frozenset(plain)
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
        host = self._host(url)
        try:
            response = self._open(method, url, headers, body or None, timeout)
            content = response.read(MOST + 1)
            if len(content) > MOST:
                response.close()  # what is left unread must not be met by the next request
            response.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise HttpFailure(f"{type(error).__name__} from {host}") from error
        if len(content) > MOST:
            raise HttpFailure(f"the answer of {host} is too long")
        return HttpAnswer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)

    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: BinaryIO | None = None,
        timeout: float = 60.0,
    ) -> HttpStream:
        """The same for documents, which are neither sent nor read whole.

        Args:
            body: from where it stands; `content-length` is among the headers.

        Raises:
            HttpFailure: no answer began, or the address is not allowed.
        """
        host = self._host(url)
        try:
            return HttpStream(self._open(method, url, headers, body, timeout), host)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise HttpFailure(f"{type(error).__name__} from {host}") from error

    def _host(self, url: str) -> str:
        """The host of an address that may be called."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" and not (parts.scheme == "http" and host in self._plain):
            raise HttpFailure(f"refused: {parts.scheme or 'no scheme'} to {host or 'nowhere'}")
        if host not in self._hosts:
            raise HttpFailure(f"refused: {host} is not a declared host")
        return host

    def _open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: bytes | BinaryIO | None,
        timeout: float,
    ) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            method,
            url,
            headers={"X-Request-ID": request_id(), **(headers or {})} if request_id() else dict(headers or {}),
            body=body,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=min(timeout, 5.0), read=timeout),
        )
