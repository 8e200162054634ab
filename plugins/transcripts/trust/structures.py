"""The few ASN.1 structures of signed messages (RFC 5652, RFC 5035) and of timestamps (RFC 3161), as data.

Decoding is strict DER; what is optional but never looked at is kept as undecoded parts. A `[n] IMPLICIT SET OF` is
declared as a list: the bytes are the same, and authorities do not all sort their sets.
"""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier


class Oid:
    """Object identifiers by the names of the specifications."""

    SIGNED_DATA = ObjectIdentifier("1.2.840.113549.1.7.2")
    DATA = ObjectIdentifier("1.2.840.113549.1.7.1")
    TST_INFO = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
    CONTENT_TYPE = ObjectIdentifier("1.2.840.113549.1.9.3")
    MESSAGE_DIGEST = ObjectIdentifier("1.2.840.113549.1.9.4")
    SIGNING_TIME = ObjectIdentifier("1.2.840.113549.1.9.5")
    SIGNING_CERTIFICATE = ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
    SIGNING_CERTIFICATE_V2 = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
    SHA1 = ObjectIdentifier("1.3.14.3.2.26")
    SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
    SHA384 = ObjectIdentifier("2.16.840.1.101.3.4.2.2")
    SHA512 = ObjectIdentifier("2.16.840.1.101.3.4.2.3")
    RSA = ObjectIdentifier("1.2.840.113549.1.1.1")
    RSA_SHA256 = ObjectIdentifier("1.2.840.113549.1.1.11")
    RSA_SHA384 = ObjectIdentifier("1.2.840.113549.1.1.12")
    RSA_SHA512 = ObjectIdentifier("1.2.840.113549.1.1.13")
    ECDSA_SHA256 = ObjectIdentifier("1.2.840.10045.4.3.2")
    ECDSA_SHA384 = ObjectIdentifier("1.2.840.10045.4.3.3")
    ECDSA_SHA512 = ObjectIdentifier("1.2.840.10045.4.3.4")


@asn1.sequence
class AlgorithmIdentifier:
    """Only algorithms without parameters: what is allowed here has none."""

    algorithm: ObjectIdentifier
    parameters: asn1.Null | None = None


@asn1.sequence
class Attribute:
    type: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class EncapsulatedContent:
    type: ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)] = None


@asn1.sequence
class IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class SignerInfo:
    version: int
    identifier: IssuerAndSerial | Annotated[bytes, asn1.Implicit(0)]
    digest_algorithm: AlgorithmIdentifier
    signed_attributes: Annotated[list[Attribute] | None, asn1.Implicit(0)] = None
    signature_algorithm: AlgorithmIdentifier
    signature: bytes
    unsigned_attributes: Annotated[list[Attribute] | None, asn1.Implicit(1)] = None


@asn1.sequence
class SignedData:
    version: int
    digest_algorithms: asn1.SetOf[AlgorithmIdentifier]
    content: EncapsulatedContent
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)] = None
    revocations: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)] = None
    signers: asn1.SetOf[SignerInfo]


@asn1.sequence
class ContentInfo:
    type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class IssuerSerial:
    names: list[asn1.TLV]
    serial: int


@asn1.sequence
class EssCertId:
    """RFC 2634: the certificate by its SHA-1."""

    digest: bytes
    issuer_serial: IssuerSerial | None = None


@asn1.sequence
class EssCertIdV2:
    """RFC 5035: the certificate by a digest, SHA-256 where none is named."""

    algorithm: AlgorithmIdentifier | None = None
    digest: bytes
    issuer_serial: IssuerSerial | None = None


@asn1.sequence
class SigningCertificate:
    certificates: list[EssCertId]
    policies: list[asn1.TLV] | None = None


@asn1.sequence
class SigningCertificateV2:
    certificates: list[EssCertIdV2]
    policies: list[asn1.TLV] | None = None


@asn1.sequence
class MessageImprint:
    algorithm: AlgorithmIdentifier
    digest: bytes


@asn1.sequence
class TimeStampRequest:
    version: int
    imprint: MessageImprint
    policy: ObjectIdentifier | None = None
    nonce: int | None = None
    certificates_wanted: Annotated[bool, asn1.Default(False)] = False
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)] = None


@asn1.sequence
class StatusInfo:
    status: int
    text: list[str] | None = None
    failure: asn1.BitString | None = None


@asn1.sequence
class Refusal:
    """A TimeStampResp without a token."""

    status: StatusInfo


@asn1.sequence
class TimeStampResponse:
    status: StatusInfo
    token: ContentInfo


@asn1.sequence
class Accuracy:
    seconds: int | None = None
    millis: Annotated[int | None, asn1.Implicit(0)] = None
    micros: Annotated[int | None, asn1.Implicit(1)] = None


@asn1.sequence
class TstInfo:
    version: int
    policy: ObjectIdentifier
    imprint: MessageImprint
    serial: int
    time: asn1.GeneralizedTime
    accuracy: Accuracy | None = None
    ordering: Annotated[bool, asn1.Default(False)] = False
    nonce: int | None = None
    authority: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)] = None
    extensions: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)] = None
