"""Whom a certificate names."""

from __future__ import annotations

import re
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

_PREFIX = re.compile(r"^(?:CCCD|CMND|MST|PNOVN|NTRVN|VATVN)[:-]", re.ASCII)
_NUMBERS = (NameOID.SERIAL_NUMBER, NameOID.USER_ID, NameOID.ORGANIZATION_IDENTIFIER)


@lru_cache(maxsize=1024)
def read(der: bytes) -> x509.Certificate:
    """A certificate; teachers sign many files, so the same one comes again and again.

    Raises:
        ValueError: not a certificate, or one of a form that is not read (see `trust.unreadable`).
    """
    certificate = x509.load_der_x509_certificate(der)
    # The library reads these only when they are asked for, and raises only then.
    _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.not_valid_after_utc
    _ = certificate.not_valid_before_utc, certificate.public_key(), certificate.signature_hash_algorithm
    return certificate


@lru_cache(maxsize=1024)
def fingerprint(certificate: x509.Certificate) -> bytes:
    """SHA-256 of the certificate."""
    return certificate.fingerprint(SHA256())


@lru_cache(maxsize=1024)
def numbers(certificate: x509.Certificate) -> frozenset[str]:
    """Personal IDs (CCCD) or ids of organisations (tax code) in the subject, without issuers' prefixes."""
    found = [one for oid in _NUMBERS for one in certificate.subject.get_attributes_for_oid(oid)]
    return frozenset(_PREFIX.sub("", str(one.value)) for one in found)


@lru_cache(maxsize=1024)
def name(certificate: x509.Certificate) -> str:
    """The common name, as it stands."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""
