"""What can become of a plugin between being found and being mounted."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from core.types.contributions import Manifest


class PluginState(enum.StrEnum):
    OK = "ok"
    BLOCKED = "blocked_by_operator"
    IMPORT_FAILED = "import_failed"
    INVALID_MANIFEST = "invalid_manifest"
    INCOMPATIBLE_API = "incompatible_api"
    MISSING_DEPENDENCY = "missing_dependency"
    ROUTE_FAILED = "route_failed"
    MIGRATION_PENDING = "migration_pending"
    MIGRATION_FAILED = "migration_failed"
    DEGRADED = "degraded"


@dataclass(slots=True)
class Loaded:
    """One plugin with its state and, when it is not ok, the diagnosis."""

    name: str
    module: str
    builtin: bool
    state: PluginState = PluginState.OK
    diagnosis: str = ""
    manifest: Manifest | None = None
    plugin: object | None = None

    def quarantine(self, state: PluginState, diagnosis: str) -> None:
        """Take the plugin out of service; the rest of the program goes on."""
        self.state, self.diagnosis, self.plugin = state, diagnosis, None

    @property
    def usable(self) -> bool:
        return self.plugin is not None
