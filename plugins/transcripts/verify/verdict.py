"""What a check says: findings by name in three layers that are never mixed.

*Integrity*: are these the bytes that were signed, by every signature that must be there? *Identity*: did the people
sign who had to, with certificates that held? *Status*: is this still the transcript that counts?
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


class Outcome(enum.StrEnum):
    """VALID, INVALID, or not to be decided from what was at hand (ETSI EN 319 102-1, 5.1.3)."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


class Layer(enum.StrEnum):
    """Which question a finding belongs to."""

    INTEGRITY = "integrity"
    IDENTITY = "identity"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason. Only what speaks against a file is a finding: none at all means valid."""

    code: str
    """Stable name for programs, e.g. `digest_differs`; its words are in `verify.words`."""
    layer: Layer
    outcome: Outcome
    slot: str = ""
    """The slot's name (`gvcn`, `gvbm-TOAN`); empty where the whole file is meant."""
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignerSeen:
    """Who signed in a slot. `signed_at` is by the signer's clock; `judged_at` is the proved time or the asked one."""

    slot: str
    role: str
    name: str
    certificate_sha256: str
    signed_at: datetime
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole answer to one file."""

    findings: tuple[Finding, ...]
    signers: tuple[SignerSeen, ...] = ()

    @property
    def integrity(self) -> Outcome:
        return self.of(Layer.INTEGRITY)

    @property
    def identity(self) -> Outcome:
        return self.of(Layer.IDENTITY)

    @property
    def status(self) -> Outcome:
        return self.of(Layer.STATUS)

    @property
    def overall(self) -> Outcome:
        """The worst of the three."""
        return worst(one.outcome for one in self.findings)

    def of(self, layer: Layer) -> Outcome:
        """The verdict of one layer."""
        return worst(one.outcome for one in self.findings if one.layer is layer)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """INVALID outweighs INDETERMINATE, which outweighs VALID; nothing at all is VALID."""
    found = set(outcomes)
    for outcome in (Outcome.INVALID, Outcome.INDETERMINATE):
        if outcome in found:
            return outcome
    return Outcome.VALID
