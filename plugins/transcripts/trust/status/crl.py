"""Lists of revoked certificates (RFC 5280, 5): complete ones, signed by the issuer itself."""

from __future__ import annotations

from cryptography import x509

from ..unreadable import UNREADABLE
from .statement import Kind, Refused, Statement, is_signature


def statement_of_list(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | Refused:
    """What a list says about a certificate of this issuer. A certificate that is not on it is good."""
    try:
        crl = x509.load_der_x509_crl(der)
        if crl.issuer != certificate.issuer:
            return Refused.NOT_ABOUT_IT
        if not _is_issued_by(crl, issuer):
            return Refused.WRONG_RESPONDER
        return _statement(crl, certificate) if _is_complete(crl, certificate) else Refused.NOT_ABOUT_IT
    except UNREADABLE:
        return Refused.UNREADABLE


def number_of(der: bytes) -> int:
    """The list's number; lists of one issuer only ever count up (RFC 5280, 5.2.3).

    Raises:
        ValueError: not a list, or one without a number.
    """
    try:
        return x509.load_der_x509_crl(der).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound as error:
        raise ValueError("a list without a number") from error


def _is_issued_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether this very issuer signed the list, and may."""
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    if not usage.crl_sign or crl.issuer != issuer.subject:
        return False
    return is_signature(issuer.public_key(), crl.signature, crl.tbs_certlist_bytes, crl.signature_hash_algorithm)


def _is_complete(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether absence means something: no delta, no list of other issuers' certificates, none of another kind."""
    for extension in crl.extensions:
        value = extension.value
        if isinstance(value, x509.IssuingDistributionPoint):
            if value.indirect_crl or value.only_contains_attribute_certs or value.only_some_reasons:
                return False
            if value.only_contains_ca_certs != _is_ca(certificate) and (
                value.only_contains_ca_certs or value.only_contains_user_certs
            ):
                return False
        elif extension.critical:  # a delta's mark is critical, and so is everything that changes the meaning
            return False
    return True


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _statement(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> Statement:
    since, until = crl.last_update_utc, crl.next_update_utc
    row = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if row is None:
        return Statement(Kind.GOOD, since, until)
    revoked_at, reason = row.revocation_date_utc, ""
    for extension in row.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason.value
        elif isinstance(extension.value, x509.InvalidityDate):
            revoked_at = min(revoked_at, extension.value.invalidity_date_utc)
    return Statement(Kind.REVOKED, since, until, revoked_at, reason)
