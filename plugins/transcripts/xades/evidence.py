"""What is added to a signature later: the time it was proved to exist, certificates, words of their issuers.

Only to the principal's and the seal's: the others stand inside what those two sign.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from . import form

_END = b"</xades:QualifyingProperties>"
_ENCODED = re.compile(rb">([A-Za-z0-9+/]+={0,2})<")


def add(
    block: bytes,
    timestamp: bytes = b"",
    certificates: Sequence[bytes] = (),
    crls: Sequence[bytes] = (),
    ocsps: Sequence[bytes] = (),
) -> bytes:
    """A block with unsigned properties; DER each. What was there before is replaced.

    Raises:
        ValueError: not a block of our form.
    """
    found = form.BLOCK.fullmatch(block)
    if found is None:
        raise ValueError("not a signature of this form")
    bare = block.replace(found["unsigned"] or b"", b"") if found["unsigned"] else block
    stamp = ""
    if timestamp:
        stamp = (
            f'<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="{form.C14N}"></ds:CanonicalizationMethod>'
            + _many("EncapsulatedTimeStamp", [timestamp])
            + "</xades:SignatureTimeStamp>"
        )
    words = _group("CRLValues", "EncapsulatedCRLValue", crls) + _group("OCSPValues", "EncapsulatedOCSPValue", ocsps)
    inner = stamp + _group("CertificateValues", "EncapsulatedX509Certificate", certificates)
    inner += f"<xades:RevocationValues>{words}</xades:RevocationValues>" if words else ""
    name = "UnsignedSignatureProperties"
    wrapped = f"<xades:UnsignedProperties><xades:{name}>{inner}</xades:{name}></xades:UnsignedProperties>"
    return bare.replace(_END, wrapped.encode() + _END)


def values(group: bytes | None) -> tuple[bytes, ...]:
    """DER of every value of a group, as `form.BLOCK` finds it."""
    return tuple(exact(one) for one in _ENCODED.findall(group or b""))


def exact(encoded: bytes) -> bytes:
    """Decoded base64 in its only form: no stray bits at the end, so that no byte of a file is free to change.

    Raises:
        ValueError: any other form.
    """
    decoded = base64.b64decode(encoded, validate=True)
    if base64.b64encode(decoded) != encoded:
        raise ValueError("not the only form of these bytes")
    return decoded


def _group(name: str, item: str, values: Sequence[bytes]) -> str:
    return f"<xades:{name}>{_many(item, values)}</xades:{name}>" if values else ""


def _many(item: str, values: Sequence[bytes]) -> str:
    return "".join(f"<xades:{item}>{base64.b64encode(one).decode()}</xades:{item}>" for one in values)
