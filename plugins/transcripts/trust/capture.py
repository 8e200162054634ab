"""Asking issuers, at signing, what they say of a certificate, and keeping the answer: they do not answer for ever.

Addresses stand in the certificates; the client that is handed in reaches declared hosts only. An answer is kept only if
it is a believed statement about that certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from core.sdk.outbound import HttpAnswer, HttpClient, HttpFailure

from .status import Statement, statement_of_answer, statement_of_list
from .unreadable import UNREADABLE

_OCSP = {"content-type": "application/ocsp-request", "accept": "application/ocsp-response"}


@dataclass(frozen=True, slots=True)
class Captured:
    """What was said, and of which certificates nothing could be had."""

    evidence: tuple[bytes, ...]
    """OCSP answers and lists (DER), each once."""
    missing: tuple[str, ...] = ()
    """Certificates by their SHA-256 (hex): ask again later."""
    troubles: tuple[str, ...] = ()
    """What went wrong, for the operator; no personal data."""


def capture(path: Sequence[x509.Certificate], http: HttpClient) -> Captured:
    """Evidence for every certificate of a path but the last one, which is pinned and asks nobody."""
    evidence: dict[bytes, None] = {}
    missing, troubles = list[str](), list[str]()
    for certificate, issuer in pairwise(path):
        found = next(_answers(certificate, issuer, http, troubles), None)
        if found is None:
            missing.append(certificate.fingerprint(SHA256()).hex())
        else:
            evidence[found] = None
    return Captured(tuple(evidence), tuple(missing), tuple(troubles))


def hosts_of(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """Addresses of OCSP responders and of lists, as the certificate names them."""
    return _responders(certificate), _lists(certificate)


def ask(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """An OCSP request (DER) about a certificate; without a nonce, as for answers made in advance (RFC 5019)."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, SHA1())  # noqa: S303 - RFC 5019, 2.1.1
    return builder.build().public_bytes(Encoding.DER)


def _answers(
    certificate: x509.Certificate, issuer: x509.Certificate, http: HttpClient, troubles: list[str]
) -> Iterator[bytes]:
    """Believed answers, the freshest kind first: OCSP, then lists."""
    try:
        responders, lists = hosts_of(certificate)
    except UNREADABLE:
        troubles.append("the certificate's addresses cannot be read")
        return
    for url in responders:
        answer = _asked(http, "POST", url, ask(certificate, issuer), troubles)
        if answer is not None and isinstance(statement_of_answer(answer, certificate, issuer), Statement):
            yield answer
    for url in lists:
        answer = _asked(http, "GET", url, b"", troubles)
        if answer is not None and isinstance(statement_of_list(answer, certificate, issuer), Statement):
            yield answer


def _asked(http: HttpClient, method: str, url: str, body: bytes, troubles: list[str]) -> bytes | None:
    try:
        answer: HttpAnswer = http.request(method, url, headers=_OCSP if body else {}, body=body)
    except HttpFailure as failure:
        troubles.append(str(failure))
        return None
    if answer.status != 200:
        troubles.append(f"answered {answer.status}")
        return None
    return answer.body


def _responders(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return [
        one.access_location.value
        for one in access
        if one.access_method == AuthorityInformationAccessOID.OCSP and _is_web(one.access_location)
    ]


def _lists(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name.value for point in points for name in point.full_name or () if _is_web(name)]


def _is_web(name: x509.GeneralName) -> bool:
    """A web address, not a directory (ldap) and not a file."""
    return isinstance(name, x509.UniformResourceIdentifier) and name.value.startswith(("http://", "https://"))
