"""The verdict about standing, offline: what counts, what does not, and forged evidence (attacks 32 to 34)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from plugins.transcripts.log import renewal
from plugins.transcripts.log.entry import Act, Entry, EntryRefused, Standing, parse, standing
from plugins.transcripts.log.evidence import Evidence, EvidenceRefused, read, written
from plugins.transcripts.log.judging import FRESH, Judged, judge
from plugins.transcripts.log.note import Checkpoint, sign
from plugins.transcripts.log.tree import Tree
from plugins.transcripts.trust.timestamp import Timestamp
from plugins.transcripts.verify.verdict import Layer, Outcome
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.log.world import DAY, NAME, VERIFIER, Log, entry, record

NOW, ANCHORS = pki.NOW, pki.anchors()
OTHERS = [entry(Act.ISSUE, f"other {n}") for n in range(5)]
LOG = Log().add(*OTHERS, entry(Act.ISSUE, "Hoa"), entry(Act.ISSUE, "Lan"))
HOA = LOG.evidence([5], "Hoa")


def judged(evidence: Evidence, about: str = "Hoa", at: datetime = NOW + DAY) -> Judged:
    return judge(record(about), written(evidence), [VERIFIER], ANCHORS, at)


def codes(evidence: Evidence, about: str = "Hoa", at: datetime = NOW + DAY) -> set[str]:
    found = judged(evidence, about, at).findings
    assert all(one.layer is Layer.STATUS for one in found)
    return {one.code for one in found}


def test_a_record_that_counts() -> None:
    found = judged(HOA)
    assert found == Judged((), Standing(Act.ISSUE, record("Hoa"), Act.ISSUE, NOW), NOW)
    assert read(written(HOA)) == HOA and written(read(written(HOA))) == written(HOA)


def test_a_replaced_version_is_followed_to_the_newest() -> None:
    log = Log().add(*LOG.entries, entry(Act.REPLACE, "Hoa 2", before="Hoa", at=NOW + DAY, decision="12/QĐ"))
    old, new = log.evidence([5, 7], "Hoa", at=NOW + DAY), log.evidence([5, 7], "Hoa 2", at=NOW + DAY)
    found = judged(old)
    assert [one.code for one in found.findings] == ["record_replaced"]
    assert found.findings[0].outcome is Outcome.INVALID and found.findings[0].params["newest"] == record("Hoa 2")
    assert codes(new, "Hoa 2") == set()


def test_a_revoked_record_does_not_count_whatever_was_signed() -> None:
    log = Log().add(*LOG.entries, entry(Act.REVOKE, "Hoa", at=NOW + DAY, decision="7/QĐ"))
    found = judged(log.evidence([5, 7], "Hoa", at=NOW + DAY))
    assert [(one.code, one.params["decision"]) for one in found.findings] == [("record_revoked", "7/QĐ")]


def test_hiding_the_end_does_not_help_when_the_log_has_spoken() -> None:
    log = Log().add(*LOG.entries, entry(Act.REVOKE, "Hoa", at=NOW + DAY))
    assert codes(log.evidence([5], "Hoa", at=NOW + DAY)) == {"record_revoked"}


def test_an_old_word_is_no_word_about_today() -> None:
    assert codes(HOA, at=NOW + FRESH) == set()
    assert codes(HOA, at=NOW + FRESH + DAY) == {"status_stale"}
    assert codes(replace(HOA, status=b"")) == {"status_unsigned"}
    assert codes(replace(HOA, status=LOG.evidence([6], "Lan").status)) == {"status_differs"}


def _other_leaf() -> Evidence:
    return replace(HOA, entries=(replace(HOA.entries[0], line=entry(Act.ISSUE, "Hoa", decision="x").line),))


def _wrong_size() -> Evidence:
    larger = Log().add(*LOG.entries, entry(Act.ISSUE, "Mai"))
    return replace(HOA, checkpoint=larger.note())


def _wrong_place() -> Evidence:
    return replace(HOA, entries=(replace(HOA.entries[0], index=4),))


def _beyond_the_end() -> Evidence:
    return replace(HOA, entries=(replace(HOA.entries[0], index=99),))


def _proof_of_another() -> Evidence:
    return replace(HOA, entries=(replace(HOA.entries[0], proof=LOG.evidence([6], "Lan").entries[0].proof),))


def _unsigned_root() -> Evidence:
    return replace(HOA, checkpoint=HOA.checkpoint.split(b"\n\n")[0] + b"\n")


def _root_of_a_stranger() -> Evidence:
    text = Checkpoint(NAME, 7, Tree(7, LOG.hashes).root()).text
    return replace(HOA, checkpoint=sign(text, NAME, Ed25519PrivateKey.generate()))


def _forged_root() -> Evidence:
    return replace(HOA, checkpoint=HOA.checkpoint.replace(b"\n7\n", b"\n8\n"))


def _another_record() -> Evidence:
    return LOG.evidence([6], "Hoa")


def _out_of_order() -> Evidence:
    log = Log().add(*LOG.entries, entry(Act.REPLACE, "Hoa 2", before="Hoa"))
    return log.evidence([7, 5], "Hoa")


def _token_of_another_checkpoint() -> Evidence:
    return replace(HOA, tokens=(pki.timestamp(renewal.imprint_of(b"another", ())),))


def _no_token() -> Evidence:
    return replace(HOA, tokens=())


FORGED: dict[Callable[[], Evidence], str] = {
    # Attack 32: other leaf, wrong size, root without the checkpoint's signature.
    _other_leaf: "log_proof",
    _wrong_size: "log_proof",
    _wrong_place: "log_proof",
    _beyond_the_end: "log_proof",
    _proof_of_another: "log_proof",
    _unsigned_root: "log_unknown",
    _root_of_a_stranger: "log_unknown",
    _forged_root: "log_unknown",
    _another_record: "log_other_record",
    _out_of_order: "log_order",
    _token_of_another_checkpoint: "timestamp_imprint",
    _no_token: "timestamp_missing",
}


@pytest.mark.parametrize("build", FORGED)
def test_forged_evidence(build: Callable[[], Evidence]) -> None:
    assert codes(build()) == {FORGED[build]}


@given(st.integers(0, 2**16), st.integers(1, 255))
def test_a_changed_byte_never_makes_another_record_count_and_never_raises(place: int, change: int) -> None:
    file = bytearray(written(_revoked))
    file[place % len(file)] ^= change
    found = judge(record("Hoa"), bytes(file), [VERIFIER], ANCHORS, NOW + DAY)
    assert found.findings


_revoked = Log().add(*LOG.entries, entry(Act.REVOKE, "Hoa")).evidence([5, 7], "Hoa")


def test_files_that_are_no_evidence() -> None:
    for file in (b"", b"[]", b"{}", b"\xff", b"[" * 100_000, bytes(2_000_000), written(HOA).replace(b"/1", b"/9")):
        with pytest.raises(EvidenceRefused):
            read(file)
        assert {one.code for one in judge(record("Hoa"), file, [VERIFIER], ANCHORS, NOW).findings} == {"log_malformed"}


def test_entries_have_one_form() -> None:
    one = entry(Act.REPLACE, "Hoa 2", before="Hoa", decision="12/QĐ-THCS")
    assert parse(one.line) == one
    for line in (one.line + b" ", one.line.replace(b'"act"', b' "act"'), b"{}", b"null", b"\xff", one.line[:-1]):
        with pytest.raises(EntryRefused):
            parse(line)
    for wrong in ({"act": Act.ISSUE}, {"before": ""}, {"record": "x"}, {"salt": b""}, {"before": one.record}):
        with pytest.raises(EntryRefused):
            replace(one, **wrong)
    assert one.record.encode() not in one.leaf and one.leaf != replace(one, salt=bytes(16)).leaf


@given(st.lists(st.tuples(st.sampled_from(Act), st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_no_chain_of_acts_brings_an_ended_record_back(steps: list[tuple[Act, int, int]]) -> None:
    entries: list[Entry] = []
    ended = False
    for act, mine, other in steps:
        if act is Act.REPLACE and mine == other:
            continue
        before = f"v{other}" if act is Act.REPLACE else ""
        entries.append(entry(act, f"v{mine}", before=before))
        now = standing(record("v0"), entries)
        assert not ended or (now is not None and now.state is not Act.ISSUE)
        ended = now is not None and now.state is not Act.ISSUE


def test_renewal_keeps_the_first_time_beyond_the_end_of_its_authority() -> None:
    note, soon = LOG.note(), NOW + 100 * DAY
    short = pki.tsa("Short TSA", until=soon)
    first = pki.timestamp(renewal.imprint_of(note, ()), by=short)
    assert renewal.judge(note, [first], ANCHORS, NOW + DAY) == Timestamp(NOW, short.certificate)
    assert renewal.judge(note, [first], ANCHORS, soon + DAY) == "timestamp_expired"
    again = pki.timestamp(renewal.imprint_of(note, [first]), soon - DAY)
    found = renewal.judge(note, [first, again], ANCHORS, soon + 900 * DAY)
    assert isinstance(found, Timestamp) and found.time == NOW
    late = pki.timestamp(renewal.imprint_of(note, [first]), soon + DAY)
    assert renewal.judge(note, [first, late], ANCHORS, soon + 2 * DAY) == "timestamp_expired", "renewed too late"
    older = pki.timestamp(renewal.imprint_of(note, [first]), NOW - DAY)
    assert renewal.judge(note, [first, older], ANCHORS, NOW + DAY) == "timestamp_order"
    assert renewal.judge(note, [first, b"\x30\x00"], ANCHORS, NOW) == "timestamp_malformed"
    loose = pki.timestamp(renewal.imprint_of(note, ()), soon - DAY)
    assert renewal.judge(note, [first, loose], ANCHORS, NOW + DAY) == "timestamp_imprint", "not over the one before"


def test_what_is_to_be_renewed() -> None:
    token = pki.timestamp(bytes(32), by=pki.tsa("Short TSA", until=NOW + 100 * DAY))
    long = pki.timestamp(bytes(32))
    assert renewal.due(token, NOW) and not renewal.due(long, NOW)
    assert renewal.due(long, NOW, algorithms_end=NOW + DAY), "the algorithm ends before the certificate"
    assert not renewal.due(token, NOW, margin=DAY)
