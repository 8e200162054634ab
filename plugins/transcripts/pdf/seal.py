"""The seal on the paper: one revision added to what was drawn, certifying that nothing may change any more.

    prepared = prepare(drawn, certificate, chain, at)
    signature = ...                                   # of prepared.digest, by whatever holds the key
    sealed = finish(prepared, signature, token)       # PAdES B-B; with a timestamp over prepared.imprint(signature) B-T

Nothing has to be kept between the two: `prepare` gives the same bytes for the same arguments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from core.sdk.signing import is_genuine

from . import message
from .plain import NotPlain, Plain, drawn_part

TOKEN_ROOM = 10 * 1024
"""Bytes kept free for a timestamp; tokens have 2 to 8 KB."""
_SLACK = 700
"""Bytes for the signature itself and the frame around it, up to RSA-4096."""
_RANGE = b"/ByteRange[0 %010d %010d %010d]"
FIELD = "con-dau"


class SealRefused(ValueError):
    """What came back is no signature of what was prepared, or does not fit."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paper with an empty place for the seal."""

    document: bytes = field(repr=False)
    """All bytes, the place filled with zeros."""
    place: int
    """Offset of the first hexadecimal digit."""
    room: int
    """Bytes that fit in."""
    by: message.Signer = field(repr=False)
    certificate: bytes = field(repr=False)
    attributes: bytes = field(repr=False)

    @property
    def digest(self) -> bytes:
        """SHA-256 of what is signed: this goes to the key."""
        return hashlib.sha256(self.attributes).digest()

    def imprint(self, signature: bytes) -> bytes:
        """SHA-256 that a timestamp authority stamps."""
        return hashlib.sha256(message.value(self.by, signature)).digest()


def prepare(
    drawn: bytes, certificate: x509.Certificate, chain: Sequence[x509.Certificate], at: datetime, *, room: int = 0
) -> Prepared:
    """Add the seal's revision to a paper that this program drew.

    Args:
        drawn: the paper, nothing added yet.
        certificate: the school's.
        chain: certificates above it, as far as they should travel along.
        at: when the school says it seals.
        room: bytes for the message; 0 makes room for it with a timestamp.

    Raises:
        NotPlain: somebody else's PDF, or one that has been added to.
    """
    plain = drawn_part(drawn)
    if len(plain.data) != len(drawn):
        raise NotPlain("something was added already")
    der, *above = message.encoded((certificate, *chain))
    by = message.signer(der, tuple(above))
    room = room or len(by.certificates) + len(by.identifier) + _SLACK + TOKEN_ROOM
    document, place = revision(plain, certificate, at, room)
    digest = hashlib.sha256(memoryview(document)[: place - 1])
    digest.update(memoryview(document)[place + 2 * room + 1 :])
    return Prepared(document, place, room, by, der, message.attributes(by, digest.digest()))


def finish(prepared: Prepared, signature: bytes, token: bytes = b"") -> bytes:
    """The sealed paper.

    Args:
        prepared: what was prepared.
        signature: of `prepared.digest`; PKCS #1 v1.5, or r and s side by side.
        token: a timestamp over `prepared.imprint(signature)` (DER).

    Raises:
        SealRefused: the signature is not that of the certificate's key over what was prepared, or all is too long.
    """
    if not is_genuine(prepared.certificate, prepared.digest, signature):
        raise SealRefused("not a signature of this paper")
    whole = message.message(prepared.by, prepared.attributes, message.value(prepared.by, signature), token)
    if len(whole) > prepared.room:
        raise SealRefused(f"{len(whole)} bytes do not fit into {prepared.room}")
    end = prepared.place + 2 * len(whole)
    return b"".join((prepared.document[: prepared.place], whole.hex().encode(), prepared.document[end:]))


def revision(plain: Plain, certificate: x509.Certificate, at: datetime, room: int) -> tuple[bytes, int]:
    """The paper with the seal's revision and an empty place of `room` bytes; and where the place begins.

    ISO 32000-1, 12.8.2.2: a certifying signature with P 1 allows no change of the document.
    """
    start, page = len(plain.data), plain.first_page
    widget, seal = plain.size, plain.size + 1
    objects = [
        (page, _with_annotation(plain.object(page), widget)),
        (plain.root, _with_form(plain.catalog, widget, seal)),
        (widget, _widget(page, seal)),
        (seal, _seal(certificate, at, room)),
    ]
    out, offsets, length = [plain.data], dict[int, int](), start
    for number, content in objects:
        row = b"%d 0 obj\n%b\nendobj\n" % (number, content)
        offsets[number] = length
        out.append(row)
        length += len(row)
    end = _end(plain, offsets, length)
    document = b"".join((*out, end))
    place = document.index(b"/Contents<", offsets[seal]) + len(b"/Contents<")
    after = place + 2 * room + 1
    filled = _RANGE % (place - 1, after, len(document) - after)
    return document.replace(_RANGE % (0, 0, 0), filled, 1), place


def _with_annotation(page: bytes, widget: int) -> bytes:
    reference = b"%d 0 R" % widget
    if b"/Annots[" in page:
        return page.replace(b"/Annots[", b"/Annots[%b " % reference, 1)
    return page[:-2] + b"/Annots[%b]>>" % reference


def _with_form(catalog: bytes, widget: int, seal: int) -> bytes:
    if not catalog.endswith(b">>") or b"/AcroForm" in catalog or b"/Perms" in catalog:
        raise NotPlain("catalog")
    return catalog[:-2] + b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>/Perms<</DocMDP %d 0 R>>>>" % (widget, seal)


def _widget(page: int, seal: int) -> bytes:
    """No picture: who signed stands in the table on the paper. Printed and locked (F 132), as PDF/A wants it."""
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%b)/TU%b/F 132/Rect[0 0 0 0]/P %d 0 R/V %d 0 R>>"
        % (FIELD.encode(), _text("Con dấu điện tử"), page, seal)
    )  # fmt: skip


def _seal(certificate: x509.Certificate, at: datetime, room: int) -> bytes:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    moment = at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode()
    return b"".join(
        (
            b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached",
            b"/Name%b/M(%b)" % (_text(str(names[0].value) if names else ""), moment),
            b"/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/P 1/V/1.2>>>>]",
            _RANGE % (0, 0, 0),
            b"/Contents<" + b"0" * (2 * room) + b">>>",
        )
    )


def _text(text: str) -> bytes:
    return b"<FEFF" + text.encode("utf-16-be").hex().upper().encode() + b">"


def _end(plain: Plain, offsets: dict[int, int], at: int) -> bytes:
    out = [b"xref\n", *(b"%d 1\n%010d 00000 n \n" % row for row in sorted(offsets.items()))]
    identifier = hashlib.sha256(plain.first_id + b"".join(out)).hexdigest()[:32].encode()
    out.append(
        b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/Prev %d/ID[(%b)<%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        % (plain.size + 2, plain.root, plain.info, plain.table, plain.first_id, identifier, at)
    )
    return b"".join(out)
