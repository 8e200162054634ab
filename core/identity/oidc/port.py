"""The port of identity providers: a profile of settings and a mapper of claims; the engine speaks the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from core.types.message import Message

if TYPE_CHECKING:
    from core.data.context import Context

Claims = Mapping[str, object]
AuthMethod = Literal["client_secret_post", "client_secret_basic", "private_key_jwt"]
UserinfoMethod = Literal["none", "GET", "POST"]
LogoutMethod = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider that publishes no discovery document listens (VNConnect, VNeID)."""

    authorization: str
    token: str
    jwks: str
    userinfo: str = ""
    end_session: str = ""


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """How the engine speaks with one provider; everything in it comes from settings."""

    issuer: str
    """Compared exactly, sign by sign."""
    client_id: str
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    """PEM of the key for `private_key_jwt`."""
    auth_method: AuthMethod = "client_secret_basic"
    endpoints: Endpoints | None = None
    """None: ask `<issuer>/.well-known/openid-configuration`."""
    hosts: tuple[str, ...] = ()
    """Further hosts that its discovery document may name; that of the issuer always counts."""
    userinfo: UserinfoMethod = "GET"
    logout: LogoutMethod = "GET"
    """How a browser is sent to sign out there. POST keeps the id_token out of addresses, but a browser sends no Lax
    cookie along with it, so providers rarely take it."""
    scopes: tuple[str, ...] = ("openid", "profile")
    levels: tuple[str, ...] = ()
    """The provider's `acr` values, weakest first; empty: it knows none, and no operation may ask for one."""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    """Signatures that an id_token may carry; never `none` and never a shared secret."""
    leeway: int = 120
    """Seconds that the clocks may differ."""


@dataclass(frozen=True, slots=True)
class PortalIdentity:
    """What a provider says of a person, in our words. Raw claims are neither kept nor logged."""

    issuer: str
    subject: str
    full_name: str = ""
    tech_id: str = ""
    """A stable id of the national portal; together with (issuer, subject) it is the key."""
    national_id: str = field(default="", repr=False)
    """9 or 12 digits; matched once, never a key."""
    birth_date: date | None = None
    account_type: Literal["person", "organisation"] = "person"
    assurance: str = ""
    """The `acr` that was reached."""
    idp: str = ""
    """Who had checked the person, where the provider is itself a broker (`BCA` for VNeID)."""


class IdentityProvider(Protocol):
    """A way to sign in with an identity from elsewhere.

    With `per_school = True` each school has one of its own: `profile` is asked in a context of that school, what it
    proves opens only accounts that reach no other school, and its levels of assurance count for nothing.
    """

    name: str
    """Of the plugin, or `<plugin>_<something>`; stands in addresses."""
    label: Message
    """On the button: `Sign in with ...`."""
    outbound_hosts: tuple[str, ...]
    """Hosts that it calls besides those of its settings."""

    def profile(self, ctx: Context) -> ProviderProfile | None:
        """The settings of this installation; None while it is not set up or switched off. Asks nobody outside."""
        ...

    def identity(self, claims: Claims) -> PortalIdentity:
        """Map verified claims (id_token and userinfo together; `iss`, `sub` and `acr` are the id_token's).

        Raises:
            ValueError: when a claim has a form that cannot be understood; the sign-in is refused.
        """
        ...
