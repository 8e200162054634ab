"""The verifier on changed bytes, with little at hand, and from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

from click.testing import CliRunner
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.transcripts.cli import verify
from plugins.transcripts.verify.verdict import Outcome
from plugins.transcripts.verify.verifier import Question
from plugins.transcripts.verify.words import WORDS

from .. import asking, pki, samples


@settings(deadline=None)  # the first example makes the keys
@given(st.data())
def test_changed_bytes_never_raise_and_are_never_valid(data: st.DataObject) -> None:
    genuine = samples.genuine()
    place = data.draw(st.integers(0, len(genuine) - 1))
    length = data.draw(st.integers(0, 20))
    changed = genuine[:place] + data.draw(st.binary(max_size=20)) + genuine[place + length :]
    verdict = asking.check(changed).verdict
    # Evidence that was added after signing (a list's own signature, say) is proved by itself or not used.
    assert verdict.overall is not Outcome.VALID or signed(changed) == signed(genuine)


def signed(data: bytes) -> bytes:
    """The file without what may be added and exchanged."""
    return re.sub(rb"<xades:UnsignedProperties>.*</xades:UnsignedProperties>", b"", data)


def test_evidence_may_change_but_nothing_that_was_signed() -> None:
    bare = samples.sign(samples.secondary(), proved=False)
    verdict = asking.check(bare).verdict
    assert verdict.integrity is Outcome.VALID
    assert {one.code for one in verdict.findings} == {"chain_untrusted"}  # nobody brought the issuer's certificate


def test_without_list_and_log_nothing_is_promised() -> None:
    verdict = asking.verifier().check(samples.genuine(), Question(asking.DAY_AFTER)).verdict
    assert {one.code for one in verdict.findings} == {"entitlement_unknown", "status_unknown"}
    assert (verdict.integrity, verdict.overall) == (Outcome.VALID, Outcome.INDETERMINATE)


def test_long_after_the_certificates_ended_the_timestamp_still_speaks() -> None:
    late = pki.NOW.replace(year=2039)
    verdict = asking.verifier().check(samples.genuine(), Question(late)).verdict
    assert (verdict.integrity, verdict.identity) == (Outcome.VALID, Outcome.INDETERMINATE)


def folder(path: Path) -> Path:
    sets: dict[str, dict[str, str]] = {}
    for name, group in asking.verifier().anchors.sets.items():
        for one in group:
            (path / f"{name}.der").write_bytes(one.public_bytes(Encoding.DER))
            sets[name] = {f"{name}.der": one.fingerprint(SHA256()).hex()}
    (path / "anchors.json").write_text(json.dumps({"version": 1, "sets": sets}))
    return path


def test_the_command_says_who_signed_and_ends_by_the_verdict(tmp_path: Path) -> None:
    anchors, file, forged = folder(tmp_path), tmp_path / "a.xml", tmp_path / "b.xml"
    file.write_bytes(samples.genuine())
    forged.write_bytes(samples.genuine().replace(b">8.8<", b">9.9<", 1))
    listed = tmp_path / "list.json"
    listed.write_bytes(asking.entitlement_file(samples.secondary()))
    common = ["--anchors", str(anchors), "--at", "2026-06-06", "--entitlements", str(listed)]
    result = CliRunner().invoke(verify, [str(file), *common, "--json"])
    (said,) = json.loads(result.output)
    assert (result.exit_code, said["integrity"], said["identity"], said["status"]) == (
        2,
        "valid",
        "valid",
        "indeterminate",
    )
    assert {"slot": "cbql", "name": "Lê Văn Hùng"}.items() <= next(
        s for s in said["signers"] if s["slot"] == "cbql"
    ).items()
    result = CliRunner().invoke(verify, [str(forged), *common])
    assert result.exit_code == 1
    assert "The content was changed after it was signed. [digest_differs]" in result.output


def test_anchors_are_pinned(tmp_path: Path) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(samples.genuine())
    (folder(tmp_path) / "test.der").write_bytes(pki.issuing().der)
    result = CliRunner().invoke(verify, [str(file), "--anchors", str(tmp_path)])
    assert result.exit_code == 1 and "not the one that was pinned" in result.output


def test_every_finding_of_the_attacks_has_words() -> None:
    from ..attacks.test_xml import FORGED

    assert {code for _number, _build, code in FORGED} <= set(WORDS)
