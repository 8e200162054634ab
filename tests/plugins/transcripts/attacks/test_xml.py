# ruff: noqa: E501  (a table: one attack a line)
"""Attacks on the XML file and on certificates, each built and refused for the reason that it is wrong.

The numbers are those of the list of attacks that the project keeps (docs/transcripts/README.md). The paper has its own
in `tests/plugins/transcripts/pdf`, timestamps, proofs and packages in `trust`, `log` and `package`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from plugins.transcripts.record.years import YearTranscript
from plugins.transcripts.rules.slots import Place, Role
from plugins.transcripts.verify.verdict import Finding, Layer, Outcome

from .. import asking, pki, samples
from . import forging
from .forging import HOMEROOM, PRINCIPAL, SEAL, block, filled, in_block, swap

MATH, LITERATURE = Place(Role.SUBJECT, "toan"), Place(Role.SUBJECT, "nguvan")
CONTENT = "THONG_TIN_HOC_BA"


def renamed(name: str) -> YearTranscript:
    record = samples.secondary()
    return replace(record, learner=replace(record.learner, full_name=name))


def wrapped() -> bytes:
    data = samples.genuine()
    begin = data.index(f"<{CONTENT} ".encode())
    end = data.index(f"</{CONTENT}>".encode()) + len(CONTENT) + 3
    original = data[begin:end]
    return data[:begin] + original.replace(b"8.8", b"9.9") + b"<GOC>" + original + b"</GOC>" + data[end:]


def hidden() -> bytes:
    data = samples.genuine()
    begin, end = data.index(b"<THONG_TIN_CHUNG>"), data.index(b"</THONG_TIN_CHUNG>")
    return in_block(
        SEAL, lambda old: old.replace(b"<ds:Object>", b"<ds:Object>" + data[begin:end] + b"</ds:Object><ds:Object>")
    )


def weak() -> bytes:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505  # what the verifier has to refuse
    return forging.with_certificate(HOMEROOM, asking.certified(key, "Phạm Thị Lan", "001085000088"), digest=True)


def bomb() -> str:
    return '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><HOC_BA>'


def principal(name: str = "Lê Văn Hùng", **changes: Any) -> bytes:
    holder = pki.signer(name, "001070000077", kind="p256", **changes)
    return forging.signed_with(samples.secondary(1), PRINCIPAL, holder)


FORGED: list[tuple[str, Callable[[], bytes], str]] = [
    ("1", lambda: swap("<DIEM_CA_NAM>8.8", "<DIEM_CA_NAM>9.9"), "digest_differs"),
    ("2", lambda: swap("Minh Ngọc", "Minh Ngân"), "digest_differs"),
    ("3", lambda: swap("<PHAT_HANH_HOC_BA>", "<PHAT_HANH_HOC_BA><DIEM>10</DIEM>"), "unexpected_element"),
    ("4", wrapped, "duplicate_id"),
    ("5", lambda: swap('<GVBM Id="gvbm-toan">', '<GVBM Id="gvbm-nguvan">'), "duplicate_id"),
    ("6", hidden, "signature_malformed"),
    ("7", lambda: filled(PRINCIPAL, b""), "signature_missing"),
    ("8", lambda: filled(MATH, b""), "signature_missing"),
    ("9", lambda: filled(PRINCIPAL, block(HOMEROOM)), "signature_elsewhere"),
    ("10", lambda: filled(LITERATURE, block(MATH)), "signature_elsewhere"),
    ("11", lambda: forging.signed_with(samples.secondary(1), PRINCIPAL, pki.signer("Nguyễn Thị Hoa 0", "001188000000", kind="p256")), "person_differs"),
    ("12", lambda: forging.sealed_by(asking.self_signed("Trường THCS Hoa Phượng", "0101234567")), "chain_untrusted"),
    ("13", lambda: forging.with_certificate(HOMEROOM, pki.organisation().der, digest=False), "certificate_digest_differs"),
    ("13b", lambda: forging.with_certificate(HOMEROOM, pki.organisation().der, digest=True), "properties_differ"),
    ("14", lambda: in_block(HOMEROOM, lambda b: b.replace(b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1")), "digest_algorithm_refused"),
    ("15", lambda: in_block(HOMEROOM, lambda b: b.replace(b"#rsa-sha256", b"#hmac-sha256")), "signature_algorithm_refused"),
    ("16", lambda: in_block(HOMEROOM, lambda b: b.replace(b"xml-exc-c14n#\"></ds:Transform>", b"xml-exc-c14n#\"><ds:XPath>1</ds:XPath></ds:Transform>", 1)), "transform_refused"),
    ("16b", lambda: in_block(HOMEROOM, lambda b: b.replace(b"</ds:Transforms>", b'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"></ds:Transform></ds:Transforms>', 1)), "transform_refused"),
    ("17", lambda: in_block(HOMEROOM, lambda b: b.replace(b'URI="#thongtinhocba"', b'URI=""')), "reference_refused"),
    ("18", lambda: in_block(HOMEROOM, lambda b: b.replace(b'URI="#thongtinhocba"', b'URI="http://evil.invalid/x"')), "reference_refused"),
    ("19", lambda: swap("<HOC_BA>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><HOC_BA>'), "dtd_present"),
    ("20", lambda: swap("<HOC_BA>", bomb()), "dtd_present"),
    ("21", lambda: swap("<DIEM_CA_NAM>8.8", "<DIEM_CA_NAM>8.<!-- -->8"), "comment_present"),
    ("22", lambda: filled(HOMEROOM, block(HOMEROOM, samples.sign(samples.secondary(1)))), "digest_differs"),
    ("23", lambda: filled(HOMEROOM, block(HOMEROOM) * 2), "signature_extra"),
    ("24", lambda: in_block(HOMEROOM, lambda b: b.replace(b"<xades:SigningTime>2026", b"<xades:SigningTime>2025")), "properties_differ"),
    ("25", lambda: in_block(HOMEROOM, lambda b: b.replace(b"ClaimedRole>GVCN", b"ClaimedRole>CBQL")), "role_differs"),
    ("26", lambda: b'<?xml version="1.0" encoding="UTF-7"?>' + samples.genuine(), "encoding_refused"),
    ("26b", lambda: samples.genuine().decode().encode("utf-16"), "encoding_refused"),
    ("27", lambda: principal(until=pki.NOW - timedelta(days=1)), "certificate_expired"),
    ("45", lambda: principal(ca=True), "certificate_is_authority"),
    ("45b", lambda: principal(usages=("digital_signature",)), "certificate_usage"),
    ("46", weak, "certificate_weak_key"),
    ("48", lambda: samples.genuine() + b" " * 50_000_000, "file_too_large"),
    ("48b", lambda: b"<HOC_BA>" + b"<ds:Signature >" * 10_000, "too_many_signatures"),
    ("49", lambda: samples.sign(renamed("Trần Đặng Minh Ngọс")), "name_look_alike"),  # the last letter is Cyrillic
    ("49b", lambda: samples.sign(renamed(unicodedata.normalize("NFD", "Trần Đặng Minh Ngọc"))), "name_look_alike"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "forged", "code"), FORGED, ids=[row[0] for row in FORGED])
def test_a_forged_file_is_refused_for_its_reason(number: str, forged: Callable[[], bytes], code: str) -> None:
    verdict = asking.check(forged()).verdict
    assert verdict.overall is Outcome.INVALID
    assert code in {finding.code for finding in verdict.findings}, verdict.findings


def test_the_genuine_file_is_valid_in_all_three() -> None:
    checked = asking.check(samples.genuine())
    assert checked.verdict.findings == ()
    assert checked.record == samples.secondary()
    assert [one.slot for one in checked.verdict.signers][-3:] == ["gvcn", "cbql", "ky-phat-hanh"]


def test_28_a_revoked_certificate() -> None:
    holder = samples.holder(samples.secondary(), HOMEROOM)
    revoked = pki.crl(revoked={holder: pki.NOW - timedelta(days=2)}, number=2)
    verdict = asking.check(samples.genuine(), revocation=(revoked,)).verdict
    assert [(one.code, one.slot) for one in verdict.findings] == [("certificate_revoked", "gvcn")]


@pytest.mark.parametrize(("number", "code"), [("33", "record_replaced"), ("34", "record_revoked")])
def test_a_record_that_counts_no_more(number: str, code: str) -> None:
    verdict = asking.check(
        samples.genuine(), status=lambda _sha256: (Finding(code, Layer.STATUS, Outcome.INVALID),)
    ).verdict
    assert (verdict.integrity, verdict.identity, verdict.status) == (Outcome.VALID, Outcome.VALID, Outcome.INVALID)


def test_35_a_person_who_was_not_entitled_that_day() -> None:
    record = samples.secondary()
    over = asking.entitlements(record, until=date(2026, 6, 1))
    verdict = asking.check(samples.genuine(), entitlements=over).verdict
    assert {one.code for one in verdict.findings} == {"not_entitled"}
    assert verdict.integrity is Outcome.VALID


def test_49_a_name_that_differs_from_the_register() -> None:
    listed = asking.entitlements(samples.secondary(), names={"Lê Văn Hùng": "Lê Văn Húng"})
    verdict = asking.check(samples.genuine(), entitlements=listed).verdict
    assert [(one.code, one.slot) for one in verdict.findings] == [("name_differs", "cbql")]
