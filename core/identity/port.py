"""The port of identity providers: what an OpenID Connect provider is like, and how its claims are read.

A profile is data and one pure function. The engine (`core.identity.oidc`) does the protocol: it verifies issuer,
audience, nonce and signature before the mapper sees a claim, and it keeps neither the claims nor the tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from core.types.fields import Config, Field
from core.types.message import Message

Claims = Mapping[str, object]
"""Verified claims of the id token, completed by those of userinfo; `iss` and `sub` are always the id token's."""
ClientAuth = Literal["client_secret_post", "client_secret_basic", "private_key_jwt"]


@dataclass(frozen=True, slots=True)
class PortalIdentity:
    """Who has signed in, in the core's words. The key is (`issuer`, `subject`): never a mail, a phone or a number of a
    paper."""

    issuer: str
    subject: str
    full_name: str
    tech_id: str = ""
    """A stable technical number of the national portal, where the provider gives one."""
    national_id: str = field(default="", repr=False)
    """An attribute to match once; kept encrypted with a keyed hash, never a login."""
    birth_date: date | None = None
    account_type: Literal["person", "organisation"] = "person"
    assurance: int = 0
    """Level of assurance that the provider vouched for: 0 unknown, 1, 2, 3."""
    idp: str = ""
    """The provider behind the provider, where one is named."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Endpoints of a provider that publishes no discovery document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A provider that publishes its endpoints below its issuer (OpenID Connect Discovery 1.0)."""

    issuer: str


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The profile of one kind of provider. Code flow, state, nonce and PKCE S256 are not up to the profile."""

    name: str
    label: Message
    fields: tuple[Field, ...]
    """What an administrator fills in: client id, secret, perhaps the issuer."""
    metadata: Callable[[Config], Metadata | Discovery]
    """Where the provider is, for a configuration; raises ValueError for an unusable one."""
    claims: Callable[[Claims], PortalIdentity]
    """Reads verified claims. Pure; raises ValueError for claims that name nobody."""
    check: Callable[[Config], Mapping[str, Message]]
    """Problems of a configuration, by field name; empty when it is usable."""
    scopes: tuple[str, ...] = ("openid",)
    client_auth: ClientAuth = "client_secret_basic"
    userinfo: Literal["none", "get", "post"] = "none"
    algorithms: tuple[str, ...] = ("RS256",)
    """Signatures of id tokens that are believed."""
    acr_values: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """What the provider calls its levels of assurance, weakest first; a value that is not here counts as 0."""
    outbound_hosts: tuple[str, ...] = ()

    def assurance(self, claims: Claims) -> int:
        """The level that the id token vouches for; 0 when it says nothing that is known."""
        found = claims.get("acr")
        return self.acr_values.get(found, 0) if isinstance(found, str) else 0
