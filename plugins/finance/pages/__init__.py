"""Pages of the finance module: one blueprint, one file a subject. Importing a file mounts its pages."""

from __future__ import annotations

from .site import blueprint

__all__ = ["blueprint"]
