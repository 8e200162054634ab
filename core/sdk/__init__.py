"""The public face of the core: the only thing plugins and integrations import.

Versioned by `VERSION` (semantic versioning); a snapshot test keeps names and signatures.
"""

from __future__ import annotations

from core.data.base import Base, Identified, SchoolOwned, Timestamps
from core.data.context import Context
from core.data.fold import fold
from core.hookspecs import hookimpl
from core.types.actor import Actor
from core.types.contributions import (
    AuditAction,
    AuditTarget,
    Card,
    CommandItem,
    Demo,
    Manifest,
    NavItem,
    Outside,
    Payload,
    Permission,
    Progress,
    RecordTab,
    RoleGrant,
    Schedule,
    SearchHit,
    SearchSource,
    Setting,
    StatementReader,
    Subscriber,
    Task,
)
from core.types.message import Message, _

VERSION = "0.1.0"

__all__ = [
    "VERSION",
    "Actor",
    "AuditAction",
    "AuditTarget",
    "Base",
    "Card",
    "CommandItem",
    "Context",
    "Demo",
    "Identified",
    "Manifest",
    "Message",
    "NavItem",
    "Outside",
    "Payload",
    "Permission",
    "Progress",
    "RecordTab",
    "RoleGrant",
    "Schedule",
    "SchoolOwned",
    "SearchHit",
    "SearchSource",
    "Setting",
    "StatementReader",
    "Subscriber",
    "Task",
    "Timestamps",
    "_",
    "fold",
    "hookimpl",
]
