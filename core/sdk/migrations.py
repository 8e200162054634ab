"""What migrations of plugins need: rights of the application and row-level security for their tables."""

from core.data.ddl import APP_ROLE, SYSTEM_ROLE, rights, school_rights

__all__ = ["APP_ROLE", "SYSTEM_ROLE", "rights", "school_rights"]
