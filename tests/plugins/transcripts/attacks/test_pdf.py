"""Attacks 36 to 44 on the sealed paper: each is built and refused, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from plugins.transcripts.pdf import drawing
from plugins.transcripts.pdf.plain import drawn_part
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.pdf import papers, samples


def added(*objects: tuple[int, bytes], more: int = 0) -> bytes:
    """The sealed paper with a further revision of these objects, as any editor would save it."""
    data, plain = papers.sealed(), drawn_part(papers.sealed())
    out, rows = data, b""
    for number, content in objects:
        rows += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    previous = int(re.findall(rb"startxref\n(\d+)", data)[-1])
    trailer = b"<</Size %d/Root %d 0 R/Prev %d>>" % (plain.size + 2 + more, plain.root, previous)
    return out + b"xref\n" + rows + b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (trailer, len(out))


def stream(text: bytes) -> bytes:
    return b"<</Length %d>>\nstream\n%b\nendstream" % (len(text), text)


def page_replaced() -> bytes:
    plain = drawn_part(papers.drawn())
    found = re.search(rb"/Contents (\d+) 0 R", plain.object(plain.first_page))
    assert found
    return added((int(found[1]), stream(b"BT (10,0) Tj ET")))


def page_added() -> bytes:
    plain = drawn_part(papers.drawn())
    found = re.search(rb"/Pages (\d+) 0 R", plain.catalog)
    assert found
    new = plain.size + 2
    kids = plain.object(int(found[1])).replace(b"/Kids[", b"/Kids[%d 0 R " % new)
    return added((int(found[1]), kids), (new, b"<</Type/Page/MediaBox[0 0 9 9]/Parent %b 0 R>>" % found[1]), more=1)


def attachment_changed() -> bytes:
    plain = drawn_part(papers.drawn())
    found = re.search(rb"/AF\[(\d+) 0 R", plain.catalog)
    assert found
    new = plain.size + 2
    described = re.sub(rb"/EF<<[^>]*>>", b"/EF<</F %d 0 R>>" % new, plain.object(int(found[1])))
    return added((int(found[1]), described), (new, stream(b"<HOC_BA/>")), more=1)


def annotation_over_a_mark() -> bytes:
    plain = drawn_part(papers.drawn())
    new = plain.size + 2
    page = plain.object(plain.first_page)[:-2] + b"/Annots[%d 0 R]>>" % new
    box = b"<</Type/Annot/Subtype/FreeText/Rect[200 600 260 620]/Contents(10,0)/DA(/Helv 9 Tf)>>"
    return added((plain.first_page, page), (new, box), more=1)


def signature_after_the_lock() -> bytes:
    plain, data = drawn_part(papers.drawn()), papers.sealed()
    found = re.search(rb"/Contents<([0-9a-f]+)>", data)
    assert found
    new = plain.size + 2
    again = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/Contents<%b>>>" % found[1]
    return added((new, again), more=1)


def byte_flipped() -> bytes:
    data = bytearray(papers.sealed())
    data[len(papers.drawn()) // 2] ^= 1
    return bytes(data)


def mark_of_another_record() -> bytes:
    """The school itself seals pages of one record with the file of another inside."""
    record = samples.secondary()
    assert record.secondary
    better = tuple(replace(one, year="10") for one in record.secondary.subjects)
    other = samples.signed(replace(record, secondary=replace(record.secondary, subjects=better)))
    document = samples.signed(record)
    return papers.seal(drawing.draw(replace(document, record=other.record), samples.LINK))


def range_shortened() -> bytes:
    return re.sub(rb"(/ByteRange\[0 \d{10} \d{10}) \d{10}", rb"\1 0000000100", papers.sealed())


def contents_wrapped() -> bytes:
    return re.sub(rb"/Contents<([0-9a-f]+?)0000>", rb"/Contents<\1>/X(>", papers.sealed())


def hidden_in_contents() -> bytes:
    return re.sub(rb"00000000>>>\nendobj", b"deadbeef>>>\nendobj", papers.sealed())


def appended() -> bytes:
    return papers.sealed() + b"% more\n"


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (page_replaced, "pdf_page_changed"),
        (page_added, "pdf_page_added"),
        (attachment_changed, "pdf_attachment_changed"),
        (byte_flipped, None),
        (papers.drawn, "pdf_seal_missing"),
        (signature_after_the_lock, "pdf_signature_added"),
        (annotation_over_a_mark, "pdf_annotation_added"),
        (mark_of_another_record, "pdf_pages_differ"),
        (range_shortened, "pdf_byte_range"),
        (contents_wrapped, "pdf_byte_range"),
        (hidden_in_contents, "pdf_contents"),
        (appended, "pdf_changed_after_seal"),
    ],
)
def test_an_attack_is_refused_with_its_reason(attack: Callable[[], bytes], reason: str | None) -> None:
    found = papers.verdict(attack())
    assert found.integrity == "invalid"
    assert reason is None or reason in [one.code for one in found.findings]


def test_any_byte_may_be_changed_and_it_shows() -> None:
    data = papers.sealed(stamped=False)
    for at in range(7, len(data), len(data) // 12):
        changed = bytearray(data)
        changed[at] ^= 0x20
        assert papers.verdict(bytes(changed)).overall == "invalid", at


def test_a_seal_of_somebody_else_is_no_seal_of_the_school() -> None:
    stranger = pki.organisation("Trường THCS Hoa Phượng", "9999999999")
    assert papers.codes(papers.seal(papers.drawn(), stranger, stamped=False)) == ["pdf_seal_organisation"]
