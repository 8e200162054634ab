"""From a file to the bytes that a key signs, and from the signature back into the file.

The key may be anywhere: `prepare` says what to sign, `finish` builds the block, `embed` puts blocks in place. The same
arguments always give the same bytes, so nothing but them needs to be kept while a signer is asked.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.sdk.signing import Algorithm, algorithm_of, is_genuine

from ..record.layout import Layout
from ..record.slots import slot_name
from ..rules.slots import Place, Role
from . import form

METHODS = {Algorithm.RSA_SHA256: form.RSA_SHA256, Algorithm.ECDSA_SHA256: form.ECDSA_SHA256}


class NotReady(ValueError):
    """This place cannot be signed now: it is not there, taken, or one before it is empty."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one key has to sign for one place of one file."""

    place: Place
    to_be_signed: bytes = field(repr=False)
    """ds:SignedInfo in canonical form: what a token that hashes by itself takes."""
    digest: bytes
    """SHA-256 of it: what everything else takes."""
    certificate: bytes = field(repr=False)
    info: str = field(repr=False)
    properties: str = field(repr=False)


def prepare(data: bytes, place: Place, certificate: bytes, signed_at: datetime, layout: Layout) -> Prepared:
    """What to sign.

    Args:
        data: the file as it is, written by `record.writer`.
        certificate: the signer's, DER.
        signed_at: aware; kept to the second.

    Raises:
        NotReady: see there.
        ValueError: a certificate whose key is not allowed.
    """
    algorithm = algorithm_of(certificate)
    if algorithm is None:
        raise ValueError("the certificate's key is not allowed")
    _check_order(data, place, layout)
    slot = slot_name(place)
    time = signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    properties = form.signed_properties(slot, time, _digest(certificate), place.role.value)
    references = form.reference(layout.reference(place), _digest(part(data, place, layout)))
    references += form.reference(f"sp-{slot}", _digest(form.properties_alone(properties.encode())), form.PROPERTIES)
    if place.role is Role.SEAL:
        references += form.reference(form.SEALED_VALUE, _digest(form.alone(_principal_value(data))))
    info = form.signed_info(METHODS[algorithm], references)
    to_be_signed = form.alone(info.encode())
    return Prepared(place, to_be_signed, hashlib.sha256(to_be_signed).digest(), certificate, info, properties)


def finish(prepared: Prepared, signature: bytes) -> bytes:
    """The block for a place. A signature that is not right for it never gets into a file.

    Args:
        signature: PKCS #1 v1.5 for RSA; r and s side by side (64 bytes) for P-256.

    Raises:
        ValueError: not a signature of what was prepared under that certificate.
    """
    if not is_genuine(prepared.certificate, prepared.digest, signature):
        raise ValueError("not a signature of what was prepared")
    value_id = form.SEALED_VALUE if prepared.place.role is Role.PRINCIPAL else ""
    value, certificate = (base64.b64encode(one).decode() for one in (signature, prepared.certificate))
    slot = slot_name(prepared.place)
    return form.signature(slot, prepared.info, value_id, value, certificate, prepared.properties).encode()


def embed(data: bytes, blocks: Mapping[Place, bytes], layout: Layout) -> bytes:
    """The file with these blocks in their empty places.

    Raises:
        NotReady: a place that is not there or not empty.
    """
    for place, block in blocks.items():
        start, end = (tag.encode() for tag in layout.slot_tags(place))
        # `<` never stands in texts, so what looks like an empty place is one, and it is the only one.
        if data.count(start + end) != 1:
            raise NotReady(slot_name(place))
        data = data.replace(start + end, start + block + end)
    return data


def part(data: bytes, place: Place, layout: Layout) -> bytes:
    """Canonical bytes of what a place signs: a slice of the file.

    Raises:
        NotReady: the file has no such part.
    """
    name, identifier = layout.referenced(place), layout.reference(place)
    begin = data.find(f'<{name} Id="{identifier}">'.encode())
    close = f"</{name}>".encode()
    end = data.find(close, begin)
    if begin < 0 or end < 0:
        raise NotReady(slot_name(place))
    return data[begin : end + len(close)]


def value_element(block: bytes) -> bytes:
    """ds:SignatureValue of a block in canonical form: what a timestamp of the signature is about (XAdES, 5.3)."""
    begin, close = block.find(b"<ds:SignatureValue"), b"</ds:SignatureValue>"
    return form.alone(block[begin : block.find(close) + len(close)])


def _principal_value(data: bytes) -> bytes:
    begin, close = data.find(f'<ds:SignatureValue Id="{form.SEALED_VALUE}">'.encode()), b"</ds:SignatureValue>"
    return data[begin : data.find(close, begin) + len(close)]


def _check_order(data: bytes, place: Place, layout: Layout) -> None:
    """Nobody signs over an empty place of somebody who comes before."""
    own = "".join(layout.slot_tags(place)).encode()
    if data.count(own) != 1:
        raise NotReady(slot_name(place))
    homeroom, principal = ("".join(layout.slot_tags(Place(role))).encode() for role in (Role.HOMEROOM, Role.PRINCIPAL))
    subject = f'<{layout.slots[Role.SUBJECT]} Id="gvbm-'.encode()
    if place.role is not Role.SUBJECT and data.count(subject) != data.count(
        b'<ds:Signature xmlns:ds="' + form.DS.encode() + b'" Id="sig-gvbm-'
    ):
        raise NotReady("gvbm")
    if place.role in (Role.PRINCIPAL, Role.SEAL) and homeroom in data:
        raise NotReady("gvcn")
    if place.role is Role.SEAL and principal in data:
        raise NotReady("cbql")


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()
