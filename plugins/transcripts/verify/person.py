"""Whom a certificate names."""

from __future__ import annotations

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

_PREFIX = re.compile(r"^(?:CCCD|CMND|MST|PNOVN|NTRVN|VATVN)[:-]", re.ASCII)
_NUMBERS = (NameOID.SERIAL_NUMBER, NameOID.USER_ID, NameOID.ORGANIZATION_IDENTIFIER)


def numbers(certificate: x509.Certificate) -> frozenset[str]:
    """Personal IDs (CCCD) or ids of organisations (tax code) in the subject, without the prefixes that issuers write."""
    found = [one for oid in _NUMBERS for one in certificate.subject.get_attributes_for_oid(oid)]
    return frozenset(_PREFIX.sub("", str(one.value)) for one in found)


def name(certificate: x509.Certificate) -> str:
    """The common name, as it stands."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""
