"""Simulators as separate programs, and a school that receives their notices."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from core.sdk.payments import Config, Fact, Notice, Outcome, PaymentProvider, Refused, Verified
from core.types.clock import utc_now

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class School:
    """Takes notices as the core does: verify, keep each message once, answer in the provider's words."""

    provider: PaymentProvider
    config: Config
    inbox: dict[str, Verified] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    broken: int = 0
    """So many calls are answered with 500 and not kept (database down)."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def facts(self) -> list[Fact]:
        return [fact for key in self.order for fact in self.inbox[key].facts]

    def reset(self) -> None:
        self.inbox.clear()
        self.refused.clear()
        self.order.clear()
        self.broken = 0

    def take(self, notice: Notice) -> tuple[int, str]:
        with self.lock:
            if self.broken > 0:
                self.broken -= 1
                return 500, ""
            result = self.provider.receive(notice, self.config)
            if isinstance(result, Refused):
                self.refused.append(result)
                answer = self.provider.answer(Outcome.REFUSED, result)
            elif result.dedupe in self.inbox:
                answer = self.provider.answer(Outcome.DUPLICATE)
            else:
                self.inbox[result.dedupe] = result
                self.order.append(result.dedupe)
                answer = self.provider.answer(Outcome.RECORDED)
            return answer.status, answer.body


class Taker(Protocol):
    """Whoever answers notices."""

    def take(self, notice: Notice) -> tuple[int, str]: ...


@contextmanager
def listening(school: Taker) -> Iterator[str]:
    """Serve the school's notice address on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = self.path.partition("?")[2].encode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, text = school.take(Notice(self.command, query, headers, body, utc_now()))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = _take  # noqa: N815 - the name that http.server calls
        do_POST = _take  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/notices/1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Simulator:
    """A running simulator."""

    address: str

    def post(self, path: str, body: object) -> Any:
        return self.call("POST", path, json.dumps(body).encode())

    def get(self, path: str) -> Any:
        return self.call("GET", path, None)

    def call(self, method: str, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(self.address + path, body, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as response:
            content = response.read()
            is_json = response.headers.get_content_type() == "application/json"
            return json.loads(content) if is_json else content

    def calls(self, number: int) -> list[dict[str, Any]]:
        """The calls made, once there are at least so many."""
        made: list[dict[str, Any]] = self.get(f"/control/calls?wait={number}")
        assert len(made) >= number, made
        return made


@contextmanager
def running(module: str, *options: str) -> Iterator[Simulator]:
    """Start a simulator as a program of its own, on a free port."""
    command = [sys.executable, "-m", module, "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "http://127.0.0.1:" in line, f"{module} did not start"
            yield Simulator("http://127.0.0.1:" + line.rsplit(":", 1)[1].strip())
        finally:
            process.terminate()
            process.wait(10)
