"""The way out: loopback by plain HTTP, everything else by TLS, and only to declared hosts."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from core.data.http import MOST, OutboundClient
from core.types.http import HttpFailure


class _Peer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        answer = b"x" * (MOST + 10) if self.path == "/flood" else sent.upper()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def peer() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Peer)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_declared_host_answers(peer: str) -> None:
    answer = OutboundClient({"127.0.0.1"}).request("POST", peer + "/", body=b"xin chao")
    assert (answer.status, answer.body) == (200, b"XIN CHAO")


def test_redirects_are_not_followed(peer: str) -> None:
    assert OutboundClient({"127.0.0.1"}).request("POST", peer + "/moved", body=b"x").status == 302


@pytest.mark.parametrize(
    "url", ["http://example.test/", "https://example.test/", "file:///etc/passwd", "ftp://127.0.0.1/"]
)
def test_other_addresses_are_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(HttpFailure, match="refused"):
        OutboundClient({"127.0.0.1"}).request("GET", url)


def test_an_endless_answer_is_cut(peer: str) -> None:
    with pytest.raises(HttpFailure, match="too long"):
        OutboundClient({"127.0.0.1"}).request("POST", peer + "/flood", body=b"x")


def test_nobody_there_is_a_failure() -> None:
    with pytest.raises(HttpFailure):
        OutboundClient({"127.0.0.1"}).request("GET", "http://127.0.0.1:9/", timeout=1)


def test_plain_hosts_are_reached_without_tls_and_no_others() -> None:
    client = OutboundClient({"tls.invalid"}, plain={"127.0.0.2"})
    with pytest.raises(HttpFailure, match=r"from 127\.0\.0\.2"):
        client.request("GET", "http://127.0.0.2:9/", timeout=1)
    with pytest.raises(HttpFailure, match="refused"):
        client.request("GET", "http://tls.invalid/")
