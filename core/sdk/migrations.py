"""What migrations of plugins need: rights of the application and row-level security for their tables."""

from core.data.ddl import APP_ROLE, SYSTEM_ROLE, rights, school_rights
from core.data.references import drop_reference, reference

__all__ = ["APP_ROLE", "SYSTEM_ROLE", "drop_reference", "reference", "rights", "school_rights"]
