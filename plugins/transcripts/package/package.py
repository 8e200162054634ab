"""A package: written, sealed, read back, and judged. Every refusal has the name of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from ..trust import cms
from ..trust.anchors import Anchors
from ..trust.chain import path
from ..trust.unreadable import UNREADABLE
from ..verify.verdict import Finding, Layer, Outcome, SignerSeen, Verdict
from . import manifest
from .archive import LIMITS, ArchiveRefused, Limits, is_name, pack, unpack
from .manifest import Facts, ManifestRefused, Member, members_of

SLOT, ROLE = "package", "KY_PHAT_HANH"


class PackageRefused(ValueError):
    """Not a package as it was made. `code` is the finding: those of `archive`, `package_manifest` (none, or not in its
    form), `package_mismatch` (other members than it says, or other bytes)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Package:
    """A package whose members are those of its manifest; whether the seal holds is another question."""

    facts: Facts
    members: tuple[Member, ...]
    contents: Mapping[str, bytes] = field(repr=False)
    manifest: bytes = field(repr=False)
    seal: bytes = field(repr=False, default=b"")


def unsealed(facts: Facts, contents: Mapping[str, bytes]) -> Package:
    """A package of these members; their paths begin with `xml/`, `pdf/` or `evidence/`.

    Raises:
        PackageRefused: `package_path`.
    """
    if not all(_is_member(path) for path in contents):
        raise PackageRefused("package_path")
    members = members_of(contents)
    return Package(facts, members, dict(contents), manifest.written(facts, members))


def sealed(package: Package, sign: Callable[[bytes], bytes] | None = None) -> bytes:
    """The file.

    Args:
        sign: makes the seal (`finish`) over the manifest; without it, the seal that the package has already.
    """
    seal = package.seal if sign is None else sign(package.manifest)
    files = {**package.contents, manifest.NAME: package.manifest}
    return pack({**files, manifest.SEAL: seal} if seal else files)


def read(data: bytes, limits: Limits = LIMITS) -> Package:
    """The package of a file.

    Raises:
        PackageRefused.
    """
    try:
        files = unpack(data, limits)
        raw, seal = files.pop(manifest.NAME, b""), files.pop(manifest.SEAL, b"")
        facts, members = manifest.read(raw)
    except ArchiveRefused as refused:
        raise PackageRefused(refused.code) from refused
    except ManifestRefused as refused:
        raise PackageRefused("package_manifest") from refused
    if not all(_is_member(path) for path in files):
        raise PackageRefused("package_path")
    if members != members_of(files):
        raise PackageRefused("package_mismatch")
    return Package(facts, members, files, raw, seal)


def judge(data: bytes, anchors: Anchors, at: datetime, limits: Limits = LIMITS) -> Verdict:
    """Whether a file is a package as its school sealed it; the records inside are judged each by itself.

    Args:
        at: the day for which the sealer's certificate is judged.

    Returns:
        Findings of `PackageRefused`, `package_unsealed`, `package_seal` (not over this manifest, or not by the
        certificate it names), and those of the path to a pinned certificate.
    """
    try:
        package = read(data, limits)
    except PackageRefused as refused:
        return Verdict((_finding(refused.code, Layer.INTEGRITY),))
    if not package.seal:
        return Verdict((_finding("package_unsealed", Layer.INTEGRITY),))
    try:
        return _judge_seal(package, anchors, at)
    except UNREADABLE:
        return Verdict((_finding("package_seal", Layer.INTEGRITY),))


def _judge_seal(package: Package, anchors: Anchors, at: datetime) -> Verdict:
    message = cms.read(package.seal)
    certificate = cms.certificate_named(message)
    if certificate is None or not cms.is_signed_by(message, certificate, package.manifest):
        return Verdict((_finding("package_seal", Layer.INTEGRITY),))
    found = path(certificate, message.certificates, anchors, at)
    findings = (_finding(found, Layer.IDENTITY),) if isinstance(found, str) else ()
    signed_at = cms.signing_time(message) or package.facts.made_at
    fingerprint = certificate.fingerprint(SHA256()).hex()
    return Verdict(findings, (SignerSeen(SLOT, ROLE, _name(certificate), fingerprint, signed_at, at),))


def _is_member(path: str) -> bool:
    return is_name(path) and path.split("/")[0] in manifest.FOLDERS and "/" in path


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def _finding(code: str, layer: Layer) -> Finding:
    return Finding(code, layer, Outcome.INVALID)
