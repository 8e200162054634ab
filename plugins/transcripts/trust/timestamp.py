"""Timestamps of RFC 3161: asking an authority, reading its answer, and judging a token on any later day.

A token says: these 32 bytes existed at this time. It is believed when its signature, the certificate that it names and
that certificate's chain hold, and when the certificate is for timestamps and nothing else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import ExtendedKeyUsageOID

from core.sdk.outbound import HttpClient, HttpFailure
from core.sdk.signing import NoAnswer

from . import cms
from .anchors import Anchors
from .chain import path
from .structures import (
    AlgorithmIdentifier,
    MessageImprint,
    Oid,
    Refusal,
    TimeStampRequest,
    TimeStampResponse,
    TstInfo,
)
from .unreadable import UNREADABLE

NONCE_BITS = 64
GRANTED = (0, 1)
"""granted, grantedWithMods (RFC 3161, 2.4.2)."""
MOST = 64 * 1024
"""Bytes of a token; real ones have 2 to 8 KB."""


class MalformedToken(ValueError):
    """Not a timestamp token, or not the answer to what was asked."""


@dataclass(frozen=True)
class Token:
    """What a token says; nothing of it is believed yet."""

    time: datetime
    imprint: bytes
    nonce: int | None
    serial: int
    policy: str
    certificates: tuple[x509.Certificate, ...]
    message: cms.Message


@dataclass(frozen=True)
class Timestamp:
    """A token that is believed."""

    time: datetime
    authority: x509.Certificate


def ask(imprint_sha256: bytes, nonce: int) -> bytes:
    """A request (DER) for a token over a SHA-256, with the authority's certificate in it."""
    imprint = MessageImprint(algorithm=AlgorithmIdentifier(algorithm=Oid.SHA256), digest=imprint_sha256)
    return cms.encoded(TimeStampRequest(version=1, imprint=imprint, nonce=nonce, certificates_wanted=True))


def fetch(url: str, imprint: bytes, http: HttpClient) -> bytes | NoAnswer:
    """Ask an authority for a token over a SHA-256; the answer is checked against what was asked, not yet judged."""
    nonce = secrets.randbits(NONCE_BITS)
    try:
        answer = http.request(
            "POST", url, headers={"content-type": "application/timestamp-query"}, body=ask(imprint, nonce)
        )
    except HttpFailure as failure:
        return NoAnswer(str(failure))
    if answer.status != 200:
        return NoAnswer(f"timestamp authority answered {answer.status}")
    try:
        return granted(answer.body, imprint, nonce)
    except MalformedToken as error:
        return NoAnswer(str(error))


def granted(response: bytes, imprint: bytes, nonce: int) -> bytes:
    """The token of a response that grants exactly what was asked.

    Raises:
        MalformedToken: refused, not readable, or about something else.
    """
    try:
        answer = asn1.decode_der(TimeStampResponse, response)
    except ValueError as error:
        raise MalformedToken(_refusal(response)) from error
    if answer.status.status not in GRANTED:
        raise MalformedToken(f"refused with status {answer.status.status}")
    der = cms.encoded(answer.token)
    token = read(der)
    if token.imprint != imprint or token.nonce != nonce:
        raise MalformedToken("the token is about another request")
    return der


def read(token: bytes) -> Token:
    """Take a token apart.

    Raises:
        MalformedToken: not a token over a SHA-256.
    """
    if len(token) > MOST:
        raise MalformedToken("too long for a token")
    try:
        message = cms.read(token)
        if message.content_type != Oid.TST_INFO or message.content is None:
            raise MalformedToken("not about a time")
        info = asn1.decode_der(TstInfo, message.content)
    except ValueError as error:
        raise MalformedToken(str(error)) from error
    if info.imprint.algorithm.algorithm != Oid.SHA256 or len(info.imprint.digest) != 32:
        raise MalformedToken("not over a SHA-256")
    return Token(
        info.time.as_datetime(), info.imprint.digest, info.nonce, info.serial, info.policy.dotted_string,
        message.certificates, message,
    )  # fmt: skip


def judge(token: bytes, imprint: bytes, anchors: Anchors, at: datetime) -> Timestamp | str:
    """Whether a token proves, on day `at`, that the bytes of this SHA-256 existed at its time.

    Args:
        token: DER.
        imprint: SHA-256 of what is to be proved.
        anchors: whom to believe.
        at: the day on which the proof has to hold: now, or the time of a newer token over this one.

    Returns:
        The time and who vouches for it, or the finding: `timestamp_malformed`, `timestamp_imprint` (of something else),
        `timestamp_certificate` (not the one the token names), `timestamp_signature`, `timestamp_purpose` (not an
        authority for timestamps), `timestamp_chain` (nobody who is believed), `timestamp_future`,
        `timestamp_expired` (held once; had to be renewed before its certificate ended).
    """
    try:
        said = read(token)
        if said.imprint != imprint:
            return "timestamp_imprint"
        certificate = authority_of(said)
        if isinstance(certificate, str):
            return certificate
        return _standing(said, certificate, anchors, at) or Timestamp(said.time, certificate)
    except UNREADABLE:
        return "timestamp_malformed"


def authority_of(said: Token) -> x509.Certificate | str:
    """The certificate that signed a token, if it is one for timestamps; nothing is said about who stands behind it.

    Returns:
        The certificate, or the finding: `timestamp_certificate`, `timestamp_signature`, `timestamp_purpose`.
    """
    certificate = cms.certificate_named(said.message)
    if certificate is None:
        return "timestamp_certificate"
    if not cms.is_signed_by(said.message, certificate, said.message.content or b""):
        return "timestamp_signature"
    return certificate if is_authority(certificate) else "timestamp_purpose"


def _standing(said: Token, certificate: x509.Certificate, anchors: Anchors, at: datetime) -> str:
    if isinstance(path(certificate, said.certificates, anchors, said.time, "timestamping"), str):
        return "timestamp_chain"
    if said.time > at:
        return "timestamp_future"
    return "timestamp_expired" if at > certificate.not_valid_after_utc else ""


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate is for timestamps: that purpose alone, marked as critical (RFC 3161, 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, *UNREADABLE):
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _refusal(response: bytes) -> str:
    """Why there is no token, as far as the answer says it."""
    try:
        return f"refused with status {asn1.decode_der(Refusal, response).status.status}"
    except ValueError:
        return "not a timestamp response"
