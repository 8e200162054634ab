"""A private key in the program, opened by a code: what private schools and tests sign with."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from core.sdk import Message, _
from core.sdk.signing import (
    DIGEST_BYTES,
    Algorithm,
    Config,
    Credential,
    Digest,
    Field,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
)

from .certificates import PrivateKey, chain_for, curve_key

MOST = 40


def sign_digest(key: PrivateKey, digest: bytes) -> bytes:
    """PKCS #1 v1.5, or r and s side by side."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
        return r.to_bytes(32) + s.to_bytes(32)
    return key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))


def check_order(order: SigningOrder, known: set[str], most: int) -> None:
    """What every provider refuses."""
    documents = {digest.document_id for digest in order.digests}
    if order.credential not in known:
        raise ValueError("unknown credential")
    if not 0 < len(order.digests) <= most or len(documents) != len(order.digests):
        raise ValueError("no digest, too many, or a document twice")
    if any(len(digest.digest) != DIGEST_BYTES for digest in order.digests):
        raise ValueError("no SHA-256")


def fingerprint(digests: tuple[Digest, ...]) -> str:
    whole = hashlib.sha256()
    for digest in digests:
        whole.update(digest.document_id.encode() + b"\0" + digest.digest)
    return whole.hexdigest()


class KeySigner:
    """Keeps what it knows of an order in `remember`: it has no memory of its own."""

    name = "keys"
    label: Message = _("Cancel")
    fields: tuple[Field, ...] = (Field("code", _("Cancel"), secret=True),)
    outbound_hosts: tuple[str, ...] = ()
    confirms: Literal["code", "elsewhere", "agent"] = "code"

    def __init__(self, key: PrivateKey | None = None) -> None:
        self._key = key or curve_key()

    def check(self, config: Config) -> Mapping[str, Message]:
        return {} if config.get("code") else {"code": _("Please fill this in.")}

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        curve = isinstance(self._key, ec.EllipticCurvePrivateKey)
        algorithm = Algorithm.ECDSA_SHA256 if curve else Algorithm.RSA_SHA256
        return (Credential("seal", "Nguyễn Thị Hoa", chain_for(self._key), algorithm, MOST),)

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        check_order(order, {"seal"}, MOST)
        seen = order.provider_data.get("digests")
        if seen and seen != fingerprint(order.digests):
            raise ValueError("begun with other digests")
        if seen:
            return self.poll(order, config, http, now)
        return Signing(SigningState.PREPARED, remember={"digests": fingerprint(order.digests)})

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        known = self.poll(order, config, http, now)
        if not isinstance(known, Signing) or known.state is not SigningState.PREPARED:
            return known
        if not hmac.compare_digest(answer.encode(), config["code"].encode()):
            return known
        signatures = {d.document_id: sign_digest(self._key, d.digest) for d in order.digests}
        kept = {f"sig:{name}": base64.b64encode(value).decode() for name, value in signatures.items()}
        return Signing(SigningState.SIGNED, signatures, remember={**order.provider_data, **kept})

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        kept = {
            name.removeprefix("sig:"): base64.b64decode(value)
            for name, value in order.provider_data.items()
            if name.startswith("sig:")
        }
        if kept:
            return Signing(SigningState.SIGNED, kept, remember=order.provider_data)
        state = SigningState.EXPIRED if now > order.expires_at else SigningState.PREPARED
        return Signing(state, remember=order.provider_data)


class Holder:
    """The person who knows the code."""

    id = "hoa"

    def __init__(self) -> None:
        self.confirmations = 0

    def confirm(self, order: SigningOrder, signing: Signing) -> str:
        self.confirmations += 1
        return "2468"

    def decline(self, order: SigningOrder, signing: Signing) -> str:
        return "1357"
