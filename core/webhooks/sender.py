"""One POST to an address of somebody else: pinned to a checked number, no redirects, bounded in time and size."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from core.types.tracing import request_id

from . import guard

CONNECT = 5.0
"""Seconds for each number of the name."""
WHOLE = 20.0
"""Seconds for everything after the connection; then it is cut, however slowly bytes trickle in."""
Fault = Literal["", "address", "name", "connection", "certificate", "timeout", "answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try. `fault` is empty when there is a status."""

    status: int | None
    fault: Fault
    milliseconds: int
    retry_after: int | None = None
    """Seconds that the receiver asked for (429 and 503)."""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], *, loopback: bool) -> Answer:
    """Send a message. Never raises for what the other side does; its body is not read."""
    began = time.monotonic()

    def ended(fault: Fault) -> Answer:
        return Answer(None, fault, _since(began))

    try:
        target = guard.parse(url, loopback=loopback)
        numbers = guard.resolve(target, loopback=loopback)
    except guard.Refused:
        return ended("address")
    except OSError:
        return ended("name")
    try:
        stream = _connect(target, numbers)
    except ssl.SSLError:
        return ended("certificate")
    except TimeoutError:
        return ended("timeout")
    except OSError:
        return ended("connection")
    late = threading.Event()
    watch = threading.Timer(WHOLE, _cut, (stream, late))
    watch.daemon = True
    watch.start()
    try:
        status, retry_after = _exchange(target, stream, body, headers)
    except (OSError, http.client.HTTPException):
        return ended("timeout" if late.is_set() or time.monotonic() - began >= WHOLE else "answer")
    finally:
        watch.cancel()
        stream.close()
    if late.is_set():  # a header that was cut off reads like one that has ended
        return ended("timeout")
    return Answer(status, "", _since(began), retry_after)


def _connect(target: guard.Target, numbers: list[str]) -> socket.socket:
    """A connection to the first number that answers; the certificate is checked against the name."""
    failure: OSError = OSError("no number")
    for number in numbers:
        try:
            plain = socket.create_connection((number, target.port), timeout=CONNECT)
        except OSError as error:
            failure = error
            continue
        if not target.secure:
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise
    raise failure


def _exchange(
    target: guard.Target, stream: socket.socket, body: bytes, headers: Mapping[str, str]
) -> tuple[int, int | None]:
    stream.settimeout(WHOLE)
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = stream
    own = {
        "Host": target.host if target.port in (80, 443) else f"{target.host}:{target.port}",
        "Content-Type": "application/json",
        "User-Agent": "Truong-Webhooks/1",
        "Connection": "close",
    }
    if request_id():
        own["X-Request-ID"] = request_id()
    connection.request("POST", target.path, body=body, headers={**own, **headers})
    with connection.getresponse() as response:
        after = response.headers.get("Retry-After", "")
        return response.status, int(after) if after.isascii() and after.isdigit() and len(after) < 7 else None


def _cut(stream: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # closed meanwhile
        stream.shutdown(socket.SHUT_RDWR)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
