"""The providers that are installed, bound once at start: contexts carry no registry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.data.context import Context
from core.data.session import Database
from core.types.actor import system_actor
from core.types.clock import Clock
from core.types.errors import NotFound
from core.types.message import Message

from .outside import Outside, Site
from .port import IdentityProvider

_bound: Mapping[str, IdentityProvider] = MappingProxyType({})


def bind(providers: Mapping[str, IdentityProvider]) -> None:
    """Say which providers this process knows (`registry.identity_providers()`)."""
    global _bound
    _bound = MappingProxyType(dict(providers))


def offered(ctx: Context) -> list[tuple[str, Message]]:
    """Providers that are set up here, with the words on their buttons."""
    return [(name, one.label) for name, one in _bound.items() if one.profile(ctx) is not None]


def labels() -> Mapping[str, Message]:
    """What installed providers are called."""
    return {name: one.label for name, one in _bound.items()}


def reach(db: Database, name: str, site: Site, clock: Clock) -> tuple[IdentityProvider, Outside]:
    """A provider that is set up here.

    Raises:
        NotFound: when there is none of that name, or it is switched off.
        OidcRefused: when its settings cannot be used.
    """
    provider = _bound.get(name)
    if provider is None:
        raise NotFound
    with db.all_schools(system_actor("sign-in"), clock=clock) as ctx:
        profile = provider.profile(ctx)
    if profile is None:
        raise NotFound
    return provider, Outside(provider, profile, site)
