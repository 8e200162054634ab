"""A root, and certificates for signers below it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from core.sdk.testing.signing import NOW

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
_ROOT = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root for tests")])


@cache
def root_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@cache
def curve_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def chain_for(key: PrivateKey, *, signing: bool = True) -> tuple[bytes, ...]:
    """The certificate of a signer and the root, DER."""
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nguyễn Thị Hoa")])
    return _issue(own, key, signing=signing), _issue(_ROOT, root_key(), authority=True)


def _issue(subject: x509.Name, key: PrivateKey, *, signing: bool = True, authority: bool = False) -> bytes:
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=signing, key_cert_sign=authority, crl_sign=authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_ROOT)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    return builder.sign(root_key(), SHA256()).public_bytes(Encoding.DER)
