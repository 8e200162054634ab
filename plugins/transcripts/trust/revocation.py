"""Whether a certificate was revoked at a time, judged from evidence that was kept (EN 319 102-1, 5.2.5, 5.2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from .status import Kind, Refused, Statement, statement_of_answer, statement_of_list

NO_GRACE = timedelta(0)


@dataclass(frozen=True)
class Good:
    """Not revoked at that time."""

    said_at: datetime
    """When the issuer said so."""


@dataclass(frozen=True)
class Revoked:
    """Revoked at that time already."""

    at: datetime
    reason: str


def judge(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    evidence: Sequence[bytes],
    at: datetime,
    *,
    grace: timedelta = NO_GRACE,
) -> Good | Revoked | str:
    """What the evidence says about a certificate at a time.

    Args:
        certificate: whose status is asked.
        issuer: who issued it; its own standing is judged elsewhere.
        evidence: OCSP answers and lists (DER), in any order, about whomever.
        at: the time in question, as a rule that of the timestamp.
        grace: how long a revocation may take until it is published. Evidence that clears a certificate must then be at
            least that much younger than `at`. Without grace, the newest word at that time is enough.

    Returns:
        Good or Revoked; or why nothing is known: `revocation_wrong_responder`, `revocation_stale` (from another time),
        `revocation_unknown` (no word about it, or the issuer does not know it).
    """
    said = [_statement(one, certificate, issuer) for one in evidence]
    statements = sorted((one for one in said if isinstance(one, Statement)), key=lambda one: one.since)
    clearing = [one for one in statements if _clears(one, certificate, at, grace)]
    if (revoked := _revoked(statements, clearing, at)) is not None:
        return Revoked(revoked.revoked_at or revoked.since, revoked.reason)
    if clearing:
        return Good(clearing[-1].since)
    return _why_unknown(said, statements)


def _statement(der: bytes, certificate: x509.Certificate, issuer: x509.Certificate) -> Statement | Refused:
    """Evidence is one of two kinds; what cannot be read as one is tried as the other."""
    answer = statement_of_answer(der, certificate, issuer)
    return statement_of_list(der, certificate, issuer) if answer is Refused.UNREADABLE else answer


def _clears(said: Statement, certificate: x509.Certificate, at: datetime, grace: timedelta) -> bool:
    """Whether a statement says that the certificate was not revoked at that time."""
    if said.kind is Kind.REVOKED:
        cleared = said.revoked_at is not None and said.revoked_at > at
    else:
        cleared = said.kind is Kind.GOOD
    # Issuers may forget certificates that have ended (RFC 5280, 3.3): being silent about one clears nothing.
    if not cleared or (said.kind is Kind.GOOD and said.since > certificate.not_valid_after_utc):
        return False
    if said.since >= at + grace:
        return True
    return not grace and said.until is not None and said.since <= at <= said.until


def _revoked(statements: Iterable[Statement], clearing: Sequence[Statement], at: datetime) -> Statement | None:
    """The first revocation that counts; one on hold is lifted by a later word that clears."""
    for one in statements:
        if one.kind is not Kind.REVOKED or (one.revoked_at is not None and one.revoked_at > at):
            continue
        if not (one.on_hold and any(later.since > one.since for later in clearing)):
            return one
    return None


def _why_unknown(said: Sequence[Statement | Refused], statements: Sequence[Statement]) -> str:
    if Refused.WRONG_RESPONDER in said:
        return "revocation_wrong_responder"
    if any(one.kind is not Kind.UNKNOWN for one in statements):
        return "revocation_stale"
    return "revocation_unknown"
