"""One confirmation, then as many signHash calls as the batch needs; what is missing is fetched while the SAD lives."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from core.sdk.signing import (
    Algorithm,
    Config,
    Digest,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
    algorithm_of,
    arrive,
    kept,
    miss,
    refuse,
    remembered,
)

from . import requests
from .calls import Denied, Service
from .messages import Authorised, Info, Signatures

_EXTEND = "credentials/extendTransaction"


def batch(config: Config) -> int:
    """How many digests one signHash call carries."""
    text = config.get("batch", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() else 100


def confirm(order: SigningOrder, answer: str, config: Config, service: Service, now: datetime) -> Signing | NoAnswer:
    """credentials/authorize with the signer's codes, then sign."""
    asks = tuple(filter(None, order.provider_data.get("asks", "").split(",")))
    given = requests.codes(asks, answer)
    if given is None:
        return miss(order)
    may_extend = _may_extend(order, config, service)
    if isinstance(may_extend, NoAnswer):
        return may_extend
    digests = [digest.digest for digest in order.digests]
    body = requests.authorize(order, digests, given, second=service.second)
    answered = service.ask("credentials/authorize", body, Authorised)
    if isinstance(answered, NoAnswer):
        return answered
    if isinstance(answered, Denied):
        wrong = answered.about("INVALID_OTP", "INVALID_PIN", "OTP", "PIN", "AUTHDATA")
        return miss(order) if wrong else refuse(order, f"authorize: {answered.code}")
    facts = {**_lifetime(answered, now), "extend": "1" if may_extend else ""}
    return go_on(replace(order, provider_data=remembered(order, facts)), config, service, now)


def go_on(order: SigningOrder, config: Config, service: Service, now: datetime) -> Signing | NoAnswer:
    """Sign what is missing. The signer is not asked again: the SAD of their one confirmation is still good."""
    certificate = base64.b64decode(order.provider_data["certificate"])
    calls = 0
    while left := [digest for digest in order.digests if digest.document_id not in kept(order)]:
        if now >= datetime.fromisoformat(order.provider_data["sad_until"]):
            return Signing(SigningState.EXPIRED, kept(order), remember=order.provider_data)
        if order.provider_data.get("extend") and (calls or kept(order)):
            extended = _extend(order, left, service, now)
            if not isinstance(extended, SigningOrder):
                return extended
            order = extended
        seen = _sign(order, left[: batch(config)], certificate, service)
        calls += 1
        if seen.state is not SigningState.AUTHORISED or len(seen.signatures) == len(kept(order)):
            return seen
        order = replace(order, provider_data=seen.remember)
    return arrive(order, certificate, {})


def _sign(order: SigningOrder, part: list[Digest], certificate: bytes, service: Service) -> Signing:
    data = order.provider_data
    digests = [digest.digest for digest in part]
    body = requests.sign_hash(order, digests, data["sad"], data["algorithm"], second=service.second)
    answered = service.ask("signatures/signHash", body, Signatures)
    if isinstance(answered, Denied):
        reason = "sad_expired" if answered.about("EXPIRED") else f"signHash: {answered.code}"
        return refuse(order, reason)
    if isinstance(answered, NoAnswer):
        return Signing(SigningState.AUTHORISED, kept(order), remember=remembered(order))
    # Fewer signatures than digests: the rest is asked for again. Each is checked, so a shifted list cannot pass.
    pairs = zip(part, answered.signatures, strict=False)
    arrived = {digest.document_id: _plain(text, certificate) for digest, text in pairs}
    return arrive(order, certificate, arrived)


def _plain(text: str, certificate: bytes) -> bytes:
    """A signature as the port wants it; what cannot be read is empty, and so not genuine."""
    try:
        value = base64.b64decode(text, validate=True)
        if algorithm_of(certificate) is Algorithm.ECDSA_SHA256 and len(value) != 64:
            r, s = decode_dss_signature(value)
            return r.to_bytes(32) + s.to_bytes(32)
    except (ValueError, OverflowError):
        return b""
    return value


def _may_extend(order: SigningOrder, config: Config, service: Service) -> bool | NoAnswer:
    """Whether the service prolongs a confirmation between the calls of a batch; asked only where there are several."""
    if len(order.digests) <= batch(config):
        return False
    info = service.ask("info", {}, Info)
    if isinstance(info, NoAnswer):
        return info
    return isinstance(info, Info) and _EXTEND in info.methods


def _extend(order: SigningOrder, left: list[Digest], service: Service, now: datetime) -> SigningOrder | Signing:
    digests = [digest.digest for digest in left]
    body = requests.extend(order, digests, order.provider_data["sad"], second=service.second)
    answered = service.ask(_EXTEND, body, Authorised)
    if isinstance(answered, Denied):
        return refuse(order, "sad_expired" if answered.about("EXPIRED") else f"extend: {answered.code}")
    if isinstance(answered, NoAnswer):
        return Signing(SigningState.AUTHORISED, kept(order), remember=remembered(order))
    return replace(order, provider_data=remembered(order, _lifetime(answered, now)))


def _lifetime(found: Authorised, now: datetime) -> dict[str, str]:
    return {"sad": found.sad, "sad_until": (now + timedelta(seconds=max(0, found.expires_in))).isoformat()}
