"""What the contract suite of signature providers works with: the person who confirms, orders, and its own checks."""

# ruff: noqa: S101 - assertions are what a testing kit is for

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from core.sdk.signing import ALLOWED, Algorithm, Credential, Digest, NoAnswer, Signing, SigningOrder

from .payment_samples import NOW


class Signer(Protocol):
    """Whoever holds the phone, the card or the code."""

    id: str
    """Whom the provider knows them as."""
    confirmations: int
    """How often they were asked and said yes so far."""

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        """Say yes: in the simulator for providers that confirm elsewhere, else by the answer for `authorise`."""
        ...

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        """Say no, or type a wrong code."""
        ...


def make_digests(count: int) -> tuple[Digest, ...]:
    """Different digests with labels as a signer would see them."""
    return tuple(
        Digest(f"doc-{n}", hashlib.sha256(f"record {n}".encode()).digest(), f"Toán 6A, học sinh {n}")
        for n in range(count)
    )


def make_signing_order(credential: Credential, signer: Signer, count: int, now: datetime = NOW) -> SigningOrder:
    """An order for the first `count` digests that may be confirmed for five minutes."""
    return SigningOrder(
        uuid4(), credential.id, make_digests(count), signer.id, created_at=now, expires_at=now + timedelta(minutes=5)
    )


def ask(answer: Signing | NoAnswer) -> Signing:
    """An answer that decides."""
    assert isinstance(answer, Signing), answer
    return answer


def assert_move(before: Signing, after: Signing) -> None:
    """Only allowed moves, and signatures that stay."""
    assert after.state is before.state or after.state in ALLOWED[before.state], (before.state, after.state)
    assert before.signatures.items() <= after.signatures.items(), "a signature was taken back"


def assert_key(certificate: x509.Certificate, algorithm: Algorithm) -> None:
    """The key is of the algorithm and strong enough."""
    key = certificate.public_key()
    if algorithm is Algorithm.RSA_SHA256:
        assert isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether it may sign certificates."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def assert_genuine(credential: Credential, digest: bytes, signature: bytes) -> None:
    """By `cryptography` alone, not by the core's own check: two opinions. Raises InvalidSignature."""
    key = x509.load_der_x509_certificate(credential.chain[0]).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert len(signature) == 64, "P-256 signatures are r and s side by side"
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(SHA256())))
