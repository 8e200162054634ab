"""What this process sends: declared events, and whether to its own machine too. Bound once at start."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.kernel.registry import Registry
from core.types.contributions import EventType

_types: Mapping[str, EventType] = MappingProxyType({})
_loopback = False


def bind(registry: Registry, *, loopback: bool) -> None:
    """Say which events there are.

    Args:
        loopback: also deliver to this machine and without TLS; for development and tests only.
    """
    global _types, _loopback
    _types = MappingProxyType({name: kind for name, kind in registry.event_types().items() if kind.outside})
    _loopback = loopback


def event_types() -> Mapping[str, EventType]:
    """Events that may be sent, by name."""
    return _types


def loopback() -> bool:
    """Whether addresses of this machine are allowed."""
    return _loopback
