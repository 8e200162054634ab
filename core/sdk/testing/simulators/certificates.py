"""People with keys, for simulators of signing services: certificates as an authority would issue them."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_SINCE, _UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
_ROOT = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Simulated authority")])


@dataclass(frozen=True)
class KeyHolder:
    """A person or an organisation with a key of 2048 bits."""

    name: str
    number: str
    """The personal identity number, in the certificate's serialNumber as `CCCD:...`."""
    chain: tuple[bytes, ...]
    """DER, the holder's own first."""
    key: rsa.RSAPrivateKey = field(repr=False)

    def sign(self, digest: bytes) -> bytes:
        """PKCS #1 v1.5 over a SHA-256 digest."""
        return self.key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))

    def texts(self) -> list[str]:
        """The chain as Base64."""
        return [base64.b64encode(one).decode() for one in self.chain]


@cache
def key_holder(name: str = "Nguyễn Thị Hoa", number: str = "001188000001") -> KeyHolder:
    """The holder of this name and number; the same as long as the process lives."""
    key, root = rsa.generate_private_key(65537, 2048), _root_key()
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.SERIAL_NUMBER, f"CCCD:{number}")]
    )
    chain = (_issue(subject, key.public_key(), authority=False), _issue(_ROOT, root.public_key(), authority=True))
    return KeyHolder(name, number, chain, key)


@cache
def _root_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _issue(subject: x509.Name, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, *, authority: bool) -> bytes:
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority,
        crl_sign=authority, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = x509.CertificateBuilder(_ROOT, subject, key, x509.random_serial_number(), _SINCE, _UNTIL)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    return builder.add_extension(usage, critical=True).sign(_root_key(), SHA256()).public_bytes(Encoding.DER)
