"""Pages of the transcripts module."""

from . import making, overview, records, registry, signing
from .blueprint import blueprint

__all__ = ["blueprint", "making", "overview", "records", "registry", "signing"]
