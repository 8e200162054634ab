"""What other people's programs say of genuine papers."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from plugins.transcripts.pdf.plain import drawn_part
from plugins.transcripts.pdf.sealed import sealed_by
from tests.plugins.transcripts import pki
from tests.plugins.transcripts.pdf import papers
from tests.plugins.transcripts.pdf.test_evidence import AFTER, kept


@pytest.mark.parametrize("make", [papers.sealed, kept])
def test_qpdf_and_pdfsig_find_nothing_wrong(make: Callable[[], bytes], tmp_path: Path) -> None:
    file = tmp_path / "hoc-ba.pdf"
    file.write_bytes(make())
    checked = _run("qpdf", "--check", file)
    assert "No syntax or stream encoding errors found" in checked
    seen = _run("pdfsig", "-nocert", file)
    assert "Signature Type: ETSI.CAdES.detached" in seen
    assert "Signature Validation: Signature is Valid." in seen
    assert "Total document signed" in seen


def test_openssl_verifies_the_signed_message_as_cades(tmp_path: Path) -> None:
    data, plain = papers.sealed(), drawn_part(papers.sealed())
    seal = sealed_by(data, plain)
    assert not isinstance(seal, str)
    contents = data[data.index(b"/Contents<", len(plain.data)) + len(b"/Contents<") :]
    (tmp_path / "seal.cms").write_bytes(bytes.fromhex(contents[: contents.index(b">")].decode()))
    (tmp_path / "seal.tbs").write_bytes(seal.content)
    (tmp_path / "ca.pem").write_bytes(pki.root().pem)
    names = ("-in", tmp_path / "seal.cms", "-content", tmp_path / "seal.tbs", "-CAfile", tmp_path / "ca.pem")
    how = ("-purpose", "any", "-cades", "-out", "/dev/null")
    told = _run("openssl", "cms", "-verify", "-binary", "-inform", "DER", *names, *how)
    assert "CAdES Verification successful" in told


@pytest.mark.parametrize("make", [papers.sealed, kept])
def test_pyhanko_trusts_the_seal_and_sees_a_document_that_may_not_change(make: Callable[[], bytes]) -> None:
    (root,) = load_certs_from_pemder_data(pki.root().der)
    (seal,) = PdfFileReader(BytesIO(make())).embedded_regular_signatures
    context = ValidationContext(trust_roots=[root], moment=AFTER, revocation_mode="soft-fail", allow_fetching=False)
    status = validate_pdf_signature(seal, context, context)
    assert status.bottom_line, status.summary()
    assert seal.docmdp_level is not None and seal.docmdp_level.value == 1
    assert status.timestamp_validity is not None and status.timestamp_validity.timestamp == pki.NOW


def _run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
