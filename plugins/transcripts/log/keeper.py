"""The key of the log: made at the first batch, kept sealed, published as `Verifier`."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from core.sdk import Context
from core.sdk.settings import keys

from .models import LogKey
from .note import Verifier

_PLACE = "transcripts_log_key"


@dataclass(frozen=True)
class Signer:
    """Who signs for the log."""

    verifier: Verifier
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        return self.verifier.name


def signer(ctx: Context) -> Signer | None:
    """The signer; None before the first batch."""
    row = ctx.session.scalars(select(LogKey)).first()
    if row is None:
        return None
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(keys().unseal(row.sealed, _PLACE)))
    return Signer(Verifier(row.name, row.public), key)


def make_signer(ctx: Context) -> Signer:
    """The signer, made if there is none; the caller holds the lock of the log.

    Its name is its own digest: an installation may move to another address, its log goes on.
    """
    found = signer(ctx)
    if found is not None:
        return found
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    name = f"hoc-ba.truong/{hashlib.sha256(public).hexdigest()[:16]}"
    sealed = keys().seal(base64.b64encode(key.private_bytes_raw()).decode(), _PLACE)
    ctx.session.add(LogKey(name=name, public=public, sealed=sealed, since=ctx.now()))
    ctx.session.flush()
    return Signer(Verifier(name, public), key)
