"""What all plugins together offer, one typed method a hook. Nobody else asks a plugin anything.

Each method takes `modules`, the names that are on at a school (None: all), and never gives what a module that is off
or quarantined has brought. Answers are kept until a plugin is quarantined, so asking costs one look into a dict.
"""

from __future__ import annotations

from .base import Answer, Item, Modules, Owned
from .figures import FigureFacade
from .lifecycle import AccessCheck, DisableCheck, LifecycleFacade, Observer, PageResolver
from .program import ProgramFacade
from .providers import ProviderFacade
from .web import WebFacade


class Facade(ProgramFacade, WebFacade, FigureFacade, ProviderFacade, LifecycleFacade):
    """The typed side of the registry."""


__all__ = [
    "AccessCheck",
    "Answer",
    "DisableCheck",
    "Facade",
    "Item",
    "Modules",
    "Observer",
    "Owned",
    "PageResolver",
]
