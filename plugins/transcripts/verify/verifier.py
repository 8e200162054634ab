"""The strict verifier: one file, one pass, three verdicts, every reason by name and none by exception.

It acts only on the bytes that it has verified: the record that it hands back was read from exactly what was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509

from ..record.layout import Layout, layouts
from ..record.problems import look_alike, problems
from ..record.reader import Document, Malformed, read
from ..record.slots import slot_name
from ..record.years import YearTranscript
from ..rules.slots import Place, Role
from ..trust import chain, revocation, timestamp
from ..trust.anchors import Anchors
from ..trust.policy import Policy, shipped
from ..trust.unreadable import UNREADABLE
from . import diagnosis, person
from .blocks import Block, judge
from .entitlement import Entitlements
from .verdict import Finding, Layer, Outcome, SignerSeen, Verdict

JudgeStatus = Callable[[str], Sequence[Finding]]
"""What the log says of a file, by the SHA-256 of its bytes: findings of the layer of status."""
MOST_REMEMBERED = 10_000
_UNDECIDED = frozenset({"revocation_unknown", "revocation_stale"})


@dataclass(frozen=True)
class Question:
    """What is asked of a file, and what is at hand to answer."""

    at: datetime
    """The day of the question; a proved timestamp on the seal takes its place for certificates."""
    entitlements: Entitlements | None = None
    revocation: Sequence[bytes] = ()
    """OCSP answers and lists besides those in the file."""
    status: JudgeStatus | None = None
    grace: timedelta = timedelta(0)


@dataclass(frozen=True)
class Checked:
    """The verdict, and what the file says; no record where it could not be read."""

    verdict: Verdict
    record: YearTranscript | None = None
    sha256: str = ""


@dataclass
class Verifier:
    """Judges files by anchors and a policy. One object for many files: it remembers paths of certificates."""

    anchors: Anchors
    policy: Policy = field(default_factory=shipped)
    layouts: Mapping[str, Layout] = field(default_factory=layouts)
    _paths: dict[tuple[bytes, datetime], tuple[x509.Certificate, ...] | str] = field(default_factory=dict, repr=False)
    _words: dict[tuple[bytes, datetime, bytes], str] = field(default_factory=dict, repr=False)

    def check(self, data: bytes, question: Question) -> Checked:
        """Judge a file. Never raises for anything that is in it."""
        own = sha256(data).hexdigest()
        if code := diagnosis.before_reading(data, self.policy.most_bytes, self.policy.most_signatures):
            return Checked(Verdict((_against(code),)), sha256=own)
        document = self._read(data)
        if isinstance(document, Finding):
            nearer = diagnosis.after_failure(data)
            return Checked(Verdict((_against(nearer), document) if nearer else (document,)), sha256=own)
        blocks = _blocks(document)
        findings = [*_content(document.record), *_integrity(blocks)]
        at, proof = self._judged_at(blocks, question.at)
        findings += proof
        for block in blocks:
            findings += self._identity(block, document.record, blocks, at, question)
        if question.entitlements is None:
            findings.append(_open("entitlement_unknown", Layer.IDENTITY))
        findings += question.status(own) if question.status else [_open("status_unknown", Layer.STATUS)]
        if document.record.header.status != "effective":
            findings.append(_against("record_revoked", Layer.STATUS))
        verdict = Verdict(tuple(findings), tuple(_seen(block, at) for block in blocks if block.certificate))
        return Checked(verdict, document.record, own)

    def _read(self, data: bytes) -> Document | Finding:
        first = Finding("layout_unknown", Layer.INTEGRITY, Outcome.INVALID)
        for layout in self.layouts.values():
            try:
                found = read(data, layout)
            except Malformed as error:
                first = Finding(error.code, Layer.INTEGRITY, Outcome.INVALID, params={"where": error.where})
                continue
            if found.record.header.layout == layout.name:
                return found
        return first

    def _judged_at(self, blocks: Sequence[Block], at: datetime) -> tuple[datetime, list[Finding]]:
        """The time for which certificates are judged: the seal covers all signatures, its timestamp proves them."""
        seal = blocks[-1]
        if not seal.timestamp:
            return at, []
        found = timestamp.judge(seal.timestamp, sha256(seal.value).digest(), self.anchors, at)
        if isinstance(found, str):
            return at, [_against(found, Layer.IDENTITY, "ky-phat-hanh")]
        late = [b for b in blocks if b.signed_at and b.signed_at > found.time + timedelta(minutes=5)]
        return found.time, [_against("signed_after_timestamp", Layer.IDENTITY, slot_name(b.place)) for b in late]

    def _identity(
        self, block: Block, record: YearTranscript, blocks: Sequence[Block], at: datetime, question: Question
    ) -> Iterator[Finding]:
        slot, certificate = slot_name(block.place), block.certificate
        if certificate is None or block.signed_at is None:
            return
        if block.method and not self.policy.allows(block.method, at):
            yield _against("algorithm_expired", Layer.IDENTITY, slot)
        if block.signed_at > question.at + timedelta(minutes=5):
            yield _against("signed_in_future", Layer.IDENTITY, slot)
        path = self._path(certificate, tuple(der for one in blocks for der in one.certificates), at)
        if isinstance(path, str):
            yield _against(path, Layer.IDENTITY, slot)
        else:
            yield from self._revoked(path, slot, blocks, at, question)
        yield from _person(block, certificate, record, question.entitlements)

    def _path(
        self, certificate: x509.Certificate, others: tuple[bytes, ...], at: datetime
    ) -> tuple[x509.Certificate, ...] | str:
        key = person.fingerprint(certificate), at
        if key not in self._paths:
            try:
                read_others = [x509.load_der_x509_certificate(one) for one in dict.fromkeys(others)]
            except UNREADABLE:
                read_others = []
            if len(self._paths) > MOST_REMEMBERED:
                self._paths.clear()
            found = chain.path(certificate, read_others, self.anchors, at)
            if found == "chain_untrusted":  # what came along with one file says nothing about another
                return found
            self._paths[key] = found
        return self._paths[key]

    def _revoked(
        self,
        path: tuple[x509.Certificate, ...],
        slot: str,
        blocks: Sequence[Block],
        at: datetime,
        question: Question,
    ) -> Iterator[Finding]:
        if len(path) < 2:
            return
        evidence = [one for block in blocks for one in block.revocation] + list(question.revocation)
        key = person.fingerprint(path[0]), at, sha256(b"".join(evidence)).digest()
        if key not in self._words:
            if len(self._words) > MOST_REMEMBERED:
                self._words.clear()
            said = revocation.judge(path[0], path[1], evidence, at, grace=question.grace)
            revoked = "certificate_revoked" if isinstance(said, revocation.Revoked) else ""
            self._words[key] = said if isinstance(said, str) else revoked
        if code := self._words[key]:
            outcome = Outcome.INDETERMINATE if code in _UNDECIDED else Outcome.INVALID
            yield Finding(code, Layer.IDENTITY, outcome, slot)


def _blocks(document: Document) -> list[Block]:
    principal = document.signatures[Place(Role.PRINCIPAL)]
    return [
        judge(place, block, document.parts, principal, document.layout) for place, block in document.signatures.items()
    ]


def _content(record: YearTranscript) -> Iterator[Finding]:
    for problem in problems(record):
        code = "name_look_alike" if problem.code in ("look_alike", "not_normal") else "content_invalid"
        yield Finding(code, Layer.INTEGRITY, Outcome.INVALID, params={"where": problem.path})


def _integrity(blocks: Sequence[Block]) -> Iterator[Finding]:
    for block in blocks:
        for code in block.codes:
            yield _against(code, slot=slot_name(block.place))


def _person(
    block: Block, certificate: x509.Certificate, record: YearTranscript, entitlements: Entitlements | None
) -> Iterator[Finding]:
    slot, (name, number) = slot_name(block.place), record.signer(block.place)
    if not number:
        yield _open("signer_unregistered", Layer.IDENTITY, slot)
    elif number not in person.numbers(certificate):
        yield _against("person_differs", Layer.IDENTITY, slot)
    if look_alike(person.name(certificate)):
        yield _against("name_look_alike", Layer.IDENTITY, slot)
    if entitlements is None:
        return
    if entitlements.school_code != record.header.school_code:
        yield _open("entitlement_other_school", Layer.IDENTITY, slot)
    elif block.signed_at and (fault := entitlements.fault(block.place, number, name, block.signed_at.date())):
        yield _against(fault, Layer.IDENTITY, slot)


def _seen(block: Block, at: datetime) -> SignerSeen:
    assert block.certificate is not None and block.signed_at is not None  # noqa: S101  # only read blocks come here
    fingerprint = person.fingerprint(block.certificate).hex()
    name = person.name(block.certificate)
    return SignerSeen(slot_name(block.place), block.place.role.value, name, fingerprint, block.signed_at, at)


def _against(code: str, layer: Layer = Layer.INTEGRITY, slot: str = "") -> Finding:
    return Finding(code, layer, Outcome.INVALID, slot)


def _open(code: str, layer: Layer, slot: str = "") -> Finding:
    return Finding(code, layer, Outcome.INDETERMINATE, slot)
