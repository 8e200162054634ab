"""Certificates of the tokens, as they were pasted: the server cannot reach a token to ask for its own."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from core.sdk.signing import Credential, algorithm_of

MOST = 200
"""Digests of one confirmation."""
_MOST_TEXT = 400_000


@lru_cache(maxsize=64)
def read(text: str) -> tuple[Credential, ...]:
    """The signers' certificates of a text in PEM, each with its issuers from the same text.

    Raises:
        ValueError: no certificate, or something that is none.
    """
    if len(text) > _MOST_TEXT:
        raise ValueError("too long")
    found = list(dict.fromkeys(x509.load_pem_x509_certificates(text.encode())))
    own = [one for one in found if not _is_authority(one)]
    made = (_credential(one, [other for other in found if other is not one]) for one in own)
    return tuple(one for one in made if one is not None)


def of_signer(found: tuple[Credential, ...], signer: str) -> tuple[Credential, ...]:
    """Those whose subject carries the signer's number (serialNumber `CCCD:...`, or an organisation's)."""
    return tuple(one for one in found if not signer or signer in _numbers(one.chain[0]))


def _credential(own: x509.Certificate, others: list[x509.Certificate]) -> Credential | None:
    chain = [own]
    while issuer := next((one for one in others if one not in chain and _issued(chain[-1], one)), None):
        chain.append(issuer)
    ders = tuple(one.public_bytes(Encoding.DER) for one in chain)
    algorithm = algorithm_of(ders[0])
    if algorithm is None:
        return None
    names = own.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    label = str(names[0].value) if names else own.subject.rfc4514_string()
    return Credential(hashlib.sha256(ders[0]).hexdigest(), label, ders, algorithm, MOST)


def _numbers(der: bytes) -> set[str]:
    subject = x509.load_der_x509_certificate(der).subject
    wanted = (NameOID.SERIAL_NUMBER, NameOID.USER_ID, NameOID.ORGANIZATION_IDENTIFIER)
    texts = [str(one.value) for oid in wanted for one in subject.get_attributes_for_oid(oid)]
    return {*texts, *(text.rpartition(":")[2] for text in texts)}


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
