"""How forgers change files: pieces for the table of attacks."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable

from plugins.transcripts import xades
from plugins.transcripts.record import writer
from plugins.transcripts.record.layout import own
from plugins.transcripts.record.years import YearTranscript
from plugins.transcripts.rules.slots import Place, Role

from .. import pki, samples

HOMEROOM, PRINCIPAL, SEAL = Place(Role.HOMEROOM), Place(Role.PRINCIPAL), Place(Role.SEAL)


def swap(old: str, new: str, data: bytes | None = None) -> bytes:
    """The genuine file with the first `old` replaced; it must be there."""
    data = samples.genuine() if data is None else data
    assert old.encode() in data
    return data.replace(old.encode(), new.encode(), 1)


def block(place: Place, data: bytes | None = None) -> bytes:
    """The signature that stands in a place."""
    data = samples.genuine() if data is None else data
    start, end = (tag.encode() for tag in own().slot_tags(place))
    begin = data.index(start + b"<ds:Signature") + len(start)
    return data[begin : data.index(end, begin)]


def filled(place: Place, new: bytes) -> bytes:
    """The genuine file with another block in a place."""
    return samples.genuine().replace(block(place), new)


def in_block(place: Place, change: Callable[[bytes], bytes]) -> bytes:
    changed = change(block(place))
    assert changed != block(place)
    return filled(place, changed)


def signed_with(record: YearTranscript, place: Place, by: pki.Holder) -> bytes:
    """A whole file in which one place is signed by somebody else, and everything after it anew."""
    data = writer.write(record, own())
    for one in record.slots:
        data = samples.signed_by(data, one, by if one == place else samples.holder(record, one))
    return samples.prove(data, record)


def with_certificate(place: Place, der: bytes, *, digest: bool) -> bytes:
    """Another certificate in KeyInfo; `digest` mends what the signed properties say of it."""

    def change(old: bytes) -> bytes:
        found = re.search(rb"<ds:X509Certificate>([^<]+)<", old)
        assert found
        new = old.replace(found[1], base64.b64encode(der))
        if digest:
            before = hashlib.sha256(base64.b64decode(found[1])).digest()
            new = new.replace(base64.b64encode(before), base64.b64encode(hashlib.sha256(der).digest()))
        return new

    return in_block(place, change)


def sealed_by(holder: pki.Holder) -> bytes:
    return signed_with(samples.secondary(1), SEAL, holder)


def blocks_kept(record: YearTranscript) -> dict[Place, bytes]:
    """The genuine file's signatures that a changed record still has places for."""
    return {place: block(place) for place in record.slots}


def rewritten(record: YearTranscript) -> bytes:
    """Another record under the genuine signatures."""
    return xades.embed(writer.write(record, own()), blocks_kept(record), own())
