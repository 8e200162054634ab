"""Signed messages (CMS, RFC 5652) of one signer, verified: the form of timestamps, PDF signatures and sealed manifests.

Only what the house's policy knows: SHA-2, RSA PKCS#1 v1.5 from 2048 bits, ECDSA on the NIST curves. The certificate is
the one that the signature itself names (signing-certificate attribute), never merely one that happens to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, SHA512, Hash, HashAlgorithm

from .chain import is_strong
from .structures import (
    Attribute,
    ContentInfo,
    Oid,
    SignedData,
    SignerInfo,
    SigningCertificate,
    SigningCertificateV2,
)
from .unreadable import UNREADABLE

HASHES: dict[x509.ObjectIdentifier, HashAlgorithm] = {
    Oid.SHA256: SHA256(),
    Oid.SHA384: SHA384(),
    Oid.SHA512: SHA512(),
}
_OF_SIGNATURE = {
    Oid.RSA_SHA256: Oid.SHA256,
    Oid.RSA_SHA384: Oid.SHA384,
    Oid.RSA_SHA512: Oid.SHA512,
    Oid.ECDSA_SHA256: Oid.SHA256,
    Oid.ECDSA_SHA384: Oid.SHA384,
    Oid.ECDSA_SHA512: Oid.SHA512,
}


class Malformed(ValueError):
    """Not DER of the expected structure, or not of the one form that is taken."""


@dataclass(frozen=True)
class Message:
    """A signed message, taken apart; nothing of it is believed yet."""

    content_type: x509.ObjectIdentifier
    content: bytes | None
    """What was signed, where the message carries it (timestamps do, PDF signatures do not)."""
    certificates: tuple[x509.Certificate, ...]
    revocations: tuple[bytes, ...]
    signer: SignerInfo
    attributes: dict[x509.ObjectIdentifier, Attribute]
    """The signed attributes."""


def read(der: bytes) -> Message:
    """Take a message apart: exactly one signer, with signed attributes, none of them twice.

    Raises:
        Malformed: anything else.
    """
    try:
        info = asn1.decode_der(ContentInfo, der)
        if info.type != Oid.SIGNED_DATA:
            raise Malformed("not signed data")
        return _taken_apart(info.content)
    except Malformed:
        raise
    except UNREADABLE as error:
        raise Malformed(str(error)) from error


def encoded(value: object) -> bytes:
    """DER of one of the structures."""
    return asn1.encode_der(value)


def certificate_named(message: Message) -> x509.Certificate | None:
    """The certificate whose digest is among the signed attributes (RFC 5035; RFC 2634 names it by SHA-1)."""
    for digest, algorithm in _named(message):
        for certificate in message.certificates:
            if certificate.fingerprint(algorithm) == digest:
                return certificate
    return None


def is_signed_by(message: Message, certificate: x509.Certificate, content: bytes) -> bool:
    """Whether the certificate's holder signed these bytes: digest and type among the attributes, then the signature."""
    digest = HASHES.get(message.signer.digest_algorithm.algorithm)
    if digest is None or _octets(message, Oid.MESSAGE_DIGEST) != _digest(content, digest):
        return False
    kind = message.attributes.get(Oid.CONTENT_TYPE)
    if kind is None or _single(kind).parse(x509.ObjectIdentifier) != message.content_type:
        return False
    signed = encoded(asn1.SetOf(list(message.signer.signed_attributes or ())))
    return _verifies(certificate, message.signer, digest, signed)


def signing_time(message: Message) -> datetime | None:
    """What the signer's clock said; None where it is not among the attributes."""
    attribute = message.attributes.get(Oid.SIGNING_TIME)
    if attribute is None:
        return None
    value = _single(attribute)
    try:
        short: asn1.UTCTime = value.parse(asn1.UTCTime)
        return short.as_datetime()
    except ValueError:
        long: asn1.GeneralizedTime = value.parse(asn1.GeneralizedTime)
        return long.as_datetime()


def _taken_apart(data: SignedData) -> Message:
    signers = data.signers.as_list()
    if len(signers) != 1:
        raise Malformed(f"{len(signers)} signers")
    attributes = {one.type: one for one in signers[0].signed_attributes or ()}
    if not attributes or len(attributes) != len(signers[0].signed_attributes or ()):
        raise Malformed("no signed attributes, or one of them twice")
    certificates = tuple(x509.load_der_x509_certificate(encoded(one)) for one in data.certificates or ())
    revocations = tuple(encoded(one) for one in data.revocations or ())
    return Message(data.content.type, data.content.content, certificates, revocations, signers[0], attributes)


def _named(message: Message) -> list[tuple[bytes, HashAlgorithm]]:
    """Digest and algorithm by which the signed attributes name the signer's certificate: the first of each list."""
    named: list[tuple[bytes, HashAlgorithm]] = []
    if (attribute := message.attributes.get(Oid.SIGNING_CERTIFICATE_V2)) is not None:
        first = _single(attribute).parse(SigningCertificateV2).certificates[0]
        algorithm = HASHES.get(first.algorithm.algorithm if first.algorithm else Oid.SHA256)
        if algorithm is not None:
            named.append((first.digest, algorithm))
    elif (attribute := message.attributes.get(Oid.SIGNING_CERTIFICATE)) is not None:
        one = _single(attribute).parse(SigningCertificate).certificates[0]
        named.append((one.digest, SHA1()))  # noqa: S303 - names a certificate (RFC 2634); its chain is judged apart
    return named


def _single(attribute: Attribute) -> asn1.TLV:
    values = attribute.values.as_list()
    if len(values) != 1:
        raise Malformed(f"attribute {attribute.type.dotted_string} has {len(values)} values")
    return values[0]


def _octets(message: Message, kind: x509.ObjectIdentifier) -> bytes:
    attribute = message.attributes.get(kind)
    return b"" if attribute is None else _single(attribute).parse(bytes)


def _digest(content: bytes, algorithm: HashAlgorithm) -> bytes:
    digest = Hash(algorithm)
    digest.update(content)
    return digest.finalize()


def _verifies(certificate: x509.Certificate, signer: SignerInfo, digest: HashAlgorithm, signed: bytes) -> bool:
    algorithm = signer.signature_algorithm.algorithm
    if algorithm != Oid.RSA and _OF_SIGNATURE.get(algorithm) != signer.digest_algorithm.algorithm:
        return False
    elliptic = algorithm in (Oid.ECDSA_SHA256, Oid.ECDSA_SHA384, Oid.ECDSA_SHA512)
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and not elliptic:
            key.verify(signer.signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and elliptic:
            key.verify(signer.signature, signed, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return is_strong(certificate)
