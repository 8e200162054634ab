"""One signature block against its place: everything it claims, compared with what must be claimed there."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from core.sdk.signing import algorithm_of, is_genuine

from ..record.layout import Layout
from ..record.slots import slot_name
from ..rules.slots import Place, Role
from ..trust.unreadable import UNREADABLE
from ..xades import form
from ..xades.evidence import exact, values
from ..xades.signing import METHODS, value_element
from . import person

_REFERENCE = re.compile(
    rb'<ds:Reference(?: Type="([^"]*)")?(?: URI="([^"]*)")?><ds:Transforms>(.*?)</ds:Transforms>'
    rb'<ds:DigestMethod Algorithm="([^"]*)"></ds:DigestMethod><ds:DigestValue>([^<]*)</ds:DigestValue></ds:Reference>'
)
_TRANSFORM = f'<ds:Transform Algorithm="{form.C14N}"></ds:Transform>'.encode()


@dataclass(frozen=True, slots=True)
class Block:
    """A block that was read; `codes` name what is wrong with it as a signature (integrity)."""

    place: Place
    codes: tuple[str, ...]
    certificate: x509.Certificate | None = None
    signed_at: datetime | None = None
    role: str = ""
    method: str = ""
    value: bytes = field(default=b"", repr=False)
    """ds:SignatureValue in canonical form, which a timestamp is about."""
    timestamp: bytes = field(default=b"", repr=False)
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    revocation: tuple[bytes, ...] = field(default=(), repr=False)


def judge(place: Place, block: bytes, parts: Mapping[str, bytes], principal: bytes, layout: Layout) -> Block:
    """Read and judge the block that stands in a place.

    Args:
        parts: canonical bytes by Id, as the reader found them.
        principal: the block in the principal's place, whose value the seal signs.
    """
    if not block:
        return Block(place, ("signature_missing",))
    found = form.BLOCK.fullmatch(block)
    if found is None:
        return Block(place, (_why_malformed(block),))
    try:
        timestamp, value = exact(found["timestamp"] or b""), exact(found["value"])
        others = values(found["certificates"])
        revocation = values(found["crls"]) + values(found["ocsps"])
    except ValueError:
        return Block(place, ("signature_malformed",))
    try:
        certificate = exact(found["certificate"])
        read = person.read(certificate)
        signed_at = _time(found["time"].decode())
    except UNREADABLE:
        return Block(place, ("certificate_unreadable",))
    codes = [*_names(place, found), *_references(place, found, parts, principal, layout)]
    codes += _keys(found, certificate, value)
    return Block(
        place,
        tuple(dict.fromkeys(codes)),
        read,
        signed_at,
        found["role"].decode(),
        found["method"].decode(),
        value_element(block),
        timestamp,
        others,
        revocation,
    )


def _time(text: str) -> datetime:
    """Only the one way in which we write it (XML Schema dateTime in UTC, to the second)."""
    time = datetime.fromisoformat(text)
    if not text.endswith("Z") or time.strftime("%Y-%m-%dT%H:%M:%SZ") != text:
        raise ValueError("not a time of this form")
    return time


def _why_malformed(block: bytes) -> str:
    if block.count(b"<ds:Signature ") > 1:
        return "signature_extra"
    references, transforms = block.count(b"<ds:Reference"), block.count(b"<ds:Transform ")
    if references != transforms or b"XPath" in block:
        return "transform_refused"
    return "signature_malformed"


def _names(place: Place, found: re.Match[bytes]) -> Iterator[str]:
    slot = slot_name(place)
    wanted = {"id": f"sig-{slot}", "target": f"#sig-{slot}", "properties_id": f"sp-{slot}"}
    if any((found[key] or b"").decode() != name for key, name in wanted.items()):
        yield "signature_elsewhere"
    if (found["value_id"] or b"").decode() != (form.SEALED_VALUE if place.role is Role.PRINCIPAL else ""):
        yield "signature_malformed"
    if found["role"].decode() != place.role.value:
        yield "role_differs"
    if found["c14n"].decode() != form.C14N:
        yield "canonical_form_refused"


def _references(
    place: Place, found: re.Match[bytes], parts: Mapping[str, bytes], principal: bytes, layout: Layout
) -> Iterator[str]:
    content, own = parts.get(layout.reference(place), b""), f"sp-{slot_name(place)}"
    wanted = [
        ("", layout.reference(place), content, "digest_differs"),
        (form.PROPERTIES, own, form.properties_alone(found["properties"]), "properties_differ"),
    ]
    if place.role is Role.SEAL:
        wanted.append(("", form.SEALED_VALUE, value_element(principal) if principal else b"", "principal_differs"))
    references = _REFERENCE.findall(found["references"])
    if len(references) != len(wanted):
        yield "reference_refused"
    for (kind, uri, transforms, method, digest), (type_, name, signed, differs) in zip(
        references, wanted, strict=False
    ):
        if not uri.startswith(b"#") or len(uri) == 1:
            yield "reference_refused"
        elif kind.decode() != type_ or uri.decode() != f"#{name}":
            yield "reference_elsewhere"
        if transforms != _TRANSFORM:
            yield "transform_refused"
        if method.decode() != form.SHA256:
            yield "digest_algorithm_refused"
        elif digest != base64.b64encode(hashlib.sha256(signed).digest()):
            yield differs


def _keys(found: re.Match[bytes], certificate: bytes, value: bytes) -> Iterator[str]:
    if found["cert_method"].decode() != form.SHA256:
        yield "digest_algorithm_refused"
    elif found["cert_digest"] != base64.b64encode(hashlib.sha256(certificate).digest()):
        yield "certificate_digest_differs"
    method = found["method"].decode()
    if method not in METHODS.values():
        yield "signature_algorithm_refused"
        return
    algorithm = algorithm_of(certificate)
    if algorithm is None or METHODS[algorithm] != method:
        yield "certificate_weak_key" if algorithm is None else "signature_algorithm_refused"
    elif not is_genuine(certificate, hashlib.sha256(form.alone(found["info"])).digest(), value):
        yield "signature_wrong"
