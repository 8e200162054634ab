"""A signing service in memory: software keys, one code for all, and faults that can be switched on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from core.sdk.signing import (
    Algorithm,
    Config,
    Credential,
    Field,
    HttpClient,
    NoAnswer,
    Signing,
    SigningOrder,
    SigningState,
)
from core.sdk.text import Message, _
from tests.plugins.transcripts import pki

CODE = "2468"


@dataclass
class MemoryProvider:
    """Signs like a remote service. `begun` and `confirmed` count what it was asked to do."""

    name: str = "memory"
    label: Message = field(default_factory=lambda: _("Accounts"))
    fields: tuple[Field, ...] = ()
    outbound_hosts: tuple[str, ...] = ()
    confirms: Literal["code", "elsewhere", "agent"] = "code"
    holders: dict[str, pki.Holder] = field(default_factory=dict)
    max_batch: int = 100
    orders: dict[UUID, Signing] = field(default_factory=dict)
    begun: int = 0
    confirmed: int = 0
    silent: int = 0
    """So many calls get no answer, after the service has done what was asked."""
    only_first: int = 0
    """Sign no more than so many of an order before the next poll."""
    wrong: bool = False
    """Sign something else."""

    def check(self, config: Config) -> Mapping[str, Message]:
        return {}

    def credentials(self, signer: str, config: Config, http: HttpClient) -> tuple[Credential, ...] | NoAnswer:
        found = self.holders.get(signer)
        if found is None:
            return ()
        chain = (found.der, *(one.public_bytes(Encoding.DER) for one in found.chain))
        kind = Algorithm.RSA_SHA256 if isinstance(found.key, rsa.RSAPrivateKey) else Algorithm.ECDSA_SHA256
        return (Credential(signer, signer, chain, kind, self.max_batch),)

    def begin(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        if order.id not in self.orders:
            self.begun += 1
            self.orders[order.id] = Signing(SigningState.PREPARED)
        return self._answer(order)

    def authorise(
        self, order: SigningOrder, answer: str, config: Config, http: HttpClient, now: datetime
    ) -> Signing | NoAnswer:
        if answer == CODE and self.orders[order.id].state is SigningState.PREPARED:
            self.confirmed += 1
            self.orders[order.id] = self._signed(order, self.only_first or len(order.digests))
        return self._answer(order)

    def poll(self, order: SigningOrder, config: Config, http: HttpClient, now: datetime) -> Signing | NoAnswer:
        if self.orders[order.id].state is SigningState.AUTHORISED:
            self.orders[order.id] = self._signed(order, len(order.digests))
        return self._answer(order)

    def _answer(self, order: SigningOrder) -> Signing | NoAnswer:
        if self.silent:
            self.silent -= 1
            return NoAnswer("the test wants it so")
        return self.orders[order.id]

    def _signed(self, order: SigningOrder, most: int) -> Signing:
        key = self.holders[order.signer].key
        made = {one.document_id: sign(key, bytes(32) if self.wrong else one.digest) for one in order.digests[:most]}
        state = SigningState.SIGNED if most >= len(order.digests) else SigningState.AUTHORISED
        return Signing(state, made)


def sign(key: pki.Key, digest: bytes) -> bytes:
    """A signature of a digest as the port wants it."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
