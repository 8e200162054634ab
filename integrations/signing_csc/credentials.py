"""What a service says about a credential, in the words of both versions."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

from core.sdk.signing import Algorithm, Credential, NoAnswer, algorithm_of

from .calls import Denied, Service
from .messages import CredentialIds, CredentialInfo

MOST = 500
"""Digests of one confirmation, whatever the service allows."""
SIGN_ALGORITHMS = {
    Algorithm.RSA_SHA256: ("1.2.840.113549.1.1.11", "1.2.840.113549.1.1.1"),
    Algorithm.ECDSA_SHA256: ("1.2.840.10045.4.3.2", "1.2.840.10045.2.1"),
}
"""OIDs that make such signatures of a SHA-256 digest, the preferred first."""
_PAGES = 20

Ask = Literal["PIN", "OTP"]


@dataclass(frozen=True, slots=True)
class Known:
    """A credential of the port and what signing with it needs."""

    credential: Credential
    usable: bool
    sign_algorithm: str
    asks: tuple[str, ...]
    """What the signer types, in this order."""
    sends_code: bool
    """Whether the service has to be asked to send the one-time code."""
    digests_bound: bool
    """SCAL 2: the confirmation holds for exactly these digests."""


def find_all(service: Service, signer: str, *, by_name: bool) -> tuple[Known, ...] | NoAnswer:
    """All credentials of a signer. `by_name`: the account is a service's that signs for many, so the user is named."""
    wanted: dict[str, object] = {"userID": signer} if by_name and signer else {}
    ids: list[str] = []
    for _page in range(_PAGES):
        listed = service.ask("credentials/list", wanted, CredentialIds)
        if isinstance(listed, Denied):
            return NoAnswer(f"no list of credentials: {listed.code}")
        if isinstance(listed, NoAnswer):
            return listed
        ids += listed.ids
        if not listed.next_page:
            break
        wanted["pageToken"] = listed.next_page
    found: list[Known] = []
    for id in dict.fromkeys(ids):
        known = find(service, id)
        if isinstance(known, NoAnswer):
            return known
        if known is not None and known.usable:
            found.append(known)
    return tuple(found)


def find(service: Service, id: str) -> Known | NoAnswer | None:
    """One credential; None when the service knows none of this id or it cannot sign as we do."""
    asked = {"credentialID": id, "certificates": "chain", "certInfo": True, "authInfo": True}
    info = service.ask("credentials/info", asked, CredentialInfo)
    if isinstance(info, Denied):
        return None
    return info if isinstance(info, NoAnswer) else _read(id, info, second=service.second)


def _read(id: str, info: CredentialInfo, *, second: bool) -> Known | NoAnswer | None:
    try:
        chain = tuple(base64.b64decode(one, validate=True) for one in info.cert.certificates)
        subject = x509.load_der_x509_certificate(chain[0]).subject
    except (ValueError, IndexError):
        return NoAnswer("the certificate cannot be read")
    algorithm = algorithm_of(chain[0])
    if algorithm is None:
        return None
    oid = next((oid for oid in SIGN_ALGORITHMS[algorithm] if oid in info.key.algo), "")
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    label = str(names[0].value) if names else info.description or id
    credential = Credential(id, label, chain, algorithm, max(1, min(info.multisign, MOST)))
    usable = bool(oid) and info.key.status == "enabled" and info.cert.status == "valid"
    asks, sends = _asks_second(info) if second else _asks_first(info)
    return Known(credential, usable, oid, asks, sends, info.scal == "2")


def _asks_first(info: CredentialInfo) -> tuple[tuple[str, ...], bool]:
    if info.auth_mode != "explicit":
        return (), False
    asks = tuple(name for name, one in (("PIN", info.pin), ("OTP", info.otp)) if one.presence == "true")
    return asks, info.otp.presence == "true" and info.otp.type == "online"


def _asks_second(info: CredentialInfo) -> tuple[tuple[str, ...], bool]:
    if info.auth.mode != "explicit":
        return (), False
    asked = [one for one in info.auth.objects if one.type in ("Password", "")]
    return tuple(one.id for one in asked), any(one.generator not in ("", "totp", "hotp") for one in asked)
