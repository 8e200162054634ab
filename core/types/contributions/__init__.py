"""What a plugin can add. Every hook `provide_*` returns a list of one of these frozen dataclasses."""

from __future__ import annotations

from .access import Permission, RoleGrant
from .audit import AuditAction, AuditTarget
from .program import CommandItem, Demo, Manifest, Setting, StatementReader
from .web import Card, NavItem, RecordTab, SearchHit, SearchSource
from .work import Outside, Payload, Progress, Schedule, Subscriber, Task, TaskHandler

__all__ = [
    "AuditAction",
    "AuditTarget",
    "Card",
    "CommandItem",
    "Demo",
    "Manifest",
    "NavItem",
    "Outside",
    "Payload",
    "Permission",
    "Progress",
    "RecordTab",
    "RoleGrant",
    "Schedule",
    "SearchHit",
    "SearchSource",
    "Setting",
    "StatementReader",
    "Subscriber",
    "Task",
    "TaskHandler",
]
