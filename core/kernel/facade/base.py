"""The typed side of the registry: how answers are found, kept and ordered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Modules = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Owned(Generic[Item]):
    """A contribution and the module it came from (`core` for the core's own)."""

    module: str
    item: Item


class FacadeBase(ABC):
    """What all families share."""

    @abstractmethod
    def owned(self, hook: str, modules: Modules = None) -> tuple[Owned[Any], ...]:
        """The contributions of one hook with their modules, in the order of plugins."""

    @abstractmethod
    def memo(self, key: object, compute: Callable[[], Answer]) -> Answer:
        """An answer that follows from the contributions alone, computed once."""

    def _items(self, hook: str, modules: Modules) -> tuple[Any, ...]:
        return self.memo((hook, modules), lambda: tuple(o.item for o in self.owned(hook, modules)))

    def _ordered(self, hook: str, modules: Modules) -> tuple[Owned[Any], ...]:
        def sort() -> tuple[Owned[Any], ...]:
            return tuple(sorted(self.owned(hook, modules), key=lambda o: o.item.order))

        return self.memo((hook, modules, "order"), sort)

    def _by(self, hook: str, attribute: str, modules: Modules = None) -> Mapping[str, Any]:
        def index() -> Mapping[str, Any]:
            return MappingProxyType({getattr(o.item, attribute): o.item for o in self.owned(hook, modules)})

        return self.memo((hook, modules, attribute), index)
