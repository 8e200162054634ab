"""A provider that lies, as a process on a free loopback port: its own signing with `cryptography`, nothing of ours.

Prints one line of JSON when it listens. POST /control with a JSON object of faults; POST /control {} makes it honest.
GET /seen tells what the token endpoint was sent last.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlencode
from wsgiref.simple_server import WSGIRequestHandler, make_server

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEYS = {name: rsa.generate_private_key(65537, 2048) for name in ("k1", "k2", "stranger")}
faults: dict[str, Any] = {}
asked: dict[str, dict[str, str]] = {}
seen: list[dict[str, Any]] = []
ISSUER = ""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def packed(value: object) -> str:
    return b64(json.dumps(value).encode())


def jwk(name: str) -> dict[str, str]:
    numbers = KEYS[name].public_key().public_numbers()
    n = numbers.n.to_bytes(256, "big")
    return {"kty": "RSA", "kid": name, "use": "sig", "alg": "RS256", "n": b64(n), "e": "AQAB"}


def signed(claims: dict[str, Any]) -> str:
    alg, kid = faults.get("alg", "RS256"), faults.get("kid", "k1")
    header: dict[str, Any] = {"alg": alg, "kid": kid, **faults.get("header", {})}
    signer = "stranger" if faults.get("forged") else kid
    if faults.get("embedded"):
        header["jwk"], signer = jwk("stranger"), "stranger"
    text = f"{packed(header)}.{packed(claims)}"
    if alg == "none":
        return text + "."
    if alg == "HS256":  # the public key as if it were a shared secret
        pem = KEYS["k1"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return text + "." + b64(hmac.new(pem, text.encode(), hashlib.sha256).digest())
    return text + "." + b64(KEYS[signer].sign(text.encode(), padding.PKCS1v15(), SHA256()))


def id_token(question: dict[str, str], access: str) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": "person-1",
        "aud": question["client_id"],
        "iat": now,
        "exp": now + 300,
        "nonce": question.get("nonce"),
        "acr": "LoA2",
        "auth_time": now,
        "sid": "sid-1",
        "at_hash": b64(hashlib.sha256(access.encode()).digest()[:16]),
        "name": "Nguyễn Thị Hoa",
    }
    for name, value in faults.get("claims", {}).items():
        if value is None:
            claims.pop(name, None)
        else:
            claims[name] = now + value["now"] if isinstance(value, dict) and "now" in value else value
    return signed(claims)


def authorize(query: dict[str, str]) -> tuple[str, list[tuple[str, str]], bytes]:
    code = b64(hashlib.sha256(query["state"].encode()).digest())
    asked[code] = query
    back = {"code": code, "state": query["state"], "iss": ISSUER, **faults.get("back", {})}
    sent = urlencode({name: value for name, value in back.items() if value is not None})
    return "302 Found", [("Location", f"{query['redirect_uri']}?{sent}")], b""


def token(form: dict[str, str], header: str) -> tuple[str, list[tuple[str, str]], bytes]:
    seen.append({"form": form, "authorization": header})
    if "token_answer" in faults:
        status, body = faults["token_answer"]
        return status, [("Content-Type", "text/html")], body.encode()
    question = asked.get(form.get("code", ""), {})
    challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
    if question.get("code_challenge") != challenge:
        return document({"error": "invalid_grant"}, "400 Bad Request")
    access = "CANARY-access-token"
    answer: dict[str, Any] = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": faults.get("expires_in", 300),
    }
    answer["id_token"] = id_token(question, access)
    for name in faults.get("without", []):
        answer.pop(name, None)
    return document(answer)


def document(value: object, status: str = "200 OK") -> tuple[str, list[tuple[str, str]], bytes]:
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


def discovery() -> dict[str, Any]:
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}/token",
        "userinfo_endpoint": f"{ISSUER}/userinfo",
        "jwks_uri": f"{ISSUER}/jwks",
        "end_session_endpoint": f"{ISSUER}/out",
        "authorization_response_iss_parameter_supported": True,
        "code_challenge_methods_supported": ["S256"],
        **faults.get("discovery", {}),
    }


def app(environ: dict[str, Any], start: Any) -> list[bytes]:
    path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    status, headers, out = document({"error": "not_found"}, "404 Not Found")
    if path == "/control":
        faults.clear()
        faults.update(json.loads(body or b"{}"))
        status, headers, out = document({})
    elif path == "/sign":
        status, headers, out = document({"token": signed(json.loads(body))})
    elif path == "/seen":
        status, headers, out = document(seen[-1])
    elif path == "/.well-known/openid-configuration":
        status, headers, out = document(discovery())
    elif path == "/authorize":
        status, headers, out = authorize(query)
    elif path == "/token" and method == "POST":
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        status, headers, out = token(form, environ.get("HTTP_AUTHORIZATION", ""))
    elif path == "/userinfo":
        wanted = faults.get("userinfo_method", method)
        if method == wanted and environ.get("HTTP_AUTHORIZATION") == "Bearer CANARY-access-token":
            told = {"sub": "person-1", "national_id": "001088000123", "email": "hoa@example.vn"}
            status, headers, out = document({**told, **faults.get("userinfo", {})})
    elif path == "/jwks":
        status, headers, out = document({"keys": [jwk(name) for name in faults.get("keys", ["k1"])]})
    start(status, headers)
    return [out]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def main() -> None:
    global ISSUER
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    ISSUER = f"http://127.0.0.1:{server.server_port}"
    sys.stdout.write(json.dumps({"issuer": ISSUER}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
