"""The providers that are installed, bound once at start: contexts carry no registry.

In addresses a provider has its name, `oidc`; a school's own has the code of the school behind it,
`oidc_school.HOAPHUONG`. So each has a return address of its own, and a round belongs to the one that began it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from core.data.context import Context
from core.data.session import Database
from core.school.models import School
from core.types.actor import system_actor
from core.types.clock import Clock
from core.types.errors import NotFound
from core.types.message import Message, _

from .outside import Outside, Site
from .port import IdentityProvider

_bound: Mapping[str, IdentityProvider] = MappingProxyType({})
_ACTOR = system_actor("sign-in")


def bind(providers: Mapping[str, IdentityProvider]) -> None:
    """Say which providers this process knows (`registry.identity_providers()`)."""
    global _bound
    _bound = MappingProxyType(dict(providers))


def per_school(provider: IdentityProvider) -> bool:
    """Whether each school has one of its own."""
    return bool(getattr(provider, "per_school", False))


def offered(ctx: Context) -> list[tuple[str, Message]]:
    """Providers of the installation that are set up, with the words on their buttons."""
    return [(name, one.label) for name, one in _bound.items() if not per_school(one) and one.profile(ctx) is not None]


def vouching(ctx: Context, level: int) -> list[tuple[str, Message]]:
    """Those of the installation that know a level of assurance."""
    profiles = {name: one.profile(ctx) for name, one in _bound.items() if not per_school(one)}
    return [(name, _bound[name].label) for name, found in profiles.items() if found and len(found.levels) >= level]


def offered_at(db: Database, which: str | UUID, clock: Clock) -> list[tuple[str, Message]]:
    """A school's own, by its code or id; nothing when there is no such school."""
    if not any(map(per_school, _bound.values())):
        return []
    mine = School.code == which if isinstance(which, str) else School.id == which
    with db.all_schools(_ACTOR, clock=clock) as ctx:
        school = ctx.session.execute(select(School.id, School.code, School.name).where(mine)).one_or_none()
    if school is None:
        return []
    with db.context(_ACTOR, school.id, clock=clock) as ctx:
        words = _("the account of %(school)s", school=school.name)
        own = [name for name, one in _bound.items() if per_school(one) and one.profile(ctx) is not None]
    return [(f"{name}.{school.code}", words) for name in own]


def label(name: str) -> Message | str:
    """What a provider is called, by its name in addresses."""
    found = _bound.get(name.partition(".")[0])
    return found.label if found is not None else name


def reach(db: Database, name: str, site: Site, clock: Clock) -> tuple[IdentityProvider, Outside]:
    """A provider that is set up here.

    Raises:
        NotFound: when there is none of that name, or it is switched off.
        OidcRefused: when its settings cannot be used.
    """
    base, _dot, code = name.partition(".")
    provider = _bound.get(base)
    if provider is None or per_school(provider) != bool(code):
        raise NotFound
    school: UUID | None = None
    if code:
        with db.all_schools(_ACTOR, clock=clock) as ctx:
            school = ctx.session.execute(select(School.id).where(School.code == code)).scalar_one_or_none()
        if school is None:
            raise NotFound
    with db.all_schools(_ACTOR, clock=clock) if school is None else db.context(_ACTOR, school, clock=clock) as ctx:
        profile = provider.profile(ctx)
    if profile is None:
        raise NotFound
    return provider, Outside(provider, profile, site, name, school)
