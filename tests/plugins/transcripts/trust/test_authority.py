"""The simulated authority over real HTTP, with the client of the program."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from werkzeug.serving import make_server

from core.sdk.outbound import client
from core.sdk.signing import NoAnswer
from plugins.transcripts.simulator.app import Faults, authority_in, create_app
from plugins.transcripts.trust.anchors import Anchors
from plugins.transcripts.trust.timestamp import Timestamp, fetch, judge
from tests.plugins.transcripts import pki

IMPRINT = hashlib.sha256(b"seal").digest()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def url(tmp_path: Path, faults: Faults) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(authority_in(tmp_path), clock=lambda: pki.NOW, faults=faults))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_over_http(url: str, tmp_path: Path, faults: Faults) -> None:
    http = client(signed=["127.0.0.1"])
    token = fetch(url, IMPRINT, http)
    assert isinstance(token, bytes)
    root = x509.load_pem_x509_certificate(http.request("GET", f"{url}root.pem").body)
    found = judge(token, IMPRINT, Anchors({"timestamps": (root,)}), pki.NOW + timedelta(days=1))
    assert isinstance(found, Timestamp) and found.time == pki.NOW
    assert found.authority == authority_in(tmp_path).certificate, "the same authority every time"
    assert http.request("POST", url, headers={"content-type": "text/plain"}, body=b"x").status == 415
    broken = http.request("POST", url, headers={"content-type": "application/timestamp-query"}, body=b"x")
    assert broken.status == 400
    for faults.status, faults.silent in ((503, False), (200, True)):
        assert isinstance(fetch(url, IMPRINT, http), NoAnswer)
