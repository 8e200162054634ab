"""The authority as a WSGI program: RFC 3161 over HTTP (3.4), and the root to be pinned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from flask import Flask, Response, request

from .tokens import Authority

REQUEST, REPLY = "application/timestamp-query", "application/timestamp-reply"
_SINCE, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Faults:
    """What the next answers shall be; a test sets them."""

    status: int = 200
    silent: bool = False


def create_app(authority: Authority, *, clock: Callable[[], datetime] = _now, faults: Faults | None = None) -> Flask:
    """The program; `clock` is what its tokens say."""
    app, wrong = Flask(__name__), faults or Faults()

    @app.post("/")
    def stamp() -> Response:
        if wrong.status != 200:
            return Response(status=wrong.status)
        if request.mimetype != REQUEST:
            return Response(status=415)
        try:
            answer = authority.answer(request.get_data(), clock())
        except ValueError:
            return Response(status=400)
        return Response(b"" if wrong.silent else answer, mimetype=REPLY)

    @app.get("/root.pem")
    def root() -> Response:
        return Response(authority.chain[-1].public_bytes(Encoding.PEM), mimetype="application/x-pem-file")

    return app


def authority_in(folder: Path) -> Authority:
    """The authority whose key and certificates lie in a folder; made at first use."""
    key_file, file = folder / "timestamps.key", folder / "timestamps.pem"
    if file.is_file():
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{key_file} is not ours")
        return Authority(certificates[0], key, tuple(certificates[1:]))
    made = _made()
    folder.mkdir(parents=True, exist_ok=True)
    key_file.write_bytes(made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key_file.chmod(0o600)
    file.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (made.certificate, *made.chain)))
    return made


def _made() -> Authority:
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer, subject = _name("Truong simulated root"), _name("Truong simulated timestamps")
    root = _builder(issuer, issuer, root_key)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_usage(authority=True), critical=True)
    leaf = _builder(subject, issuer, key)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(_usage(authority=False), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Authority(leaf.sign(root_key, SHA256()), key, (root.sign(root_key, SHA256()),))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(_SINCE).not_valid_after(_UNTIL)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
