"""The seal of a package: a detached CMS signature (CAdES-B-B) over its manifest, in two steps for keys elsewhere.

prepared = prepare(manifest, certificate, now)
signature = ...           # of `prepared.digest`, by the signing port
finish(prepared, signature, chain)
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from ..trust.cms import encoded
from ..trust.structures import (
    AlgorithmIdentifier,
    Attribute,
    ContentInfo,
    EncapsulatedContent,
    EssCertIdV2,
    IssuerAndSerial,
    Oid,
    SignedData,
    SignerInfo,
    SigningCertificateV2,
)

_SHA256 = AlgorithmIdentifier(algorithm=Oid.SHA256)


@dataclass(frozen=True)
class Prepared:
    """What the key signs, and what is needed to go on when the signature comes."""

    certificate: x509.Certificate
    attributes: tuple[Attribute, ...] = field(repr=False)
    to_be_signed: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes to be signed, for the signing port."""
        return hashlib.sha256(self.to_be_signed).digest()


def prepare(content: bytes, certificate: x509.Certificate, at: datetime) -> Prepared:
    """The signed attributes: what is sealed, when by the sealer's clock, and by which certificate."""
    named = SigningCertificateV2(certificates=[EssCertIdV2(digest=certificate.fingerprint(SHA256()))])
    values: dict[x509.ObjectIdentifier, object] = {
        Oid.CONTENT_TYPE: Oid.DATA,
        Oid.SIGNING_TIME: asn1.UTCTime(at.replace(microsecond=0)),
        Oid.MESSAGE_DIGEST: hashlib.sha256(content).digest(),
        Oid.SIGNING_CERTIFICATE_V2: named,
    }
    made = [Attribute(type=kind, values=asn1.SetOf([_part(encoded(value))])) for kind, value in values.items()]
    return Prepared(certificate, tuple(sorted(made, key=encoded)), encoded(asn1.SetOf(made)))


def finish(prepared: Prepared, signature: bytes, chain: Sequence[x509.Certificate] = ()) -> bytes:
    """The seal (DER).

    Args:
        signature: PKCS#1 v1.5 or raw r||s as the signing port gives them; the caller has verified it.
        chain: certificates above the sealer's, to be found in the seal.
    """
    certificate = prepared.certificate
    elliptic = isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    if elliptic:
        signature = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    signer = SignerInfo(
        version=1,
        identifier=IssuerAndSerial(issuer=_part(certificate.issuer.public_bytes()), serial=certificate.serial_number),
        digest_algorithm=_SHA256,
        signed_attributes=list(prepared.attributes),
        signature_algorithm=AlgorithmIdentifier(
            algorithm=Oid.ECDSA_SHA256 if elliptic else Oid.RSA, parameters=None if elliptic else asn1.Null()
        ),
        signature=signature,
    )
    certificates = sorted(one.public_bytes(Encoding.DER) for one in (certificate, *chain))
    data = SignedData(
        version=1,
        digest_algorithms=asn1.SetOf([_SHA256]),
        content=EncapsulatedContent(type=Oid.DATA),
        certificates=[_part(one) for one in certificates],
        signers=asn1.SetOf([signer]),
    )
    return encoded(ContentInfo(type=Oid.SIGNED_DATA, content=data))


def _part(der: bytes) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, der)
