"""What an order remembers of itself, for providers whose service (or key) has no memory of orders.

Everything is in `SigningOrder.provider_data`, which the core keeps sealed: the digests it was begun with, signatures
that are there already, wrong codes so far, why it was refused.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime

from .port import DIGEST_BYTES, Credential, Signing, SigningOrder, SigningState
from .verify import is_genuine

WRONG_CODES = 3
"""So many wrong codes end an order."""
_DIGESTS, _MISSES, _REFUSED, _SIGNATURE = "digests", "misses", "refused", "signature:"


def check_order(order: SigningOrder, credential: Credential | None) -> None:
    """What no provider may begin.

    Args:
        credential: the one that the order names; None where the signer has no such one.

    Raises:
        ValueError: as `SigningProvider.begin` says.
    """
    if credential is None:
        raise ValueError("the credential is not known")
    documents = {digest.document_id for digest in order.digests}
    if not 0 < len(order.digests) <= credential.max_batch:
        raise ValueError("no digest, or more than one confirmation may cover")
    if len(documents) != len(order.digests):
        raise ValueError("a document comes twice")
    if any(len(digest.digest) != DIGEST_BYTES for digest in order.digests):
        raise ValueError("a digest is no SHA-256")


def was_begun(order: SigningOrder) -> bool:
    """Whether the order was begun before.

    Raises:
        ValueError: begun with other digests.
    """
    known = order.provider_data.get(_DIGESTS)
    if known is not None and known != _fingerprint(order):
        raise ValueError("the order was begun with other digests")
    return known is not None


def remembered(order: SigningOrder, facts: Mapping[str, str] | None = None) -> dict[str, str]:
    """What to remember: all of before, the digests, and new facts."""
    return {**order.provider_data, _DIGESTS: _fingerprint(order), **(facts or {})}


def kept(order: SigningOrder) -> dict[str, bytes]:
    """Signatures that are there already, by document."""
    wanted = {digest.document_id for digest in order.digests}
    return {
        name.removeprefix(_SIGNATURE): base64.b64decode(value)
        for name, value in order.provider_data.items()
        if name.startswith(_SIGNATURE) and name.removeprefix(_SIGNATURE) in wanted
    }


def where(order: SigningOrder, now: datetime, prompt: str = "") -> Signing:
    """Where an order is by what it remembers itself: signed, refused, expired, or still prepared with its prompt."""
    signatures, data = kept(order), remembered(order)
    if len(signatures) == len(order.digests):
        return Signing(SigningState.SIGNED, signatures, remember=data)
    if reason := data.get(_REFUSED, ""):
        return Signing(SigningState.REFUSED, signatures, remember=data, reason=reason)
    if now > order.expires_at:
        return Signing(SigningState.EXPIRED, signatures, remember=data)
    return Signing(SigningState.PREPARED, signatures, prompt=prompt, remember=data)


def refuse(order: SigningOrder, reason: str) -> Signing:
    """The order has ended without (all of) its signatures."""
    return Signing(SigningState.REFUSED, kept(order), remember=remembered(order, {_REFUSED: reason}), reason=reason)


def miss(order: SigningOrder, prompt: str = "") -> Signing:
    """A wrong code: the order waits on, until there were too many."""
    misses = int(order.provider_data.get(_MISSES, "0")) + 1
    if misses >= WRONG_CODES:
        return refuse(order, "wrong_code")
    data = remembered(order, {_MISSES: str(misses)})
    return Signing(SigningState.PREPARED, kept(order), prompt=prompt, remember=data)


def arrive(
    order: SigningOrder, certificate: bytes, arrived: Mapping[str, bytes], facts: Mapping[str, str] | None = None
) -> Signing:
    """Take signatures in: SIGNED when all are there, AUTHORISED while some are missing.

    A signature that is not genuine is not taken and refuses the order: whoever sent it is not to be asked again.

    Args:
        certificate: DER, of the credential.
        arrived: by document; those that nobody asked for are ignored.
        facts: what else to remember.
    """
    digests = {digest.document_id: digest.digest for digest in order.digests}
    wanted = {name: signature for name, signature in arrived.items() if name in digests}
    right = {name: value for name, value in wanted.items() if is_genuine(certificate, digests[name], value)}
    news = {f"{_SIGNATURE}{name}": base64.b64encode(value).decode() for name, value in right.items()}
    data, signatures = remembered(order, {**(facts or {}), **news}), {**kept(order), **right}
    if len(right) < len(wanted):
        return Signing(
            SigningState.REFUSED, signatures, remember={**data, _REFUSED: "wrong_signature"}, reason="wrong_signature"
        )
    state = SigningState.SIGNED if len(signatures) == len(digests) else SigningState.AUTHORISED
    return Signing(state, signatures, remember=data)


def _fingerprint(order: SigningOrder) -> str:
    whole = hashlib.sha256(order.credential.encode() + b"\0")
    for digest in order.digests:
        whole.update(hashlib.sha256(digest.document_id.encode()).digest() + digest.digest)
    return whole.hexdigest()
