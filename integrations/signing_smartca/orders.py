"""Orders at the service: `signatures/sign` places one, `signatures/sign/<tran_code>/status` tells where it is.

What a webhook says is nowhere signed, so none is taken: asking decides.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime

from core.sdk.signing import (
    Config,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
    arrive,
    kept,
    refuse,
    remembered,
    where,
)

from . import codes
from .calls import content, post
from .messages import Placed, Status

_CODE = re.compile(r"[A-Za-z0-9_-]{1,80}")


def place(order: SigningOrder, certificate: bytes, config: Config, http: HttpClient) -> Signing | NoAnswer:
    """Place an order; its id is the transaction's, so that one that was placed before answers as itself."""
    files = [
        {
            "doc_id": digest.document_id,
            "file_type": "xml",
            "sign_type": "hash",
            "data_to_be_signed": digest.digest.hex(),
        }
        for digest in order.digests
    ]
    body = {
        "user_id": order.signer,
        "transaction_id": order.id.hex,
        "transaction_desc": _describe(order),
        "serial_number": order.credential,
        "time_stamp": order.created_at.strftime("%Y%m%d%H%M%SZ"),
        "sign_files": files,
    }
    answer = post("signatures/sign", body, config, http)
    if isinstance(answer, NoAnswer):
        return answer
    if answer.status_code == codes.CONFLICT:
        raise ValueError("the order was begun with other digests")
    placed = content(answer, Placed)
    if isinstance(placed, NoAnswer):
        return placed
    if (
        answer.status_code != codes.SUCCESS
        or placed.transaction_id != order.id.hex
        or not _CODE.fullmatch(placed.tran_code)
    ):
        return NoAnswer(f"code {answer.status_code}, or an answer for another order")
    facts = {"tran_code": placed.tran_code, "certificate": base64.b64encode(certificate).decode()}
    return Signing(SigningState.PREPARED, remember=remembered(order, facts))


def ask(order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
    """Where a placed order is. An answer that is final here is not asked for again."""
    data = order.provider_data
    known = where(order, now)
    if "refused" in data or known.state is SigningState.SIGNED:
        return known
    answer = post(f"signatures/sign/{data['tran_code']}/status", {"user_id": order.signer}, config, http)
    if isinstance(answer, NoAnswer):
        return answer
    state = codes.STATES.get(answer.status_code)
    if state is None:
        return NoAnswer(f"code {answer.status_code}")
    if state is SigningState.REFUSED:
        return refuse(order, codes.REASONS[answer.status_code])
    if state is not SigningState.SIGNED:
        return Signing(
            state if now <= order.expires_at else SigningState.EXPIRED, kept(order), remember=remembered(order)
        )
    status = content(answer, Status)
    if isinstance(status, NoAnswer):
        return status
    if status.transaction_id != order.id.hex:
        return NoAnswer("an answer for another order")
    arrived = {one.doc_id: _bytes(one.signature_value) for one in status.signatures}
    return arrive(order, base64.b64decode(data["certificate"]), arrived)


def _bytes(text: str) -> bytes:
    """A signature; what cannot be read is empty, and so not genuine."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _describe(order: SigningOrder) -> str:
    first = order.digests[0].label
    return f"{first} (+{len(order.digests) - 1})"[:200] if len(order.digests) > 1 else first[:200]
