"""Programs of others on our genuine files: one process for many files, every signature by itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from signxml.verifier import SignatureConfiguration
from signxml.xades.xades import XAdESVerifier

from plugins.transcripts.record.layout import own
from plugins.transcripts.record.slots import slot_name

from .. import pki, samples

PEER = Path(__file__).parents[3] / "peers" / "xml"
RECORDS = {"secondary": samples.secondary(2), "primary": samples.primary()}


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("genuine")
    found = {name: folder / f"{name}.xml" for name in RECORDS}
    for name, record in RECORDS.items():
        found[name].write_bytes(samples.sign(record))
    return found


def test_xmlsec1(genuine: dict[str, Path], tmp_path: Path) -> None:
    root, issuing = tmp_path / "root.pem", tmp_path / "issuing.pem"
    root.write_bytes(pki.root().pem)
    issuing.write_bytes(pki.issuing().pem)
    named = ("DU_LIEU_HOC_BA", "THONG_TIN_HOC_BA", own().subject_element)
    spaces = ("http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "http://www.w3.org/2000/09/xmldsig#:SignatureValue")
    ids = [word for one in (*named, *spaces) for word in ("--id-attr:Id", one)]
    trust = ["--trusted-pem", str(root), "--untrusted-pem", str(issuing), "--enabled-key-data", "x509"]
    trust += ["--verification-time", "2026-06-06 00:00:00"]
    for name, record in RECORDS.items():
        for place in record.slots:
            node = ["--node-xpath", f"//*[@Id='sig-{slot_name(place)}']", str(genuine[name])]
            result = subprocess.run(["xmlsec1", "--verify", *trust, *ids, *node], capture_output=True, text=True)
            assert result.returncode == 0, (place, result.stderr)


def test_xml_crypto_and_xadesjs(genuine: dict[str, Path]) -> None:
    """xml-crypto knows no ECDSA; xadesjs finds no Id inside of another signature, so it cannot judge the seal."""
    files = [str(path) for path in genuine.values()]
    result = subprocess.run(["node", str(PEER / "verify.mjs"), *files], capture_output=True, text=True, check=True)
    for record, line in zip(RECORDS.values(), result.stdout.splitlines(), strict=True):
        said, subjects = json.loads(line), len(record.slots) - 3
        assert said["xmlcrypto"][subjects:] == [True] * 3
        assert all("ecdsa-sha256' is not supported" in one for one in said["xmlcrypto"][:subjects])
        assert said["xadesjs"][:-1] == [True] * (len(record.slots) - 1)
        assert "sv-cbql" in said["xadesjs"][-1]


def test_signxml(genuine: dict[str, Path], tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(pki.root().pem + pki.issuing().pem)
    for name, record in RECORDS.items():
        for place in record.slots:
            start, _end = own().slot_tags(place)
            tag = start.strip("<>").partition(" ")[0]
            where = f".//{tag}[@Id='{slot_name(place)}']/" if place.subject else f".//{tag}/"
            holder = samples.holder(record, place)
            references = 3 if place.role.name == "SEAL" else 2
            XAdESVerifier().verify(
                genuine[name].read_bytes(),
                x509_cert=holder.certificate,
                expect_config=SignatureConfiguration(location=where, expect_references=references),
            )
