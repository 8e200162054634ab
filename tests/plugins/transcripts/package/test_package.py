"""Packages: the same bytes for the same content, sealed, read back; forged ones refused by name (attack 47)."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.transcripts.package import Facts, Limits, PackageRefused, finish, judge, prepare, read, sealed, unsealed
from plugins.transcripts.package.archive import ArchiveRefused, pack, unpack
from plugins.transcripts.verify.verdict import Layer, Outcome
from tests.plugins.transcripts import pki

NOW, ANCHORS = pki.NOW, pki.anchors()
FACTS = Facts("019f0000-0000-7000-8000-000000000001", "79000701", "2025-2026", NOW, {"schema": "1", "template": "3"})
CONTENTS = {"xml/a.xml": "<học bạ/>".encode(), "pdf/a.pdf": b"%PDF-1.7", "evidence/a.json": b"{}\n"}
SCHOOL = pki.organisation(kind="p256")


def by(holder: pki.Holder) -> Callable[[bytes], bytes]:
    """A seal by this holder, in the two steps of a key that is elsewhere."""

    def sign(content: bytes) -> bytes:
        prepared = prepare(content, holder.certificate, NOW)
        return finish(prepared, holder.sign(prepared.to_be_signed), holder.chain[:1])

    return sign


PACKAGE = sealed(unsealed(FACTS, CONTENTS), by(SCHOOL))


def codes(data: bytes, limits: Limits | None = None) -> set[tuple[str, Layer]]:
    verdict = judge(data, ANCHORS, NOW, limits or Limits())
    assert not verdict.findings or verdict.overall is Outcome.INVALID
    return {(one.code, one.layer) for one in verdict.findings}


def test_a_package_comes_back_as_it_was() -> None:
    package = read(PACKAGE)
    assert (package.facts, dict(package.contents)) == (FACTS, CONTENTS)
    assert sealed(package) == PACKAGE
    verdict = judge(PACKAGE, ANCHORS, NOW)
    assert verdict.findings == () and [one.name for one in verdict.signers] == ["Trường THCS Hoa Phượng"]
    assert verdict.signers[0].signed_at == NOW
    with zipfile.ZipFile(BytesIO(PACKAGE)) as archive:
        assert archive.testzip() is None and archive.namelist() == sorted(archive.namelist())


def test_the_same_content_is_the_same_file() -> None:
    backwards = dict(reversed(CONTENTS.items()))
    assert sealed(unsealed(FACTS, backwards)) == sealed(unsealed(FACTS, CONTENTS))


@given(
    st.dictionaries(st.from_regex(r"(xml|pdf)/[a-z0-9_-]{1,12}", fullmatch=True), st.binary(max_size=99), max_size=6)
)
def test_any_content_comes_back(contents: dict[str, bytes]) -> None:
    assert dict(read(sealed(unsealed(FACTS, contents))).contents) == contents


def files() -> dict[str, bytes]:
    """The members of the genuine package, manifest and seal among them."""
    return unpack(PACKAGE)


def zipped(members: Mapping[str, bytes], *more: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive by another program."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in (*members.items(), *more):
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def _named(name: str) -> Callable[[], bytes]:
    return lambda: zipped(files(), (name, b"x"))


def _twice(first: str, second: str) -> bytes:
    """Two members; the library warns of equal names, so the second is named afterwards in both places."""
    other = "q" * len(second)
    return zipped({first: b"genuine"}, (other, b"forged!")).replace(other.encode(), second.encode())


def _changed_member() -> bytes:
    return pack({**files(), "xml/a.xml": b"<forged/>"})


def _missing_member() -> bytes:
    return pack({name: content for name, content in files().items() if name != "pdf/a.pdf"})


def _further_member() -> bytes:
    return pack({**files(), "xml/b.xml": b"<forged/>"})


def _bomb() -> bytes:
    return zipped({"xml/a.xml": bytes(2_000_000)}, method=zipfile.ZIP_DEFLATED)


def _changed_manifest() -> bytes:
    package = read(PACKAGE)
    forged = unsealed(replace(FACTS, school="79000702"), package.contents)
    return sealed(replace(forged, seal=package.seal))


FORGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "out of the folder": (_named("../a.xml"), "package_path"),
    "out of the folder from inside": (_named("xml/../../a.xml"), "package_path"),
    "from the root": (_named("/etc/passwd"), "package_path"),
    "another system's way": (_named("xml\\..\\..\\a"), "package_path"),
    "a drive": (_named("C:/a.xml"), "package_path"),
    "the folder above": (_named("xml/.."), "package_path"),
    "deeper than ours": (_named("xml/a/b.xml"), "package_path"),
    "a letter that looks alike": (_named("xml/а.xml"), "package_path"),
    "the same member twice": (lambda: _twice("xml/a.xml", "xml/a.xml"), "package_duplicate"),
    "the same but for its letters": (lambda: _twice("xml/a.xml", "XML/A.xml"), "package_duplicate"),
    "a changed member": (_changed_member, "package_mismatch"),
    "a missing member": (_missing_member, "package_mismatch"),
    "a further member": (_further_member, "package_mismatch"),
    "a member elsewhere": (lambda: pack({**files(), "bin/run": b"x"}), "package_path"),
    "a member beside the folders": (lambda: pack({**files(), "readme": b"x"}), "package_path"),
    "written by another program": (lambda: zipped(files()), "package_not_canonical"),
    "something before it": (lambda: b"#!/bin/sh\n" + PACKAGE, "package_not_canonical"),
    "something behind it": (lambda: PACKAGE + b"\x00", "package_not_canonical"),
    "a comment": (lambda: PACKAGE[:-2] + b"\x01\x00!", "package_not_canonical"),
    "a bomb": (_bomb, "package_compressed"),
    "no archive": (lambda: b"PK\x03\x04", "package_unreadable"),
    "no manifest": (lambda: pack(CONTENTS), "package_manifest"),
    "another manifest's form": (lambda: pack({**files(), "manifest.json": b"{}"}), "package_manifest"),
    "a manifest that was changed": (_changed_manifest, "package_seal"),
    "no seal": (lambda: sealed(unsealed(FACTS, CONTENTS)), "package_unsealed"),
    "a seal that is none": (lambda: sealed(unsealed(FACTS, CONTENTS), lambda _: b"seal"), "package_seal"),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_packages(name: str) -> None:
    build, code = FORGED[name]
    assert codes(build()) == {(code, Layer.INTEGRITY)}


def test_seals_by_whom_nobody_believes() -> None:
    stranger = pki.organisation("Trường khác", issuer=pki.issuing("Other CA", "Other Root"), kind="p256")
    assert codes(sealed(unsealed(FACTS, CONTENTS), by(stranger))) == {("chain_untrusted", Layer.IDENTITY)}
    ended = pki.signer("Hết hạn", "001080000009", kind="p256", until=NOW - timedelta(days=1))
    assert codes(sealed(unsealed(FACTS, CONTENTS), by(ended))) == {("certificate_expired", Layer.IDENTITY)}


def test_limits() -> None:
    assert codes(PACKAGE, Limits(members=3)) == {("package_too_large", Layer.INTEGRITY)}
    assert codes(PACKAGE, Limits(bytes=100)) == {("package_too_large", Layer.INTEGRITY)}
    long = zipped({"xml/" + "a" * 300: b""})
    assert codes(long) == {("package_path", Layer.INTEGRITY)}
    with pytest.raises(ArchiveRefused, match="too_large"):
        unpack(pack({"xml/a": b"x" * 77}).replace((77).to_bytes(4, "little"), (2**31).to_bytes(4, "little")))


def test_members_have_plain_names() -> None:
    for name in ("a.xml", "xml/../a", "xml/", "bin/a", "xml/a b", "xml/ă.xml", "xml/a/b"):
        with pytest.raises(PackageRefused, match="package_path"):
            unsealed(FACTS, {name: b""})


@given(st.integers(0, 2**16), st.integers(1, 255))
def test_a_changed_byte_is_found_out(place: int, change: int) -> None:
    data = bytearray(PACKAGE)
    data[place % len(data)] ^= change
    try:
        package = read(bytes(data))
    except PackageRefused:
        return
    assert package.contents == CONTENTS and package.facts == FACTS, "only the seal itself is not in the manifest"


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_openssl_verifies_the_seal(tmp_path: Path, kind: pki.Kind) -> None:
    package = read(sealed(unsealed(FACTS, CONTENTS), by(pki.organisation("Trường", kind=kind))))
    for name, content in (("seal", package.seal), ("manifest", package.manifest), ("root.pem", pki.root().pem)):
        (tmp_path / name).write_bytes(content)
    command = ("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "seal", "-content", "manifest")
    trust = ("-CAfile", "root.pem", "-purpose", "any", "-cades", "-attime", str(int(NOW.timestamp())))
    done = subprocess.run((*command, *trust), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "CAdES Verification successful" in done.stderr, done.stderr
