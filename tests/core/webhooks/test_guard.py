"""Whoever enters an address must not reach our own network by it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from core.webhooks import guard, sender


@pytest.mark.parametrize(
    "url",
    [
        "http://example.vn/",
        "ftp://example.vn/",
        "https://user:secret@example.vn/",
        "https:///path",
        "https://example.vn:99999/",
        "https://exa mple.vn/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.8/",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[::ffff:10.0.0.8]/",
        "https://[64:ff9b::a00:8]/",
        "https://[2002:7f00:1::]/",
        "https://224.0.0.1/",
        "javascript:alert(1)",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    assert guard.problem(url, loopback=False) is not None


def test_addresses_that_may_be_tried() -> None:
    for url in ("https://example.vn/hook?a=1", "https://203.119.8.1:8443/", "https://[2001:dc8::1]/x"):
        assert guard.problem(url, loopback=False) is None
    assert guard.problem("http://127.0.0.1:8000/", loopback=True) is None
    assert guard.problem("http://10.0.0.8/", loopback=True) is not None


@pytest.mark.parametrize(
    "numbers", [["127.0.0.1"], ["203.119.8.1", "10.0.0.8"], ["::1"], ["::ffff:169.254.169.254"], ["fe80::1%eth0"]]
)
def test_a_name_that_leads_inside_is_refused_at_the_connection(
    monkeypatch: pytest.MonkeyPatch, numbers: list[str]
) -> None:
    """Also when it was public while it was entered (DNS rebinding): the numbers are asked for once and used."""

    def resolves(host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    def connects(*arguments: Any, **options: Any) -> socket.socket:
        raise AssertionError("nothing may be connected to")

    monkeypatch.setattr(socket, "getaddrinfo", resolves)
    monkeypatch.setattr(socket, "create_connection", connects)
    assert sender.post("https://hook.example.vn/", b"{}", {}, loopback=False).fault == "address"


def test_a_connection_goes_to_the_number_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def resolves(host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.119.8.1", port))]

    def connects(address: tuple[str, int], **options: Any) -> socket.socket:
        assert address == ("203.119.8.1", 443)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolves)
    monkeypatch.setattr(socket, "create_connection", connects)
    assert sender.post("https://hook.example.vn/", b"{}", {}, loopback=False).fault == "connection"
    assert asked == ["hook.example.vn"], "asked once"


def test_an_answer_that_trickles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(sender, "WHOLE", 0.5)
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            peer, _address = server.accept()
            with peer:
                try:
                    peer.sendall(b"HTTP/1.1 200 OK\r\n")
                    for n in range(100):
                        if ended.wait(0.1):
                            return
                        peer.sendall(f"X-{n}: y\r\n".encode())
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        answer = sender.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, loopback=True)
        ended.set()
        thread.join()
    assert (answer.status, answer.fault) == (None, "timeout")
    assert answer.milliseconds < 3000
