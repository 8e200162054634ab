"""A small public key infrastructure for tests: root, issuing authority, signers, OCSP, CRL.

Keys are made once in a process and by name: the same name is the same key, two names never share one. RSA-2048 where
the kind matters (about 60 ms each), P-256 for everything else.

    teacher = pki.signer("Nguyễn Thị Hoa", "001188000001")          # RSA; kind="p256" is cheaper
    teacher.sign(b"bytes")                                           # PKCS#1 v1.5 or raw r||s, SHA-256
    pki.anchors()                                                    # pins pki.root() in the set "test"
    pki.ocsp(teacher, at=pki.NOW), pki.crl(at=pki.NOW), pki.timestamp(sha256, pki.NOW)
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as x509_ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from plugins.transcripts.simulator.tokens import Authority
from plugins.transcripts.trust.anchors import Anchors

NOW = datetime(2026, 6, 5, 2, 0, tzinfo=UTC)
"""A morning at the end of a school year; every certificate of this module holds then."""
SINCE, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
OCSP_URL, CRL_URL = "http://ocsp.test.invalid/", "http://crl.test.invalid/issuing.crl"

Key: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
Kind: TypeAlias = Literal["rsa", "p256"]
Extensions: TypeAlias = list[tuple[x509.ExtensionType, bool]]


@dataclass(frozen=True)
class Holder:
    """A certificate, its key, and the certificates above it (issuer first, root last)."""

    certificate: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 or ECDSA as raw r||s (64 bytes), both with SHA-256: the forms of XML signatures."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), SHA256())
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@cache
def key(name: str, kind: Kind = "p256") -> Key:
    """The key of this name, made at first use."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


@cache
def root(name: str = "Test Root") -> Holder:
    """A self-signed authority, 2020 to 2049."""
    return _made(name, [(NameOID.COMMON_NAME, name)], None, _authority(2), "p256", _year(2020), _year(2049))


@cache
def issuing(name: str = "Test Issuing CA", above: str = "Test Root") -> Holder:
    """An authority under a root, 2022 to 2045; issues signers, responders and timestamp authorities."""
    subject = [(NameOID.COMMON_NAME, name)]
    return _made(name, subject, root(above), _authority(0), "p256", _year(2022), _year(2045))


@cache
def signer(
    name: str = "Nguyễn Thị Hoa",
    cccd: str = "001188000001",
    *,
    kind: Kind = "rsa",
    since: datetime = SINCE,
    until: datetime = UNTIL,
    issuer: Holder | None = None,
    usages: Collection[str] = ("digital_signature", "content_commitment"),
    ca: bool = False,
    addresses: bool = True,
) -> Holder:
    """A person's certificate; the personal identity number stands in the subject's serialNumber (`CCCD:...`)."""
    subject = [(NameOID.COMMON_NAME, name), (NameOID.SERIAL_NUMBER, f"CCCD:{cccd}")]
    extensions: Extensions = [(x509.BasicConstraints(ca=ca, path_length=None), True), (_usage(usages), True)]
    return _made(f"{name} {cccd}", subject, issuer or issuing(), extensions + _addresses(addresses), kind, since, until)


@cache
def organisation(
    name: str = "Trường THCS Hoa Phượng",
    tax_code: str = "0101234567",
    *,
    kind: Kind = "rsa",
    issuer: Holder | None = None,
) -> Holder:
    """A school's certificate for the seal; its number stands in organizationIdentifier (`MST:...`)."""
    subject = [
        (NameOID.COMMON_NAME, name),
        (NameOID.ORGANIZATION_NAME, name),
        (NameOID.ORGANIZATION_IDENTIFIER, f"MST:{tax_code}"),
    ]
    extensions: Extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(("digital_signature", "content_commitment")), True),
    ]
    return _made(name, subject, issuer or issuing(), extensions + _addresses(True), kind, SINCE, UNTIL)


@cache
def service(
    name: str,
    purpose: ObjectIdentifier | None,
    *,
    kind: Kind = "p256",
    critical: bool = True,
    more: tuple[ObjectIdentifier, ...] = (),
    no_check: bool = False,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    issuer: Holder | None = None,
) -> Holder:
    """A certificate of a service with one extended key usage: timestamp authorities, OCSP responders."""
    extensions: Extensions = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage(("digital_signature",)), True),
    ]
    if purpose is not None:
        extensions.append((x509.ExtendedKeyUsage([purpose, *more]), critical))
    if no_check:
        extensions.append((x509.OCSPNoCheck(), False))
    return _made(name, [(NameOID.COMMON_NAME, name)], issuer or issuing(), extensions, kind, since, until)


def tsa(name: str = "Test TSA", **changes: Any) -> Holder:
    """A timestamp authority: timeStamping, critical and alone (RFC 3161, 2.3)."""
    return service(name, ExtendedKeyUsageOID.TIME_STAMPING, **changes)


def responder(name: str = "Test OCSP", **changes: Any) -> Holder:
    """A delegated OCSP responder (RFC 6960, 4.2.2.2) with id-pkix-ocsp-nocheck."""
    changes.setdefault("no_check", True)
    return service(name, ExtendedKeyUsageOID.OCSP_SIGNING, critical=False, **changes)


def timestamp(imprint: bytes, at: datetime = NOW, *, by: Holder | None = None, nonce: int | None = None) -> bytes:
    """A token (DER) over a SHA-256."""
    authority = by or tsa()
    return Authority(authority.certificate, authority.key, authority.chain[:1]).token(imprint, at, nonce)


def anchors(*more: Holder) -> Anchors:
    """Pins the root in the set "test", with further ones if given."""
    return Anchors({"test": (root().certificate, *(one.certificate for one in more))})


def ocsp(
    of: Holder,
    *,
    at: datetime = NOW,
    revoked_at: datetime | None = None,
    reason: x509.ReasonFlags | None = None,
    unknown: bool = False,
    valid_for: timedelta | None = timedelta(days=1),
    signed_by: Holder | None = None,
    issuer: x509.Certificate | None = None,
    sha1: bool = True,
) -> bytes:
    """An OCSP response about a certificate, produced `at`; by the delegated responder unless `signed_by` is given."""
    by = signed_by or responder()
    status = x509_ocsp.OCSPCertStatus.REVOKED if revoked_at else x509_ocsp.OCSPCertStatus.GOOD
    builder = x509_ocsp.OCSPResponseBuilder().add_response(
        of.certificate,
        issuer or of.chain[0],
        SHA1() if sha1 else SHA256(),  # noqa: S303 - the hash that names an issuer; every responder uses it (RFC 5019)
        x509_ocsp.OCSPCertStatus.UNKNOWN if unknown else status,
        at,
        at + valid_for if valid_for else None,
        revoked_at,
        reason,
    )
    builder = builder.responder_id(x509_ocsp.OCSPResponderEncoding.HASH, by.certificate).certificates([by.certificate])
    return builder.sign(by.key, SHA256()).public_bytes(Encoding.DER)


def crl(
    *,
    at: datetime = NOW,
    revoked: Mapping[Holder, datetime] | Sequence[tuple[Holder, datetime, x509.ReasonFlags]] = (),
    number: int = 1,
    valid_for: timedelta = timedelta(days=7),
    issuer: Holder | None = None,
    signed_by: Holder | None = None,
) -> bytes:
    """A list of revoked certificates, issued `at`. `signed_by` forges: another key under the issuer's name."""
    by = issuer or issuing()
    rows = [(one, when, None) for one, when in revoked.items()] if isinstance(revoked, Mapping) else list(revoked)
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    builder = builder.last_update(at).next_update(at + valid_for).add_extension(x509.CRLNumber(number), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.certificate.public_key())  # type: ignore[arg-type]
    builder = builder.add_extension(identifier, critical=False)
    for one, when, reason in rows:
        row = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(when)
        builder = builder.add_revoked_certificate(
            (row.add_extension(x509.CRLReason(reason), critical=False) if reason else row).build()
        )
    return builder.sign((signed_by or by).key, SHA256()).public_bytes(Encoding.DER)


def _made(
    name: str,
    subject: Sequence[tuple[ObjectIdentifier, str]],
    above: Holder | None,
    extensions: Extensions,
    kind: Kind,
    since: datetime,
    until: datetime,
) -> Holder:
    own = key(name, kind)
    called = x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])
    signing = above.key if above else own
    public, signing_public = own.public_key(), signing.public_key()
    serial = int.from_bytes(hashlib.sha256(f"{name} {since} {until} {extensions}".encode()).digest()[:8], "big") >> 1
    builder = x509.CertificateBuilder(subject_name=called, public_key=public, serial_number=serial)
    builder = builder.issuer_name(above.certificate.subject if above else called)
    builder = builder.not_valid_before(since).not_valid_after(until)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_public), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    chain = (above.certificate, *above.chain) if above else ()
    return Holder(builder.sign(signing, SHA256()), own, chain)


def _authority(below: int) -> Extensions:
    return [(x509.BasicConstraints(ca=True, path_length=below), True), (_usage(("key_cert_sign", "crl_sign")), True)]


def _usage(names: Collection[str]) -> x509.KeyUsage:
    every = (
        "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
    )
    return x509.KeyUsage(**{one: one in names for one in every.split()}, encipher_only=False, decipher_only=False)


def _addresses(wanted: bool) -> Extensions:
    """Where to ask: OCSP in the authority information, the list in the distribution points."""
    if not wanted:
        return []
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP_URL))
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL_URL)], None, None, None)
    return [(x509.AuthorityInformationAccess([access]), False), (x509.CRLDistributionPoints([point]), False)]


def _year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)
