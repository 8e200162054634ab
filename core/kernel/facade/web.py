"""Pages, the API, and parts on pages of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.types.contributions import Action, Card, NavItem, RecordTab, SearchSource, Slot, SlotPlace

from .base import FacadeBase, Modules, Owned

if TYPE_CHECKING:
    from flask import Blueprint


class WebFacade(FacadeBase):
    """What plugins add to the web."""

    def pages(self) -> tuple[Owned[Blueprint], ...]:
        return self.owned("provide_pages")

    def api(self) -> tuple[Owned[Any], ...]:
        """flask-smorest blueprints (they carry no types)."""
        return self.owned("provide_api")

    def nav(self, modules: Modules = None) -> tuple[NavItem, ...]:
        """Entries of the left rail in their order."""
        return self.memo(("nav", modules), lambda: tuple(o.item for o in self._ordered("provide_nav", modules)))

    def cards(self, modules: Modules = None) -> tuple[Owned[Card], ...]:
        """Cards of the start page in their order."""
        return self._ordered("provide_cards", modules)

    def search_sources(self, modules: Modules = None) -> tuple[Owned[SearchSource], ...]:
        return self.owned("provide_search", modules)

    def record_tabs(self, record: str, modules: Modules = None) -> tuple[Owned[RecordTab], ...]:
        """Tabs for one kind of record, in their order."""

        def find() -> tuple[Owned[RecordTab], ...]:
            return tuple(o for o in self._ordered("provide_record_tabs", modules) if o.item.record == record)

        return self.memo(("tabs", record, modules), find)

    def slot_places(self) -> Mapping[str, SlotPlace]:
        """By name."""
        return self._by("provide_slot_places", "name")

    def slots(self, place: str, modules: Modules = None) -> tuple[Owned[Slot], ...]:
        """Parts for one place, in their order."""

        def find() -> tuple[Owned[Slot], ...]:
            return tuple(o for o in self._ordered("provide_slots", modules) if o.item.place == place)

        return self.memo(("slots", place, modules), find)

    def actions(self, record: str, modules: Modules = None) -> tuple[Action, ...]:
        """Buttons for one kind of record and its lists, in their order."""

        def find() -> tuple[Action, ...]:
            return tuple(o.item for o in self._ordered("provide_actions", modules) if o.item.record == record)

        return self.memo(("actions", record, modules), find)
