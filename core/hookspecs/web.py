"""`provide_` hooks of the web: pages, API, and what appears on pages of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.types.contributions import Action, Card, NavItem, RecordTab, SearchSource, Slot, SlotPlace

from .markers import hookspec

if TYPE_CHECKING:
    from flask import Blueprint
    from flask_smorest import Blueprint as ApiBlueprint


class WebSpecs:
    """What a plugin adds to the web."""

    @hookspec
    def provide_pages(self) -> list[Blueprint]:
        """HTML pages; the blueprint is named as the plugin and mounted under `/<plugin>` unless it says otherwise."""
        raise AssertionError("specification only")

    @hookspec
    def provide_api(self) -> list[ApiBlueprint]:
        """flask-smorest blueprints, mounted under `/api/v1`."""
        raise AssertionError("specification only")

    @hookspec
    def provide_nav(self) -> list[NavItem]:
        """Entries of the left rail."""
        raise AssertionError("specification only")

    @hookspec
    def provide_cards(self) -> list[Card]:
        """Cards of the start page."""
        raise AssertionError("specification only")

    @hookspec
    def provide_search(self) -> list[SearchSource]:
        """Answers for the search box."""
        raise AssertionError("specification only")

    @hookspec
    def provide_record_tabs(self) -> list[RecordTab]:
        """Tabs on record pages of other modules."""
        raise AssertionError("specification only")

    @hookspec
    def provide_slot_places(self) -> list[SlotPlace]:
        """Named places on the plugin's own pages where others may add a part."""
        raise AssertionError("specification only")

    @hookspec
    def provide_slots(self) -> list[Slot]:
        """Parts in named places of pages of others."""
        raise AssertionError("specification only")

    @hookspec
    def provide_actions(self) -> list[Action]:
        """Buttons on records and lists of other modules."""
        raise AssertionError("specification only")
