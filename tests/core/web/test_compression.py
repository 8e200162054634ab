"""Pages of strangers are packed; pages that hold a form's token never are."""

from __future__ import annotations

import gzip
from uuid import UUID

import brotli
from flask import Flask

from tests.conftest import SignIn


def test_a_page_without_a_session_is_packed_as_asked(app: Flask) -> None:
    client = app.test_client()
    plain = client.get("/sign-in").data
    br = client.get("/sign-in", headers={"Accept-Encoding": "gzip, br"})
    gz = client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert br.headers["Content-Encoding"] == "br"
    assert brotli.decompress(br.data) == plain
    assert gz.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(gz.data) == plain
    assert len(br.data) < len(plain) / 2
    for answer in (br, gz):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert int(answer.headers["Content-Length"]) == len(answer.data)
    refused = client.get("/sign-in", headers={"Accept-Encoding": "br;q=0, identity"})
    assert refused.data == plain


def test_a_page_with_a_session_is_not(school: UUID, sign_in: SignIn) -> None:
    answer = sign_in(school, "head").get("/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers or "Accept-Encoding" not in answer.headers["Vary"]


def test_other_answers_stay_as_they_are(app: Flask) -> None:
    client = app.test_client()
    for path in ("/health", "/worker.js", "/api/v1/openapi.json"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "br"}).headers
