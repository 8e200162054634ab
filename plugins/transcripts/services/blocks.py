"""The seam between the workflow and the form of the files: what is signed in a place, and what a whole file is."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..record.layout import own
from ..record.reader import read
from ..record.writer import envelope
from ..rules.slots import Place
from .signers import Ready

MEDIA_TYPE = "application/xml"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be signed in a place."""

    digest: bytes
    block: bytes = field(repr=False)


def prepare(frozen: bytes, signatures: Mapping[Place, bytes], place: Place, signer: Ready, at: datetime) -> Prepared:
    """What a signer signs in a place of a file, byte by byte the same for the same arguments."""
    document = read(assembled(frozen, signatures), own())
    part = document.parts[document.layout.reference(place)]
    block = b"|".join([hashlib.sha256(part).digest(), signer.sha256.encode(), at.isoformat().encode()])
    return Prepared(hashlib.sha256(block).digest(), block)


def finish(prepared: Prepared, signature: bytes, signer: Ready) -> bytes:
    """The signature as it stands in the file."""
    return b"<x>" + base64.b64encode(prepared.block) + base64.b64encode(signature) + b"</x>"


def assembled(frozen: bytes, signatures: Mapping[Place, bytes]) -> bytes:
    """The file with the signatures that are there."""
    if not signatures:
        return frozen
    document = read(frozen, own())
    return envelope(document.parts[document.layout.ids["content"]], document.record.slots, document.layout, signatures)
