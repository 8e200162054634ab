"""Certificates that are believed without asking further, by set, each pinned by its SHA-256 fingerprint.

A folder holds `anchors.json` and the certificates; see docs/transcripts/README.md. The operating system's store is
never asked: it answers for web servers, not for signatures under the law.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from .unreadable import UNREADABLE


class AnchorsRefused(ValueError):
    """The folder or the update is not what it claims to be. The text is for the operator."""


@dataclass(frozen=True)
class Anchors:
    """Pinned certificates by the name of their set (`vgca`, `neac`, `timestamps`, `lists`)."""

    sets: Mapping[str, tuple[x509.Certificate, ...]]
    version: int = 0
    update_key: bytes = b""
    """SubjectPublicKeyInfo (DER) of the key that signs updates; empty: no updates are taken."""

    @cached_property
    def fingerprints(self) -> frozenset[bytes]:
        """SHA-256 of every pinned certificate."""
        return frozenset(one.fingerprint(SHA256()) for group in self.sets.values() for one in group)

    def all(self, *names: str) -> tuple[x509.Certificate, ...]:
        """Certificates of these sets, or of all sets."""
        return tuple(one for name, group in self.sets.items() if not names or name in names for one in group)

    def has(self, certificate: x509.Certificate, *names: str) -> bool:
        """Whether exactly this certificate is pinned (in one of the sets, or in any)."""
        if names:
            return certificate in self.all(*names)
        return certificate.fingerprint(SHA256()) in self.fingerprints


def load(folder: Path) -> Anchors:
    """The anchors of a folder: `anchors.json` names every certificate file with its fingerprint, set by set.

    Raises:
        AnchorsRefused: a file that is missing or not the one that was named.
    """
    try:
        document = (folder / "anchors.json").read_bytes()
    except OSError as error:
        raise AnchorsRefused("there is no anchors.json in the folder") from error
    return parse(document, lambda name: (folder / name).read_bytes())


def parse(document: bytes, file: Callable[[str], bytes]) -> Anchors:
    """Anchors from their list and the certificate files it names (PEM or DER).

    Raises:
        AnchorsRefused: as `load`.
    """
    try:
        said = json.loads(document)
        sets = {
            str(name): tuple(_pinned(file(path), fingerprint) for path, fingerprint in group.items())
            for name, group in said["sets"].items()
        }
        return Anchors(sets, int(said["version"]), base64.b64decode(said.get("update_key", "")))
    except (*UNREADABLE, OSError, KeyError, AttributeError, RecursionError) as error:
        raise AnchorsRefused(f"anchors.json or a file that it names: {error}") from error


def updated(old: Anchors, document: bytes, signature: bytes, file: Callable[[str], bytes]) -> Anchors:
    """Newer anchors, by a list that the pinned key has signed (Ed25519 over the bytes of the list).

    Raises:
        AnchorsRefused: not signed by that key, or not newer.
    """
    try:
        key = load_der_public_key(old.update_key)
        if not isinstance(key, Ed25519PublicKey):
            raise AnchorsRefused("no key for updates is pinned")
        key.verify(signature, document)
    except UNREADABLE as error:
        raise AnchorsRefused("the update is not signed by the pinned key") from error
    new = parse(document, file)
    if new.version <= old.version:
        raise AnchorsRefused("the update is not newer than what is there")
    return new


def _pinned(file: bytes, fingerprint: str) -> x509.Certificate:
    read = x509.load_pem_x509_certificate if file.startswith(b"-----") else x509.load_der_x509_certificate
    certificate = read(file)
    if certificate.fingerprint(SHA256()).hex() != fingerprint.lower():
        raise AnchorsRefused("a certificate is not the one that was pinned")
    return certificate
