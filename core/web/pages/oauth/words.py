"""What scopes allow, in the words of the permissions that they stand for."""

from __future__ import annotations

from collections.abc import Iterable

from core.identity.oauth.scopes import OPENID, grantable, scope_of
from core.kernel.registry import Registry
from core.types.message import Message


def _labels(registry: Registry) -> dict[str, Message]:
    """By scope; where a right has an `.own` form too, in the words of the wider one."""
    labels: dict[str, Message] = {}
    for permission in sorted(registry.permissions(), key=lambda p: p.name.endswith(".own"), reverse=True):
        labels[scope_of(permission.name)] = permission.label
    return labels


def rights_of(registry: Registry, scopes: Iterable[str]) -> list[Message]:
    """For people who agree; without those of OpenID Connect, which the page says itself."""
    labels = _labels(registry)
    return [labels.get(scope, Message(scope)) for scope in scopes if scope not in OPENID]


def api_scopes(registry: Registry) -> dict[str, str]:
    """For makers, in the description of the API."""
    given = {scope_of(name) for name in grantable(p.name for p in registry.permissions())}
    return {scope: str(label) for scope, label in sorted(_labels(registry).items()) if scope in given}
