"""A file that everybody has signed, on paper: every part is the real one, from the first signature to the verdict."""

from __future__ import annotations

from functools import cache

from plugins.transcripts.pdf.checking import check
from plugins.transcripts.pdf.drawing import draw
from plugins.transcripts.record.layout import own
from plugins.transcripts.record.reader import read
from plugins.transcripts.rules.slots import Place, Role
from plugins.transcripts.verify.verdict import Outcome, Verdict
from tests.plugins.transcripts import asking, samples
from tests.plugins.transcripts.pdf import papers
from tests.plugins.transcripts.pdf.samples import LINK


@cache
def paper(data: bytes) -> bytes:
    school = samples.holder(samples.secondary(), Place(Role.SEAL))
    return papers.seal(draw(read(data, own()), LINK), school)


def judged(data: bytes) -> Verdict:
    return check(data, asking.verifier().anchors, asking.DAY_AFTER, lambda xml: asking.check(xml).verdict)


def test_a_genuine_file_is_good_on_paper_too() -> None:
    found = judged(paper(samples.genuine()))
    assert [one.code for one in found.findings] == []
    assert {found.integrity, found.identity, found.status} == {Outcome.VALID}
    roles = [signer.role for signer in found.signers]
    assert roles.count("GVBM") == len(samples.SUBJECTS)
    assert roles[-4:] == ["GVCN", "CBQL", "KY_PHAT_HANH", "KY_PHAT_HANH"], "the file's seal, and the paper's"


def test_a_seal_on_paper_does_not_make_a_changed_mark_good() -> None:
    changed = samples.genuine().replace(b"<DIEM_CA_NAM>8.8", b"<DIEM_CA_NAM>9.8", 1)
    found = judged(paper(changed))
    assert found.integrity is Outcome.INVALID
    assert "digest_differs" in [one.code for one in found.findings]
