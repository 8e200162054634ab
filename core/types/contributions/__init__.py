"""What a plugin can add. Every hook `provide_*` returns a list of one of these frozen dataclasses."""

from __future__ import annotations

from .absences import AbsenceSource, AbsentDay
from .access import Permission, RoleGrant, Scope
from .audit import AuditAction, AuditTarget
from .code_lists import Code, CodeList, CodeListVersion
from .figures import Cell, Column, Exporter, Importer, Indicator, Parameter, Report, SchoolsReport, Values
from .persons import Erasure, Held, Kept, MergedRows, PersonalData, PersonReference, Purpose
from .program import CommandItem, Demo, Manifest, Setting, StatementReader
from .web import Action, Card, NavItem, RecordTab, SearchHit, SearchSource, Slot, SlotPlace
from .work import EventType, Outside, Payload, PayloadKind, Progress, Schedule, Subscriber, Task, TaskHandler

__all__ = [
    "AbsenceSource",
    "AbsentDay",
    "Action",
    "AuditAction",
    "AuditTarget",
    "Card",
    "Cell",
    "Code",
    "CodeList",
    "CodeListVersion",
    "Column",
    "CommandItem",
    "Demo",
    "Erasure",
    "EventType",
    "Exporter",
    "Held",
    "Importer",
    "Indicator",
    "Kept",
    "Manifest",
    "MergedRows",
    "NavItem",
    "Outside",
    "Parameter",
    "Payload",
    "PayloadKind",
    "Permission",
    "PersonReference",
    "PersonalData",
    "Progress",
    "Purpose",
    "RecordTab",
    "Report",
    "RoleGrant",
    "Schedule",
    "SchoolsReport",
    "Scope",
    "SearchHit",
    "SearchSource",
    "Setting",
    "Slot",
    "SlotPlace",
    "StatementReader",
    "Subscriber",
    "Task",
    "TaskHandler",
    "Values",
]
