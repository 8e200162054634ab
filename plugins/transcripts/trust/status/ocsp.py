"""Answers of OCSP responders (RFC 6960): by the issuer itself, or by a responder that the issuer has named for it."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA1, Hash, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from ..unreadable import UNREADABLE
from .statement import Kind, Refused, Statement, is_signature

_KINDS = {
    ocsp.OCSPCertStatus.GOOD: Kind.GOOD,
    ocsp.OCSPCertStatus.REVOKED: Kind.REVOKED,
    ocsp.OCSPCertStatus.UNKNOWN: Kind.UNKNOWN,
}


def statement_of_answer(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | Refused:
    """What an answer says about a certificate of this issuer."""
    try:
        answer = ocsp.load_der_ocsp_response(der)
        if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            return Refused.UNREADABLE
        about = [one for one in answer.responses if _is_about(one, certificate, issuer)]
        if not about:
            return Refused.NOT_ABOUT_IT
        responder = _responder(answer, issuer)
        if responder is None:
            return Refused.WRONG_RESPONDER
        signed, algorithm = answer.tbs_response_bytes, answer.signature_hash_algorithm
        if not is_signature(responder.public_key(), answer.signature, signed, algorithm):
            return Refused.WRONG_RESPONDER
    except UNREADABLE:
        return Refused.UNREADABLE
    return _statement(max(about, key=lambda one: one.this_update_utc))


def _statement(said: ocsp.OCSPSingleResponse) -> Statement:
    reason = said.revocation_reason.value if said.revocation_reason else ""
    kind = _KINDS[said.certificate_status]
    return Statement(kind, said.this_update_utc, said.next_update_utc, said.revocation_time_utc, reason)


def _is_about(said: ocsp.OCSPSingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Serial number, and the issuer by the digests of its name and its key: serial numbers repeat among issuers."""
    return (
        said.serial_number == certificate.serial_number
        and said.issuer_name_hash == _digest(issuer.subject.public_bytes(), said.hash_algorithm)
        and said.issuer_key_hash == _digest(_key_bits(issuer.public_key()), said.hash_algorithm)
    )


def _responder(answer: ocsp.OCSPResponse, issuer: x509.Certificate) -> x509.Certificate | None:
    """Who signed: the issuer, or a certificate in the answer that the issuer has made for signing answers."""
    if _is_named(answer, issuer):
        return issuer
    for one in answer.certificates:
        if _is_named(answer, one) and _is_delegated(one, issuer, answer):
            return one
    return None


def _is_named(answer: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if answer.responder_name is not None:
        return answer.responder_name == certificate.subject
    return answer.responder_key_hash == _digest(_key_bits(certificate.public_key()), SHA1())  # noqa: S303 - RFC 6960


def _is_delegated(certificate: x509.Certificate, issuer: x509.Certificate, answer: ocsp.OCSPResponse) -> bool:
    """RFC 6960, 4.2.2.2: issued by this issuer directly, for OCSP signing, valid when it signed.

    One whose own status would have to be asked first (no id-pkix-ocsp-nocheck) is not taken: evidence about evidence
    has no end.
    """
    if not certificate.not_valid_before_utc <= answer.produced_at_utc <= certificate.not_valid_after_utc:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _key_bits(key: CertificatePublicKeyTypes) -> bytes:
    """The bits of the key inside SubjectPublicKeyInfo, which are what is digested."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise ValueError("neither RSA nor elliptic")


def _digest(data: bytes, algorithm: HashAlgorithm) -> bytes:
    digest = Hash(algorithm)
    digest.update(data)
    return digest.finalize()
