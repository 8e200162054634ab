"""Words for marks and requests, and the letters that class books use."""

from __future__ import annotations

from core.sdk.text import _

KIND_WORDS = {
    "present": _("Present"),
    "excused": _("Absent with leave"),
    "unexcused": _("Absent without leave"),
    "late": _("Late"),
    "left": _("Left early"),
}
KIND_STATES = {"present": "ok", "excused": "wait", "unexcused": "attention", "late": "neutral", "left": "neutral"}
LETTERS = {"excused": "P", "unexcused": "K", "late": "M", "left": "S"}
"""Có phép, không phép, đi muộn, về sớm: as paper class books write them, in both languages."""
SESSION_WORDS = {0: _("The whole day"), 1: _("Morning"), 2: _("Afternoon")}
STATE_WORDS = {
    "new": _("Waits for the school"),
    "accepted": _("Leave accepted"),
    "declined": _("Leave not accepted"),
    "withdrawn": _("Taken back by the family"),
}
STATE_KINDS = {"new": "wait", "accepted": "ok", "declined": "attention", "withdrawn": "neutral"}
