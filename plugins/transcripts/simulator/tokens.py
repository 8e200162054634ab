"""What a timestamp authority makes: tokens and answers (RFC 3161, 2.4), signed with a key of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ObjectIdentifier

from ..trust.structures import (
    Accuracy,
    AlgorithmIdentifier,
    Attribute,
    ContentInfo,
    EncapsulatedContent,
    EssCertIdV2,
    IssuerAndSerial,
    MessageImprint,
    Oid,
    Refusal,
    SignedData,
    SignerInfo,
    SigningCertificateV2,
    StatusInfo,
    TimeStampRequest,
    TimeStampResponse,
    TstInfo,
)

POLICY = ObjectIdentifier("1.3.6.1.4.1.99999.1.1")
REJECTION, BAD_ALGORITHM = 2, asn1.BitString(b"\x80", 7)
_SHA256 = AlgorithmIdentifier(algorithm=Oid.SHA256)


class _Parts:
    """How undecoded parts are made: encode, then read as they stand."""

    @staticmethod
    def of(value: object) -> asn1.TLV:
        return asn1.decode_der(asn1.TLV, asn1.encode_der(value))

    @staticmethod
    def raw(der: bytes) -> asn1.TLV:
        return asn1.decode_der(asn1.TLV, der)


@dataclass(frozen=True)
class Authority:
    """Signs tokens. What is not right about it in a test is the test's choice of certificate and of `named`."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()
    named: x509.Certificate | None = None
    """The certificate that the signed attributes name, where it is not the signer's own (a fault)."""
    serials: count[int] = field(default_factory=lambda: count(1))

    def token(self, imprint: bytes, at: datetime, nonce: int | None = None) -> bytes:
        """A token (DER) that says: this SHA-256 existed `at`."""
        info = TstInfo(
            version=1,
            policy=POLICY,
            imprint=MessageImprint(algorithm=_SHA256, digest=imprint),
            serial=next(self.serials),
            time=asn1.GeneralizedTime(at),
            accuracy=Accuracy(seconds=1),
            nonce=nonce,
        )
        return asn1.encode_der(self._signed(asn1.encode_der(info)))

    def answer(self, request: bytes, at: datetime) -> bytes:
        """The response (DER) to a request; only SHA-256 is stamped."""
        asked = asn1.decode_der(TimeStampRequest, request)
        if asked.imprint.algorithm.algorithm != Oid.SHA256 or len(asked.imprint.digest) != 32:
            return asn1.encode_der(Refusal(status=StatusInfo(status=REJECTION, failure=BAD_ALGORITHM)))
        token = asn1.decode_der(ContentInfo, self.token(asked.imprint.digest, at, asked.nonce))
        return asn1.encode_der(TimeStampResponse(status=StatusInfo(status=0), token=token))

    def _signed(self, content: bytes) -> ContentInfo:
        attributes = asn1.SetOf(self._attributes(content))
        elliptic = isinstance(self.key, ec.EllipticCurvePrivateKey)
        signer = SignerInfo(
            version=1,
            identifier=IssuerAndSerial(
                issuer=_Parts.raw(self.certificate.issuer.public_bytes()), serial=self.certificate.serial_number
            ),
            digest_algorithm=_SHA256,
            signed_attributes=_sorted(attributes),
            signature_algorithm=AlgorithmIdentifier(
                algorithm=Oid.ECDSA_SHA256 if elliptic else Oid.RSA_SHA256, parameters=None if elliptic else asn1.Null()
            ),
            signature=self._signature(asn1.encode_der(attributes)),
        )
        certificates = sorted(one.public_bytes(Encoding.DER) for one in (self.certificate, *self.chain))
        data = SignedData(
            version=3,
            digest_algorithms=asn1.SetOf([_SHA256]),
            content=EncapsulatedContent(type=Oid.TST_INFO, content=content),
            certificates=[_Parts.raw(one) for one in certificates],
            signers=asn1.SetOf([signer]),
        )
        return ContentInfo(type=Oid.SIGNED_DATA, content=data)

    def _attributes(self, content: bytes) -> list[Attribute]:
        named = (self.named or self.certificate).fingerprint(SHA256())
        values = {
            Oid.CONTENT_TYPE: Oid.TST_INFO,
            Oid.MESSAGE_DIGEST: hashlib.sha256(content).digest(),
            Oid.SIGNING_CERTIFICATE_V2: SigningCertificateV2(certificates=[EssCertIdV2(digest=named)]),
        }
        return [Attribute(type=kind, values=asn1.SetOf([_Parts.of(value)])) for kind, value in values.items()]

    def _signature(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), SHA256())
        return self.key.sign(data, ec.ECDSA(SHA256()))


def _sorted(attributes: asn1.SetOf[Attribute]) -> list[Attribute]:
    """In the order of DER: by their encoding (X.690, 11.6)."""
    return sorted(attributes.as_list(), key=asn1.encode_der)
