"""Words of states and roles for pages."""

from __future__ import annotations

from collections.abc import Mapping

from core.sdk import Message, _

from .rules.slots import Role
from .rules.states import State

STATES: Mapping[str, tuple[str, Message]] = {
    State.FROZEN: ("wait", _("Subject teachers sign")),
    State.SUBJECTS_SIGNED: ("wait", _("The homeroom teacher signs")),
    State.HOMEROOM_SIGNED: ("wait", _("The leadership signs")),
    State.PRINCIPAL_SIGNED: ("wait", _("Waits for the seal")),
    State.SEALED: ("ok", _("Sealed")),
    State.ISSUED: ("ok", _("Issued and in force")),
    State.SUBMITTED: ("ok", _("Sent to the department")),
    State.ACCEPTED: ("ok", _("Accepted by the department")),
    State.REJECTED: ("attention", _("Refused by the department")),
    State.REOPENED: ("neutral", _("Opened again, counts no more")),
    State.REVOKED: ("stop", _("Revoked")),
    State.REPLACED: ("neutral", _("Replaced by a newer version")),
}
"""Kind of badge and words, by state."""
ROLES: Mapping[str, Message] = {
    Role.SUBJECT: _("Subject teacher"),
    Role.HOMEROOM: _("Homeroom teacher"),
    Role.PRINCIPAL: _("Principal or vice-principal"),
    Role.SEAL: _("Seal of the school"),
}
ORDERS: Mapping[str, tuple[str, Message]] = {
    "prepared": ("wait", _("Waits for your confirmation")),
    "authorised": ("wait", _("Confirmed, signatures are coming in")),
    "signed": ("ok", _("Signed")),
    "refused": ("stop", _("Refused by the signer or the service")),
    "expired": ("neutral", _("Ended without a confirmation")),
}
LINES: Mapping[str, tuple[str, Message]] = {
    "waiting": ("wait", _("Waits")),
    "embedded": ("ok", _("Signed")),
    "stale": ("attention", _("The record changed meanwhile")),
    "wrong": ("stop", _("The signature did not fit")),
    "given_up": ("neutral", _("Not signed")),
}
