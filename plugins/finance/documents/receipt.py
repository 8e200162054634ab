"""The receipt as PDF, made from the stored content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.sdk.documents import pdf
from core.sdk.qr import document
from plugins.finance.rules.initials import initials

TEMPLATE = Path(__file__).with_name("receipt.typ")


def inputs(
    content: Mapping[str, Any],
    *,
    cancelled: bool,
    cancel_reason: str,
    private: bool = False,
    einvoices: Sequence[str] = (),
) -> str:
    """What the template reads: the stored content with what follows from it.

    `private`: for somebody who has only a link; the child by initials and class, without its code.
    """
    pupil = content["pupil"]
    if private:
        pupil = {**pupil, "name": initials(pupil["name"]), "code": ""}
    references = [bill["reference"] for bill in content["bills"]]
    label = f"{content['year']}/{content['number']:06d}"
    return json.dumps(
        {
            **content,
            "payer": _payer(content, pupil["name"]),
            "pupil": pupil,
            "private": private,
            "einvoices": list(einvoices),
            "references": references,
            "cancelled": cancelled,
            "cancel_reason": cancel_reason,
            "qr": document(" ".join(["BIEN LAI", label, str(content["amount"]), *references]), dark="#1d2b26"),
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def _payer(content: Mapping[str, Any], pupil: str) -> str:
    """Whom the receipt is made out to: the parents, or who paid instead of them."""
    other: Mapping[str, str] | None = content.get("payer")
    if not other:
        return f"Phụ huynh học sinh {pupil}"
    code = f"mã số thuế {other['tax_code']}" if other["tax_code"] else ""
    return ", ".join(part for part in (other["name"], code, other["address"]) if part)


def key_of(text: str) -> str:
    """The digest that a rendered document is cached under: it changes with content, state and template."""
    return hashlib.sha256(text.encode() + TEMPLATE.read_bytes()).hexdigest()


def render(text: str, made_at: datetime) -> bytes:
    """The document for `inputs(...)`: A5, byte for byte the same for the same input."""
    return pdf(TEMPLATE, text, made_at)
