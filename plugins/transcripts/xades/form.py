"""The one form of a signature block: written by it, and read back by the same text with holes.

XAdES by ETSI EN 319 132-1: SigningTime, SigningCertificateV2 and SignerRoleV2 are signed; timestamp, certificate and
revocation values may be added. Every signer fills the same text, so a reader needs no tree.
"""

from __future__ import annotations

import re

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
SEALED_VALUE = "sv-cbql"
"""Id of the principal's SignatureValue, which the seal refers to, so that nobody can seal first."""

IN_DS, IN_XADES = f' xmlns:ds="{DS}"', f' xmlns:xades="{XADES}"'


def reference(uri: str, digest: str, kind: str = "") -> str:
    """One ds:Reference to a part of the same file."""
    head = f'<ds:Reference Type="{kind}" URI="#{uri}">' if kind else f'<ds:Reference URI="#{uri}">'
    return (
        f'{head}<ds:Transforms><ds:Transform Algorithm="{C14N}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>'
        "</ds:Reference>"
    )


def signed_info(algorithm: str, references: str) -> str:
    """ds:SignedInfo as it stands inside ds:Signature."""
    return (
        f'<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm}"></ds:SignatureMethod>{references}</ds:SignedInfo>'
    )


def signed_properties(slot: str, time: str, certificate_digest: str, role: str) -> str:
    """xades:SignedProperties as it stands inside ds:Signature."""
    return (
        f'<xades:SignedProperties Id="sp-{slot}"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{time}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>{certificate_digest}</ds:DigestValue>'
        "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2><xades:SignerRoleV2><xades:ClaimedRoles>"
        f"<xades:ClaimedRole>{role}</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRoleV2>"
        "</xades:SignedSignatureProperties></xades:SignedProperties>"
    )


def signature(slot: str, info: str, value_id: str, value: str, certificate: str, properties: str) -> str:
    """The whole block; `value_id` is empty but for the principal."""
    identifier = f' Id="{value_id}"' if value_id else ""
    return (
        f'<ds:Signature{IN_DS} Id="sig-{slot}">{info}<ds:SignatureValue{identifier}>{value}</ds:SignatureValue>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f'<ds:Object><xades:QualifyingProperties{IN_XADES} Target="#sig-{slot}">{properties}'
        "</xades:QualifyingProperties></ds:Object></ds:Signature>"
    )


def alone(info: bytes) -> bytes:
    """ds:SignedInfo or ds:SignatureValue as the top of a canonical form: with its own name space."""
    return re.sub(rb"^<ds:\w+", lambda found: found[0] + IN_DS.encode(), info, count=1)


def properties_alone(properties: bytes) -> bytes:
    """xades:SignedProperties as the top of a canonical form: name spaces stand where they are first used."""
    head = b"<xades:SignedProperties"
    out = head + IN_XADES.encode() + properties[len(head) :]
    for name in (b"<ds:DigestMethod", b"<ds:DigestValue"):
        out = out.replace(name, name + IN_DS.encode())
    return out


_B64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_URI = r'[^"<>&]*'
_UNSIGNED = (
    r"(?P<unsigned><xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
    rf'(?:<xades:SignatureTimeStamp><ds:CanonicalizationMethod Algorithm="{re.escape(C14N)}">'
    rf"</ds:CanonicalizationMethod><xades:EncapsulatedTimeStamp>(?P<timestamp>{_B64})</xades:EncapsulatedTimeStamp>"
    r"</xades:SignatureTimeStamp>)?"
    rf"(?:<xades:CertificateValues>(?P<certificates>(?:<xades:EncapsulatedX509Certificate>{_B64}"
    r"</xades:EncapsulatedX509Certificate>)+)</xades:CertificateValues>)?"
    rf"(?:<xades:RevocationValues>(?:<xades:CRLValues>(?P<crls>(?:<xades:EncapsulatedCRLValue>{_B64}"
    rf"</xades:EncapsulatedCRLValue>)+)</xades:CRLValues>)?(?:<xades:OCSPValues>(?P<ocsps>(?:<xades:"
    rf"EncapsulatedOCSPValue>{_B64}</xades:EncapsulatedOCSPValue>)+)</xades:OCSPValues>)?</xades:RevocationValues>)?"
    r"</xades:UnsignedSignatureProperties></xades:UnsignedProperties>)?"
)
_REFERENCE = (
    rf'<ds:Reference(?: Type="{_URI}")?(?: URI="{_URI}")?><ds:Transforms>(?:<ds:Transform Algorithm="{_URI}">'
    rf'</ds:Transform>)*</ds:Transforms><ds:DigestMethod Algorithm="{_URI}"></ds:DigestMethod>'
    rf"<ds:DigestValue>{_B64}</ds:DigestValue></ds:Reference>"
)
BLOCK = re.compile(
    (
        rf'<ds:Signature xmlns:ds="{re.escape(DS)}" Id="(?P<id>{_URI})">'
        rf'(?P<info><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="(?P<c14n>{_URI})"></ds:CanonicalizationMethod>'
        rf'<ds:SignatureMethod Algorithm="(?P<method>{_URI})"></ds:SignatureMethod>'
        rf"(?P<references>(?:{_REFERENCE})+)</ds:SignedInfo>)"
        rf'(?P<value_element><ds:SignatureValue(?: Id="(?P<value_id>{_URI})")?>(?P<value>{_B64})</ds:SignatureValue>)'
        rf"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>(?P<certificate>{_B64})</ds:X509Certificate></ds:X509Data>"
        rf'</ds:KeyInfo><ds:Object><xades:QualifyingProperties xmlns:xades="{re.escape(XADES)}" '
        rf'Target="(?P<target>{_URI})">'
        rf'(?P<properties><xades:SignedProperties Id="(?P<properties_id>{_URI})"><xades:SignedSignatureProperties>'
        rf"<xades:SigningTime>(?P<time>[0-9TZ:-]+)</xades:SigningTime><xades:SigningCertificateV2><xades:Cert>"
        rf'<xades:CertDigest><ds:DigestMethod Algorithm="(?P<cert_method>{_URI})"></ds:DigestMethod>'
        rf"<ds:DigestValue>(?P<cert_digest>{_B64})</ds:DigestValue></xades:CertDigest></xades:Cert>"
        rf"</xades:SigningCertificateV2><xades:SignerRoleV2><xades:ClaimedRoles><xades:ClaimedRole>(?P<role>[^<>&]*)"
        rf"</xades:ClaimedRole></xades:ClaimedRoles></xades:SignerRoleV2></xades:SignedSignatureProperties>"
        rf"</xades:SignedProperties>){_UNSIGNED}</xades:QualifyingProperties></ds:Object></ds:Signature>"
    ).encode()
)
"""A block of the right build, whatever it claims. What it claims is compared piece by piece afterwards."""
