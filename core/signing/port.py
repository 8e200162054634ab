"""The port of signature providers: digests go out, one person confirms once, signatures come back.

The shape fits remote signing services (Cloud Signature Consortium API: authorise once for N hashes), tokens behind an
agent in the browser, and software keys. A provider never sees a document; the core never sees a private key, and it
uses a signature only after `core.signing.verify.is_genuine` has found it right for its digest and certificate.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from core.types.fields import Config, Field
from core.types.http import HttpClient
from core.types.message import Message

DIGEST_BYTES = 32
"""SHA-256 is the only digest in use (FIPS 180-4)."""


class Algorithm(enum.StrEnum):
    """How a credential signs a SHA-256 digest."""

    RSA_SHA256 = "rsa-sha256"
    """RSASSA-PKCS1-v1_5, key of 2048 bits or more."""
    ECDSA_SHA256 = "ecdsa-sha256"
    """NIST P-256; the signature is r and s, 32 bytes each, as XML signatures want it (RFC 4050)."""


class SigningState(enum.StrEnum):
    """Where a transaction is. SIGNED, REFUSED and EXPIRED are final."""

    PREPARED = "prepared"
    AUTHORISED = "authorised"
    """The signer has confirmed; some signatures may be there already."""
    SIGNED = "signed"
    REFUSED = "refused"
    EXPIRED = "expired"


ALLOWED: Mapping[SigningState, frozenset[SigningState]] = MappingProxyType(
    {
        SigningState.PREPARED: frozenset(SigningState) - {SigningState.PREPARED},
        SigningState.AUTHORISED: frozenset({SigningState.SIGNED, SigningState.REFUSED, SigningState.EXPIRED}),
        SigningState.SIGNED: frozenset[SigningState](),
        SigningState.REFUSED: frozenset[SigningState](),
        SigningState.EXPIRED: frozenset[SigningState](),
    }
)
"""Moves that a transaction may make; one that is polled rarely may skip AUTHORISED."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate whose private key the provider holds for somebody."""

    id: str
    label: str
    chain: tuple[bytes, ...]
    """DER, the signer's certificate first, then its issuers as far as the provider knows them."""
    algorithm: Algorithm
    max_batch: int
    """How many digests one confirmation may cover."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One thing to sign."""

    document_id: str
    digest: bytes = field(repr=False)
    """SHA-256 of the bytes to be signed."""
    label: str = ""
    """What the signer is shown: nobody signs a number blindly."""


@dataclass(frozen=True, slots=True)
class SigningOrder:
    """What one confirmation covers. The id makes repeating harmless."""

    id: UUID
    credential: str
    digests: tuple[Digest, ...]
    signer: str
    """Whom the provider knows the signer as (a user id, never shown to others)."""
    created_at: datetime
    expires_at: datetime
    provider_data: Mapping[str, str] = field(default_factory=dict)
    """What the last `Signing.remember` said."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Where an order is, as the provider says."""

    state: SigningState
    signatures: Mapping[str, bytes] = field(default_factory=dict)
    """By document; fewer than asked for while the state is AUTHORISED."""
    prompt: str = ""
    """What the signer's browser or agent needs to go on, opaque to the core; empty where nothing is needed. Of
    providers that confirm by an agent it is a JSON object whose `agent` is the web socket that the page needs."""
    remember: Mapping[str, str] = field(default_factory=dict)
    """What the next call needs; kept sealed, so a session token may be in it."""
    reason: str = ""
    """Why it was refused, for the operator: no personal data."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The provider gave no answer that decides: ask again later, never assume and never begin a second time."""

    detail: str


@runtime_checkable
class SigningProvider(Protocol):
    """One way to sign. The object is stateless; `config` is the account of one school or signer with the service."""

    name: str
    label: Message
    fields: tuple[Field, ...]
    outbound_hosts: tuple[str, ...]
    confirms: Literal["code", "elsewhere", "agent"]
    """How the signer confirms: a code typed on our page, an app of the provider, or an agent in the browser."""

    def check(self, config: Config) -> Mapping[str, Message]:
        """Problems of a configuration, by field name; empty when it is usable."""
        ...

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        """Certificates that this signer can sign with. Never signs anything to find out."""
        ...

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Hand the digests over. The same order again is the same transaction, never a second one.

        Raises:
            ValueError: for no digest, more than the credential allows, a digest that is no SHA-256, a document twice,
                an unknown credential, or an id that was begun with other digests.
        """
        ...

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        """The signer's code, or what the agent returned. A wrong one changes nothing or refuses the order.

        Raises:
            ValueError: where the signer confirms elsewhere.
        """
        ...

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        """Ask where the order is; may be repeated at any time and changes nothing."""
        ...
