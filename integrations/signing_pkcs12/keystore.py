"""Opening a PKCS#12 file (RFC 7292) once in a process: its key derivation costs more than hundreds of signatures."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from core.sdk.signing import Algorithm, algorithm_of
from core.sdk.text import Message, _

MOST_BYTES = 64 * 1024


class UnusableError(ValueError):
    """Why a key file cannot sign, in words."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message.msgid)
        self.field, self.message = field, message


@dataclass(frozen=True)
class Keystore:
    """An opened file."""

    certificate: x509.Certificate
    chain: tuple[bytes, ...]
    """DER, the holder's first, each issued by the next."""
    algorithm: Algorithm
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest: PKCS #1 v1.5, or r and s side by side."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
        r, s = decode_dss_signature(self.key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
        return r.to_bytes(32) + s.to_bytes(32)


@lru_cache(maxsize=64)
def open_keystore(text: str, password: str) -> Keystore:
    """Open a file given as base64.

    Raises:
        UnusableError: unreadable, wrong password, no key, or a certificate that is not made for signing.
    """
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise UnusableError("keystore", _("This is no key file in Base64.")) from None
    if not data.startswith(b"\x30") or len(data) > MOST_BYTES:
        raise UnusableError("keystore", _("This is no PKCS#12 file (.p12 or .pfx)."))
    try:
        found = load_pkcs12(data, password.encode())
    except ValueError:
        # The library tells a wrong password and a damaged file apart by nothing: the integrity check covers both.
        raise UnusableError("password", _("The password does not open this key file.")) from None
    if found.key is None or found.cert is None:
        raise UnusableError("keystore", _("The key file holds no key with its certificate."))
    own = found.cert.certificate
    algorithm = algorithm_of(own.public_bytes(Encoding.DER))
    if algorithm is None or not isinstance(found.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise UnusableError("keystore", _("Only RSA keys of 2048 bits or more and P-256 keys may sign."))
    if not may_sign(own):
        raise UnusableError("keystore", _("The certificate is not made for signing (key usage)."))
    above = [extra.certificate for extra in found.additional_certs]
    return Keystore(own, _ordered(own, above), algorithm, found.key)


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether it is made for signatures that bind (RFC 5280, 4.2.1.3), and not an authority's."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    try:
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
    except x509.ExtensionNotFound:
        pass
    return usage.digital_signature and usage.content_commitment


def _ordered(own: x509.Certificate, above: list[x509.Certificate]) -> tuple[bytes, ...]:
    chain, left = [own], list(above)
    while issuer := next((one for one in left if _issued(chain[-1], one)), None):
        chain.append(issuer)
        left.remove(issuer)
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def _issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
