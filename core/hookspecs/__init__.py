"""The hooks, one module a family. A plugin implements them as methods of its plugin object."""

from __future__ import annotations

from .contribute import ContributeSpecs
from .figures import FigureSpecs
from .lifecycle import LifecycleSpecs
from .markers import hookimpl, hookspec
from .providers import ProviderSpecs
from .web import WebSpecs

SPECS: tuple[type, ...] = (ContributeSpecs, WebSpecs, FigureSpecs, ProviderSpecs, LifecycleSpecs)

__all__ = [
    "SPECS",
    "ContributeSpecs",
    "FigureSpecs",
    "LifecycleSpecs",
    "ProviderSpecs",
    "WebSpecs",
    "hookimpl",
    "hookspec",
]
