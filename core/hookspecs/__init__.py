"""The hooks, one module a family. A plugin implements them as methods of its plugin object."""

from __future__ import annotations

from .contribute import ContributeSpecs
from .markers import hookimpl, hookspec
from .web import WebSpecs

SPECS: tuple[type, ...] = (ContributeSpecs, WebSpecs)

__all__ = ["SPECS", "ContributeSpecs", "WebSpecs", "hookimpl", "hookspec"]
