"""Long-term evidence in the file itself (PAdES-LTA, ETSI EN 319 142-1, 6.3), for the copies of final years.

pyHanko writes and compares the revisions (decision record: readable copies); it is loaded only for these files, because
everything else about a paper is compared byte by byte.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO

from asn1crypto import cms, crl, ocsp, x509  # type: ignore[import-untyped]  # has none
from pyhanko.pdf_utils.generic import ArrayObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfTimeStamper
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from ..trust import timestamp
from ..trust.anchors import Anchors
from ..trust.unreadable import UNREADABLE

Stamp = Callable[[bytes], bytes]
"""A timestamp token (DER) over a SHA-256."""
DIGEST = "sha256"
_FAULTS = (PdfError, SignatureValidationError, SigningError, *UNREADABLE)


class _Authority(TimeStamper):
    """Tokens by way of the house's own client."""

    def __init__(self, stamp: Stamp) -> None:
        super().__init__(include_nonce=False)  # type: ignore[no-untyped-call]  # partly typed there
        self.stamp = stamp

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self.stamp(message_digest))


def with_evidence(
    sealed: bytes, certificates: Sequence[bytes], responses: Sequence[bytes], lists: Sequence[bytes], stamp: Stamp
) -> bytes:
    """A sealed paper with what is needed to judge it later, under a timestamp over everything. Again for renewal.

    Args:
        sealed: a paper with a seal that has a timestamp itself.
        certificates: of the seal and its timestamp, with those above them (DER).
        responses: OCSP responses about them (DER).
        lists: lists of revoked certificates (DER).
        stamp: asks a timestamp authority.
    """
    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None,
        certs=[x509.Certificate.load(one) for one in certificates],
        ocsps=[ocsp.OCSPResponse.load(one) for one in responses],
        crls=[crl.CertificateList.load(one) for one in lists],
    )  # fmt: skip
    kept = BytesIO()
    writer.write(kept)  # type: ignore[no-untyped-call]  # partly typed there
    out = BytesIO()
    stamper = PdfTimeStamper(_Authority(stamp))
    asyncio.run(stamper.async_timestamp_pdf(IncrementalPdfFileWriter(kept), DIGEST, output=out))
    return out.getvalue()


def held_since(data: bytes, end: int, anchors: Anchors, at: datetime) -> datetime | str:
    """Whether everything behind the seal's revision is evidence under timestamps that are believed.

    Each timestamp is judged at the time of the one after it, the last one `at`; the last one covers the whole file.

    Returns:
        The time of the first timestamp: what was signed before it is judged then. Or the finding against a timestamp;
        empty where there is something else than evidence.
    """
    try:
        reader = PdfFileReader(BytesIO(data))
        seals, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
        if len(seals) != 1 or not stamps or _end(seals[0]) != end or _end(stamps[-1]) != len(data):
            return ""
        seals[0].compute_integrity_info()
        changes = seals[0].diff_result
        if not isinstance(changes, DiffResult) or changes.modification_level > ModificationLevel.LTA_UPDATES:
            return ""
        return _held(data, stamps, anchors, at)
    except _FAULTS:
        return ""


def _held(data: bytes, stamps: Sequence[EmbeddedPdfSignature], anchors: Anchors, at: datetime) -> datetime | str:
    for one in reversed(stamps):
        first, length, second, rest = _range(one)
        if first:
            return ""
        covered = data[:length] + data[second : second + rest]
        token = _cut(bytes.fromhex(data[length + 1 : second - 1].decode("ascii")))
        judged = timestamp.judge(token, hashlib.sha256(covered).digest(), anchors, at)
        if isinstance(judged, str):
            return judged
        at = judged.time
    return at


def _end(one: EmbeddedPdfSignature) -> int:
    return sum(_range(one)[2:])


def _range(one: EmbeddedPdfSignature) -> list[int]:
    found = one.byte_range
    if not isinstance(found, ArrayObject) or len(found) != 4:
        raise ValueError("no range")
    return [int(part) for part in found]


def _cut(token: bytes) -> bytes:
    """A token without the zeros behind it."""
    return bytes(cms.ContentInfo.load(token).dump())
