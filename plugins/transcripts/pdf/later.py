"""What was added after the seal: evidence for the long term and nothing else."""

from __future__ import annotations

from datetime import datetime

from ..trust.anchors import Anchors

_NAMES = (
    ("pdf_signature_added", (b"/Type/Sig/", b"/Type /Sig ", b"/Type /Sig\n", b"/FT /Sig", b"/FT/Sig")),
    ("pdf_attachment_changed", (b"/EmbeddedFile", b"/Filespec")),
    ("pdf_annotation_added", (b"/Annots", b"/Annot")),
    ("pdf_page_added", (b"/Kids",)),
    ("pdf_page_changed", (b"/Page", b"stream\n", b"stream\r\n")),
)


def judge(data: bytes, end: int, anchors: Anchors, at: datetime) -> datetime | str:
    """When what is sealed has to hold: `at`, or the time of the first evidence behind the seal.

    Or the finding. Its name tells what was added, for people who ask what was done to a file; refused it is whatever
    it was.
    """
    added = data[end:]
    if not added:
        return at
    if b"/DocTimeStamp" in added:
        # Loaded for these files only: it takes a second.
        from .evidence import held_since

        if since := held_since(data, end, anchors, at):
            return since
    return next((name for name, signs in _NAMES if any(sign in added for sign in signs)), "pdf_changed_after_seal")
