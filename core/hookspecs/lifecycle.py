"""Hooks that are called while the program runs: `on_` observes, `check_` may refuse, `resolve_` answers first.

The method is looked up once at start, called by itself and contained: what it raises never reaches another plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from .markers import hookspec

if TYPE_CHECKING:
    from core.data.context import Context
    from core.types.message import Message


class LifecycleSpecs:
    """A module in the life of a school."""

    @hookspec
    def on_enabled(self, ctx: Context) -> None:
        """The school of the context has switched this module on; after the commit, in a job, at least once."""
        raise AssertionError("specification only")

    @hookspec
    def on_disabled(self, ctx: Context) -> None:
        """The school has switched this module off; after the commit, in a job, at least once. Its data stays."""
        raise AssertionError("specification only")

    @hookspec
    def on_school_created(self, ctx: Context) -> None:
        """The school of the context was added; after the commit, in a job, at least once. No module is on yet."""
        raise AssertionError("specification only")

    @hookspec
    def check_disable(self, ctx: Context) -> Message | None:
        """May this module be switched off at the school now? A message says why not. An error counts as no."""
        raise AssertionError("specification only")

    @hookspec
    def check_person_access(self, ctx: Context, permission: str, person_id: UUID) -> Message | None:
        """May the actor, who holds the permission, use it on this person? A message says why not. An error counts as
        no."""
        raise AssertionError("specification only")

    @hookspec
    def resolve_person_page(self, ctx: Context, person_id: UUID) -> str | None:
        """The address of the page that shows this person, from the first module that knows them."""
        raise AssertionError("specification only")
