"""Is this signature right for this digest, and made with the key of this certificate?"""

from __future__ import annotations

from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from .port import DIGEST_BYTES, Algorithm

SMALLEST_RSA = 2048
_HALF = 32


@lru_cache(maxsize=1024)
def _key_of(certificate: bytes) -> object:
    """The public key; one signer's certificate comes with a class of signatures, so it is read once."""
    try:
        return x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def algorithm_of(certificate: bytes) -> Algorithm | None:
    """What a certificate (DER) signs with; None for keys that are not allowed."""
    key = _key_of(certificate)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA:
        return Algorithm.RSA_SHA256
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return Algorithm.ECDSA_SHA256
    return None


def is_genuine(certificate: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of a SHA-256 `digest` under the certificate's key. Never raises.

    Args:
        certificate: DER; its validity, chain and owner are other questions.
        signature: PKCS #1 v1.5 for RSA; r and s side by side for P-256.
    """
    if len(digest) != DIGEST_BYTES or algorithm_of(certificate) is None:
        return False
    key = _key_of(certificate)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), Prehashed(SHA256()))
            return True
        if isinstance(key, ec.EllipticCurvePublicKey) and len(signature) == 2 * _HALF:
            r, s = (int.from_bytes(half) for half in (signature[:_HALF], signature[_HALF:]))
            key.verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(SHA256())))
            return True
    except InvalidSignature:
        return False
    return False
