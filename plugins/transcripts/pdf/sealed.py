"""The seal of a paper, taken out of it: only the one form that `seal` writes is taken, byte by byte."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ..trust import cms, timestamp
from ..trust.anchors import Anchors
from ..trust.chain import path
from ..trust.structures import Oid
from ..trust.unreadable import UNREADABLE
from . import message as written
from .plain import NotPlain, Plain
from .seal import revision

MOST = 128 * 1024
"""Bytes of a signed message."""
STAMP = x509.ObjectIdentifier("1.2.840.113549.1.9.16.2.14")
_MOMENT = re.compile(rb"/M\(D:(\d{14})Z\)")
_RANGE = re.compile(rb"/ByteRange\s*\[([^\]]{0,80})\]")
_CONTENTS = re.compile(rb"/Contents\s*<([0-9a-f]*)>")
_NAMED = (NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER, x509.ObjectIdentifier("0.9.2342.19200300.100.1.1"))


@dataclass(frozen=True)
class Sealed:
    """A seal that has the right form; nothing of it is believed yet."""

    message: cms.Message = field(repr=False)
    certificate: x509.Certificate
    content: bytes = field(repr=False)
    said: datetime
    """What the school's clock said."""
    end: int
    """Where the seal's revision ends."""

    @property
    def is_genuine(self) -> bool:
        """Whether the certificate's key signed these bytes."""
        return (
            self.message.content_type == Oid.DATA
            and self.message.content is None
            and cms.is_signed_by(self.message, self.certificate, self.content)
        )

    @property
    def holder(self) -> str:
        found = self.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).hexdigest()

    def names(self, organisation: str) -> bool:
        """Whether the certificate was made out to the organisation of this id; nothing to compare with is no."""
        values = [str(one.value) for oid in _NAMED for one in self.certificate.subject.get_attributes_for_oid(oid)]
        return bool(organisation) and organisation in {
            part for value in values for part in (value, value.split(":")[-1])
        }


def sealed_by(data: bytes, plain: Plain) -> Sealed | str:
    """The seal right behind the drawn paper; or the finding."""
    added = data[len(plain.data) :]
    moment, contents, covered = _MOMENT.search(added), _CONTENTS.search(added), _RANGE.search(added)
    if not moment or not covered or b"/Contents" not in added:
        return "pdf_seal_missing"
    if not contents or not 0 < len(contents[1]) <= 2 * MOST or len(contents[1]) % 2:
        return "pdf_contents"
    try:
        said = datetime.strptime(moment[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        found = cms.read(_unpadded(bytes.fromhex(contents[1].decode())))
        certificate = cms.certificate_named(found)
        if certificate is None:
            return "pdf_contents"
        expected, place = revision(plain, certificate, said, len(contents[1]) // 2)
    except (NotPlain, *UNREADABLE):
        return "pdf_contents"
    after = place + len(contents[1])
    if data[:place] != expected[:place] or data[after : len(expected)] != expected[after:]:
        told = _RANGE.search(expected, len(plain.data))
        return "pdf_byte_range" if told and told[1] != covered[1] else "pdf_seal_form"
    content = data[: place - 1] + data[after + 1 : len(expected)]
    return Sealed(found, certificate, content, said, len(expected))


def stamped(seal: Sealed, anchors: Anchors, at: datetime) -> timestamp.Timestamp | str | None:
    """The timestamp over the seal, the finding against it, or None where there is none."""
    attributes = seal.message.signer.unsigned_attributes or []
    if not attributes:
        return None
    values = attributes[0].values.as_list()
    if len(attributes) != 1 or attributes[0].type != STAMP or len(values) != 1:
        return "timestamp_malformed"
    imprint = hashlib.sha256(seal.message.signer.signature).digest()
    return timestamp.judge(asn1.encode_der(values[0]), imprint, anchors, at)


def trusted(seal: Sealed, anchors: Anchors, at: datetime) -> str:
    """Why the certificate is not believed at that time; empty when it is."""
    found = path(seal.certificate, seal.message.certificates, anchors, at)
    return found if isinstance(found, str) else ""


def _unpadded(whole: bytes) -> bytes:
    """The message without the zeros that fill its place up; nothing may hide there."""
    if len(whole) < 4 or whole[0] != written.SEQUENCE or whole[1] not in (0x82, 0x83):
        raise ValueError("no message")
    digits = whole[1] - 0x80
    end = 2 + digits + int.from_bytes(whole[2 : 2 + digits], "big")
    if end > len(whole) or whole[end:].strip(b"\0"):
        raise ValueError("something stands behind the message")
    return whole[:end]
