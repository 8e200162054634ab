"""Certificates that are believed without asking further, by set, each pinned by its SHA-256 fingerprint.

A folder holds `anchors.json` and the certificates; see docs/transcripts/README.md. The operating system's store is
never asked: it answers for web servers, not for signatures under the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256


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
