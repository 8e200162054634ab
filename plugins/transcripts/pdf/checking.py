"""A sealed paper checked: it is believed when its very bytes come out again, drawn from the record that it carries.

Whoever changes a page, a table, an attachment or the seal's frame makes a file that differs from what is drawn here, so
no part of a foreign PDF has to be understood. Only its seal, the record inside and revisions for long-term evidence are
judged as such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ..record.layout import own
from ..record.reader import Document, Malformed, read
from ..trust.anchors import Anchors
from ..verify.verdict import Finding, Layer, Outcome, SignerSeen, Verdict
from . import later
from .drawing import ABOUT, FORMS, XML, About, drawn, engine
from .plain import NotPlain, Plain, drawn_part
from .sealed import Sealed, sealed_by, stamped, trusted

LARGEST = 20 * 1024 * 1024
SLOT = "pdf"
JudgeRecord = Callable[[bytes], Verdict]
"""What the strict verifier says of the record inside."""


@dataclass
class _Check:
    data: bytes
    anchors: Anchors
    at: datetime
    findings: list[Finding] = field(default_factory=list)
    signers: list[SignerSeen] = field(default_factory=list)

    def against(self, code: str, layer: Layer = Layer.INTEGRITY, outcome: Outcome = Outcome.INVALID) -> None:
        self.findings.append(Finding(code, layer, outcome, SLOT))


def check(data: bytes, anchors: Anchors, at: datetime, record: JudgeRecord) -> Verdict:
    """What is to be said of a sealed paper.

    Args:
        data: the file.
        anchors: whom to believe.
        at: the day that is asked about; a timestamp on the seal takes its place for the certificate.
        record: judges the signed record inside.

    Returns:
        Findings `pdf_too_large`, `pdf_not_ours`, `pdf_attachment`, `pdf_form_unknown` and `pdf_engine_other` (not to be
        decided here), `pdf_pages_differ`, `pdf_seal_missing`, `pdf_seal_form`, `pdf_byte_range`, `pdf_contents`,
        `pdf_seal_signature`, `pdf_seal_organisation`, what chain and timestamp say, what `later.judge` says of
        revisions after the seal, and everything that the record's verifier finds.
    """
    found = _Check(data, anchors, at)
    inside = _inside(found)
    if inside is None:
        return Verdict(tuple(found.findings))
    plain, document, about = inside
    _pages(found, plain, document, about)
    _seal(found, plain, document)
    verdict = record(document.data)
    return Verdict((*found.findings, *verdict.findings), (*verdict.signers, *found.signers))


def _inside(found: _Check) -> tuple[Plain, Document, About] | None:
    """The paper as it was drawn, and what it carries."""
    if len(found.data) > LARGEST:
        found.against("pdf_too_large")
        return None
    try:
        plain = drawn_part(found.data)
        about = About(**{name: str(value) for name, value in json.loads(plain.attachment(ABOUT)).items()})
        return plain, read(plain.attachment(XML), own()), about
    except NotPlain:
        found.against("pdf_not_ours")
    except (Malformed, ValueError, TypeError, AttributeError, RecursionError):
        found.against("pdf_attachment")
    return None


def _pages(found: _Check, plain: Plain, document: Document, about: About) -> None:
    """Draw again: the same record and the same program give the same bytes."""
    if about.form not in FORMS:
        found.against("pdf_form_unknown", outcome=Outcome.INDETERMINATE)
    elif about.engine != engine():
        found.against("pdf_engine_other", outcome=Outcome.INDETERMINATE)
    elif drawn(document, about) != plain.data:
        found.against("pdf_pages_differ")


def _seal(found: _Check, plain: Plain, document: Document) -> None:
    seal = sealed_by(found.data, plain)
    if isinstance(seal, str):
        found.against(seal)
        return
    if not seal.is_genuine:
        found.against("pdf_seal_signature")
    at = later.judge(found.data, seal.end, found.anchors, found.at)
    if isinstance(at, str):
        found.against(at, Layer.INTEGRITY if at.startswith("pdf_") else Layer.IDENTITY)
        at = found.at
    for code in _identity(found, seal, document, at):
        found.against(code, Layer.IDENTITY)


def _identity(found: _Check, seal: Sealed, document: Document, at: datetime) -> Iterator[str]:
    judged, stamp = at, stamped(seal, found.anchors, at)
    if isinstance(stamp, str):
        yield stamp
    elif stamp is not None:
        judged = stamp.time
    if code := trusted(seal, found.anchors, judged):
        yield code
    if not seal.names(document.record.issue.organisation_id):
        yield "pdf_seal_organisation"
    found.signers.append(
        SignerSeen(SLOT, "KY_PHAT_HANH", seal.holder, seal.fingerprint, seal.said, judged)
    )  # fmt: skip
