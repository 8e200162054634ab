"""A bucket of another maker (moto) in a process of its own; each signature is checked by the vendor's code (botocore).

Prints its address when it listens. `POST /control` with {"faults": n} makes the next n requests fail with 503.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from hashlib import sha256
from io import BytesIO
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped]  # ships no types
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]  # ships no types
from botocore.credentials import Credentials  # type: ignore[import-untyped]  # ships no types
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

BUCKET, KEY, SECRET, REGION = sys.argv[1:5]
moto = DomainDispatcherApplication(create_backend_app)
state = {"faults": 0}
Start = Callable[..., Any]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing to say."""


def answer(start: Start, status: str) -> Iterable[bytes]:
    start(status, [("Content-Length", "0")])
    return []


def proved(environ: dict[str, Any], body: bytes) -> bool:
    """Whether the vendor's code, given the same request and moment, comes to the same signature."""
    given = environ.get("HTTP_AUTHORIZATION", "")
    names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    special = {"host": environ["HTTP_HOST"], "content-length": environ.get("CONTENT_LENGTH", "")}
    headers = {name: special.get(name) or environ["HTTP_" + name.upper().replace("-", "_")] for name in names}
    if headers["x-amz-content-sha256"] != sha256(body).hexdigest():
        return False
    request = AWSRequest(environ["REQUEST_METHOD"], f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}")
    for name, value in headers.items():
        request.headers[name] = value
    request.context["timestamp"] = headers["x-amz-date"]
    auth = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION)
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return given.endswith(f"Signature={signature}") and f"Credential={KEY}/" in given


def app(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = BytesIO(body)
    if environ["PATH_INFO"] == "/control":
        state.update(json.loads(body))
        return answer(start, "204 No Content")
    if environ["PATH_INFO"] != f"/{BUCKET}" and not proved(environ, body):
        return answer(start, "403 Forbidden")
    if state["faults"] > 0:
        state["faults"] -= 1
        return answer(start, "503 Slow Down")
    found: Iterable[bytes] = moto(environ, start)
    return found


server = make_server("127.0.0.1", 0, app, Server, Quiet)
sys.stdout.write(json.dumps({"endpoint": f"http://127.0.0.1:{server.server_port}"}) + "\n")
sys.stdout.flush()
server.serve_forever()
