"""Passkeys: discoverable WebAuthn credentials that verify their user (WebAuthn Level 3), by the library py_webauthn.

A challenge is a signed link of five minutes that names what it is for, so that nothing is stored until it is answered;
an answered one is kept as spent.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import webauthn
from sqlalchemy import text
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from core.audit.canonical import clean
from core.data.context import Context
from core.data.types import new_id
from core.identity.links import LinkExpired, make_link, read_link
from core.types.errors import Conflict, Invalid, NotFound
from core.types.message import _

LIFE = timedelta(minutes=5)
MOST = 20
"""Passkeys of one account."""
_LONGEST = 20_000
_OF = text(
    "SELECT id, name, created_at, last_used_at FROM core_passkey WHERE account_id = :account ORDER BY created_at, id"
)
_CREDENTIALS = text("SELECT credential_id, transports FROM core_passkey WHERE account_id = :account")
_ADD = text(
    "INSERT INTO core_passkey (id, account_id, credential_id, public_key, sign_count, transports, name, created_at)"
    " VALUES (:id, :account, :credential, :key, :count, :transports, :name, :now)"
    " ON CONFLICT (credential_id) DO NOTHING RETURNING id"
)
_FIND = text(
    "SELECT k.id, k.account_id, k.public_key, k.sign_count FROM core_passkey k JOIN core_account a"
    " ON a.id = k.account_id AND a.state = 'active' WHERE k.credential_id = :credential FOR UPDATE OF k"
)
_USED = text("UPDATE core_passkey SET sign_count = :count, last_used_at = :now WHERE id = :id")
_REMOVE = text("DELETE FROM core_passkey WHERE id = :id AND account_id = :account RETURNING id")
_REMOVE_ALL = text("DELETE FROM core_passkey WHERE account_id = :account")
_SPEND = text(
    "INSERT INTO core_spent_challenge (id, until) VALUES (:id, :until) ON CONFLICT (id) DO NOTHING RETURNING id"
)
_PRUNE = text("DELETE FROM core_spent_challenge WHERE until < :now")


@dataclass(frozen=True, slots=True)
class Site:
    """The program as browsers know it: a passkey is good for one host name and works nowhere else."""

    rp_id: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> Self:
        """From the address of the installation."""
        parts = urlsplit(base_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")

    @property
    def usable(self) -> bool:
        """Whether browsers allow passkeys here: by a host name (never an IP address), over HTTPS or on localhost."""
        try:
            ip_address(self.rp_id)
        except ValueError:
            return bool(self.rp_id) and (self.origin.startswith("https://") or self.rp_id == "localhost")
        return False


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class PasskeyCopied(Exception):
    """The counter of a passkey went back: two devices hold it (WebAuthn section 6.1.1). It is refused."""

    def __init__(self, account_id: UUID) -> None:
        super().__init__("a passkey seems to be a copy")
        self.account_id = account_id


class PasskeyRefused(Invalid):
    """The answer of the browser proves nothing."""

    def __init__(self) -> None:
        super().__init__(_("This passkey was not accepted. Please try again or choose another way."))


def passkeys_of(ctx: Context, account_id: UUID) -> list[PasskeyRow]:
    """In the order in which they were made; in a context that reaches accounts."""
    return [PasskeyRow(*row) for row in ctx.session.execute(_OF, {"account": account_id})]


def creation_options(ctx: Context, site: Site, account_id: UUID, login: str, name: str, purpose: str) -> str:
    """What the browser needs to make a passkey, as JSON.

    Args:
        purpose: what the challenge is bound to, such as the session.
    """
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=site.rp_id,
            rp_name="Truong",
            user_id=account_id.bytes,
            user_name=login,
            user_display_name=name,
            challenge=_challenge(purpose, ctx.now()),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(ctx, account_id),
        )
    )


def request_options(ctx: Context, site: Site, purpose: str, account_id: UUID | None = None) -> str:
    """What the browser needs to use a passkey, as JSON; without an account any passkey of this site may answer."""
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.rp_id,
            challenge=_challenge(purpose, ctx.now()),
            allow_credentials=_descriptors(ctx, account_id) if account_id else None,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def add(ctx: Context, site: Site, account_id: UUID, answer: str, purpose: str, name: str) -> UUID:
    """Keep a passkey that the browser has made.

    Raises:
        PasskeyRefused: when the answer is not one to our challenge, or proves nothing.
        Conflict: when it is known already, or there are too many.
    """
    given, challenge = _read(ctx, answer, purpose)
    try:
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise PasskeyRefused from error
    if len(passkeys_of(ctx, account_id)) >= MOST:
        raise Conflict(_("There are too many passkeys. Please remove one that is no longer used."))
    values = {
        "id": new_id(),
        "account": account_id,
        "credential": made.credential_id,
        "key": made.credential_public_key,
        "count": made.sign_count,
        "transports": _transports(given),
        "name": clean(name)[:80],
        "now": ctx.now(),
    }
    kept: UUID | None = ctx.session.execute(_ADD, values).scalar_one_or_none()
    if kept is None:
        raise Conflict(_("This passkey is known already."))
    return kept


def check(ctx: Context, site: Site, answer: str, purpose: str) -> UUID:
    """The account whose passkey has answered our challenge; neither the answer nor its challenge is good again.

    Raises:
        PasskeyRefused: when it proves nothing. PasskeyCopied: when its counter did not go on.
    """
    given, challenge = _read(ctx, answer, purpose)
    try:
        credential = urlsafe_b64decode(str(given["rawId"]) + "==")
    except (KeyError, ValueError) as error:
        raise PasskeyRefused from error
    row = ctx.session.execute(_FIND, {"credential": credential}).one_or_none()
    if row is None:
        raise PasskeyRefused
    try:
        # Its own test of the counter is left to us: a copy has to be told to the owner.
        proof = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise PasskeyRefused from error
    handle = given.get("response", {}).get("userHandle")
    if handle and urlsafe_b64decode(str(handle) + "==") != row.account_id.bytes:
        raise PasskeyRefused
    if (proof.new_sign_count or row.sign_count) and proof.new_sign_count <= row.sign_count:
        raise PasskeyCopied(row.account_id)
    ctx.session.execute(_USED, {"id": row.id, "count": proof.new_sign_count, "now": ctx.now()})
    account_id: UUID = row.account_id
    return account_id


def remove(ctx: Context, account_id: UUID, passkey_id: UUID) -> bool:
    """Forget a passkey of the account; whether there was one."""
    return ctx.session.execute(_REMOVE, {"id": passkey_id, "account": account_id}).one_or_none() is not None


def remove_all(ctx: Context, account_id: UUID) -> None:
    """Forget all passkeys of an account."""
    ctx.session.execute(_REMOVE_ALL, {"account": account_id})


def prune(ctx: Context) -> None:
    """Forget challenges that are over anyway."""
    ctx.session.execute(_PRUNE, {"now": ctx.now()})


def _challenge(purpose: str, now: datetime) -> bytes:
    return make_link(f"identity.passkey:{purpose}", uuid4(), now + LIFE).encode()


def _read(ctx: Context, answer: str, purpose: str) -> tuple[dict[str, Any], bytes]:
    """The answer as JSON with the challenge that it answers: ours, for this purpose, in time, not answered before."""
    try:
        given = json.loads(answer[:_LONGEST])
        client = json.loads(urlsafe_b64decode(str(given["response"]["clientDataJSON"]) + "=="))
        challenge = urlsafe_b64decode(str(client["challenge"]) + "==")
        nonce = read_link(f"identity.passkey:{purpose}", challenge.decode("ascii"), ctx.now())
    except (ValueError, KeyError, TypeError, RecursionError, NotFound, LinkExpired) as error:
        raise PasskeyRefused from error
    spent = {"id": nonce, "until": ctx.now() + LIFE}
    if ctx.session.execute(_SPEND, spent).one_or_none() is None:
        raise PasskeyRefused
    return given, challenge


def _descriptors(ctx: Context, account_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    known = {transport.value for transport in AuthenticatorTransport}
    return [
        PublicKeyCredentialDescriptor(
            id=row.credential_id, transports=[AuthenticatorTransport(name) for name in row.transports if name in known]
        )
        for row in ctx.session.execute(_CREDENTIALS, {"account": account_id})
    ]


def _transports(given: dict[str, Any]) -> list[str]:
    named = given.get("response", {}).get("transports") or []
    return [clean(str(name))[:20] for name in named[:8]] if isinstance(named, list) else []
