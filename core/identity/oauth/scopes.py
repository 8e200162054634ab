"""Scopes of tokens are permissions in other words: `finance.round.publish` is `finance:round:publish`.

A permission can also name the scopes that a standard has for it.

Rights over accounts, roles and settings (`core.`) are never given to programs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from core.types.contributions import Permission

OPENID = frozenset({"openid", "profile", "offline_access"})
"""Scopes of OpenID Connect: who the person is, their name, and staying connected."""
_OWN = ".own"
_standard: Mapping[str, frozenset[str]] = {}


def bind(permissions: Iterable[Permission]) -> None:
    """Make the scopes that standards name known to this process, once at start."""
    global _standard
    found: defaultdict[str, set[str]] = defaultdict(set)
    for permission in permissions:
        for scope in permission.scopes:
            found[scope].add(permission.name)
    _standard = {scope: frozenset(names) for scope, names in found.items()}


def scope_of(permission: str) -> str:
    """The scope that stands for a permission and for its `.own` form."""
    return permission.removesuffix(_OWN).replace(".", ":")


def scopes_of(permissions: Collection[str]) -> frozenset[str]:
    """Every scope that a program with these permissions may ask for."""
    held = frozenset(permissions)
    return frozenset(map(scope_of, held)) | {scope for scope, needed in _standard.items() if needed <= held}


def grantable(permissions: Iterable[str]) -> frozenset[str]:
    """Those permissions that a program can be given, without `.own`: what is one's own is decided by who agrees."""
    return frozenset(p.removesuffix(_OWN) for p in permissions if not p.startswith("core."))


def split(scope: str | None) -> list[str]:
    """The scopes of a request, each once, in their order (RFC 6749 section 3.3)."""
    return list(dict.fromkeys((scope or "").split()))


def narrowed(held: frozenset[str], scope: str, most: Collection[str]) -> frozenset[str]:
    """What a token opens: what its holder may do, as far as its scope and its client reach.

    Args:
        held: permissions of the person, or all that are declared for a client that acts for itself.
        scope: of the token.
        most: permissions of the client.
    """
    scopes = set(split(scope))
    standard = frozenset[str]().union(*(_standard.get(name, frozenset()) for name in scopes))
    reach = {p for p in most if scope_of(p) in scopes or p in standard}
    return frozenset(p for p in held if p.removesuffix(_OWN) in reach)
