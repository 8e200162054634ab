"""Senders of the notices benchmark, in a process of their own: raw requests from a file, each sent once, over kept
connections; prints seconds and the latencies in milliseconds as JSON.

A sender costs little, or it would measure itself: the bytes are complete before the clock starts, and of an answer only
status and length are read.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import deque
from pathlib import Path

_END = b"\r\n\r\n"


def send(port: int, waiting: deque[bytes], took: list[float], failures: list[str]) -> None:
    """Send what waits until nothing does."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while waiting and not failures:
            try:
                request = waiting.popleft()
            except IndexError:
                return
            began = time.perf_counter()
            connection.sendall(request)
            head, body = _answer(connection)
            took.append((time.perf_counter() - began) * 1000)
            if not head.startswith(b"HTTP/1.1 200"):
                failures.append(f"{head[:60]!r} {body[:200]!r}")


def _answer(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of one answer; the server always says how long it is."""
    data = b""
    while _END not in data:
        data += _more(connection)
    head, _, body = data.partition(_END)
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += _more(connection)
    return head, body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    if not data:
        raise ConnectionError("the server hung up")
    return data


def main(file: str, port: str, clients: str) -> None:
    requests = Path(file).read_bytes().split(b"\x00")
    waiting, took, failures = deque(requests), list[float](), list[str]()
    threads = [
        threading.Thread(target=send, args=(int(port), waiting, took, failures)) for _number in range(int(clients))
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if failures or len(took) != len(requests):
        raise SystemExit(f"{len(took)} of {len(requests)} answered: {failures[:3]}")
    sys.stdout.write(json.dumps({"seconds": seconds, "took": took}))


if __name__ == "__main__":
    main(*sys.argv[1:])
