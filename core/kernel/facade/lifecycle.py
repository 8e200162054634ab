"""Methods of plugins that are called while the program runs; `core.kernel.dispatch` calls them, contained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.types.message import Message

from .base import FacadeBase, Modules, Owned

if TYPE_CHECKING:
    from core.data.context import Context

Observer = Callable[["Context"], None]
DisableCheck = Callable[["Context"], Message | None]
AccessCheck = Callable[["Context", str, UUID], Message | None]
PageResolver = Callable[["Context", UUID], str | None]


class LifecycleFacade(FacadeBase):
    """`on_`, `check_` and `resolve_` hooks."""

    def on_enabled(self) -> Mapping[str, Observer]:
        """By module: each hears only of itself."""
        return self._method_of("on_enabled")

    def on_disabled(self) -> Mapping[str, Observer]:
        """By module: each hears only of itself."""
        return self._method_of("on_disabled")

    def on_school_created(self) -> Mapping[str, Observer]:
        """By module; all of them, because no module is on at a new school."""
        return self._method_of("on_school_created")

    def check_disable(self) -> Mapping[str, DisableCheck]:
        """By module: each is asked only about itself."""
        return self._method_of("check_disable")

    def check_person_access(self, modules: Modules = None) -> tuple[Owned[AccessCheck], ...]:
        return self.owned("check_person_access", modules)

    def resolve_person_page(self, modules: Modules = None) -> tuple[Owned[PageResolver], ...]:
        return self.owned("resolve_person_page", modules)

    def _method_of(self, hook: str) -> Mapping[str, Any]:
        return self.memo(("method", hook), lambda: MappingProxyType({o.module: o.item for o in self.owned(hook)}))
