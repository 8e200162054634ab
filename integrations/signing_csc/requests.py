"""Requests of both versions. Version 2 has renamed what version 1 calls `hash`, `hashAlgo`, `PIN` and `OTP`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from core.sdk.signing import SigningOrder

SHA256 = "2.16.840.1.101.3.4.2.1"


def codes(asks: Sequence[str], answer: str) -> dict[str, str] | None:
    """What the signer typed, by what was asked for; several are typed with spaces between. None: not so many."""
    parts = answer.split(maxsplit=len(asks) - 1) if asks else []
    return dict(zip(asks, parts, strict=True)) if len(parts) == len(asks) else None


def authorize(
    order: SigningOrder, digests: Sequence[bytes], given: Mapping[str, str], *, second: bool
) -> dict[str, object]:
    """credentials/authorize: one confirmation for all digests.

    They are always sent: SCAL 2 binds the confirmation to them, and SCAL 1 can show them to the signer.
    """
    body: dict[str, object] = {
        "credentialID": order.credential,
        "numSignatures": len(digests),
        "description": describe(order),
        "clientData": order.id.hex,
    }
    if second:
        data = [{"id": name, "value": value} for name, value in given.items()]
        return {**body, "hashes": encode(digests), "hashAlgorithmOID": SHA256, "authData": data}
    return {**body, "hash": encode(digests), **given}


def extend(order: SigningOrder, digests: Sequence[bytes], sad: str, *, second: bool) -> dict[str, object]:
    """credentials/extendTransaction: the same confirmation, for what is still to be signed."""
    name = "hashes" if second else "hash"
    body: dict[str, object] = {"credentialID": order.credential, "SAD": sad, name: encode(digests)}
    return {**body, "hashAlgorithmOID": SHA256} if second else body


def sign_hash(
    order: SigningOrder, digests: Sequence[bytes], sad: str, algorithm: str, *, second: bool
) -> dict[str, object]:
    """signatures/signHash."""
    body: dict[str, object] = {"credentialID": order.credential, "SAD": sad, "signAlgo": algorithm}
    if second:
        return {**body, "hashes": encode(digests), "hashAlgorithmOID": SHA256}
    return {**body, "hash": encode(digests), "hashAlgo": SHA256}


def encode(digests: Sequence[bytes]) -> list[str]:
    """As the interface wants them."""
    return [base64.b64encode(digest).decode() for digest in digests]


def describe(order: SigningOrder) -> str:
    """What the signer's app shows: the first label and how many more (at most 500 characters by the standard)."""
    first = order.digests[0].label
    return f"{first} (+{len(order.digests) - 1})"[:500] if len(order.digests) > 1 else first[:500]
