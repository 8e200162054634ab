"""From a certificate up to a pinned one, at a date (RFC 5280, 6, as far as the two national hierarchies use it)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from .anchors import Anchors
from .unreadable import UNREADABLE

LONGEST = 5
"""Certificates in a path, both ends counted."""
MOST = 16
"""Certificates that are looked at besides the pinned ones."""
RSA_BITS = 2048
Purpose = Literal["signing", "timestamping"]
_KNOWN = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.CertificatePolicies)
_NOT_FOR = {"signing": ("timestamps", "lists"), "timestamping": ("lists",)}
"""Sets of anchors that stand for something else."""


def path(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    anchors: Anchors,
    at: datetime,
    purpose: Purpose = "signing",
) -> tuple[x509.Certificate, ...] | str:
    """The certificates from `leaf` up to a pinned one, each valid `at` that time.

    Returns:
        The path; or the finding: `certificate_expired`, `certificate_not_yet_valid`, `certificate_is_authority`,
        `certificate_usage` (its key is not for this), `certificate_weak_key`, `certificate_unreadable`,
        `chain_untrusted` (no path that holds).
    """
    try:
        fault = _leaf_fault(leaf, at, purpose)
    except UNREADABLE:
        return "certificate_unreadable"
    if fault:
        return fault
    names = [name for name in anchors.sets if name not in _NOT_FOR[purpose]]
    pinned = anchors.all(*names) if names else ()
    return _upwards((leaf,), pinned, tuple(others)[:MOST], at) or "chain_untrusted"


def is_strong(certificate: x509.Certificate) -> bool:
    """Whether the key is RSA of 2048 bits or more, or on one of the NIST curves from P-256 on."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= RSA_BITS
    curves = ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, curves)


def _leaf_fault(leaf: x509.Certificate, at: datetime, purpose: Purpose) -> str:
    if at < leaf.not_valid_before_utc:
        return "certificate_not_yet_valid"
    if at > leaf.not_valid_after_utc:
        return "certificate_expired"
    if not is_strong(leaf):
        return "certificate_weak_key"
    extensions = {type(one.value): one.value for one in leaf.extensions}
    basic, usage = extensions.get(x509.BasicConstraints), extensions.get(x509.KeyUsage)
    if isinstance(basic, x509.BasicConstraints) and basic.ca:
        return "certificate_is_authority"
    if not isinstance(usage, x509.KeyUsage) or usage.key_cert_sign:
        return "certificate_usage"
    if purpose == "timestamping":
        return "" if usage.digital_signature or usage.content_commitment else "certificate_usage"
    # Who signs for a person does it for good, not merely to sign in.
    return "" if usage.digital_signature and usage.content_commitment else "certificate_usage"


def _upwards(
    below: tuple[x509.Certificate, ...],
    pinned: Sequence[x509.Certificate],
    others: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...] | None:
    """The first path that holds; depth first, pinned certificates before the ones that came along."""
    if below[-1] in pinned:
        return below
    if len(below) == LONGEST:
        return None
    for issuer in _issuers(below, (*pinned, *others), at):
        if (found := _upwards((*below, issuer), pinned, others, at)) is not None:
            return found
    return None


def _issuers(
    below: tuple[x509.Certificate, ...], candidates: Sequence[x509.Certificate], at: datetime
) -> Iterator[x509.Certificate]:
    child = below[-1]
    for one in candidates:
        try:
            if one.subject != child.issuer or one in below or not _may_issue(one, len(below) - 1, at):
                continue
            child.verify_directly_issued_by(one)
        except UNREADABLE:  # parts of a certificate are read only when they are asked for
            continue
        yield one


def _may_issue(certificate: x509.Certificate, between: int, at: datetime) -> bool:
    """Whether it is an authority at that time, with `between` further ones allowed below it."""
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc or not is_strong(certificate):
        return False
    extensions = list(certificate.extensions)
    if any(one.critical and not isinstance(one.value, _KNOWN) for one in extensions):
        return False
    basic = next((one.value for one in extensions if isinstance(one.value, x509.BasicConstraints)), None)
    usage = next((one.value for one in extensions if isinstance(one.value, x509.KeyUsage)), None)
    if basic is None or not basic.ca or (usage is not None and not usage.key_cert_sign):
        return False
    return basic.path_length is None or basic.path_length >= between
