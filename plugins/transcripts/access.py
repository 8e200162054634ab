"""Rights: the office prepares and seals, the head opens again and revokes, everybody signs what is theirs to sign."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _
from plugins.curriculum.public import HOMEROOM

READ, FREEZE = "transcripts.record.read", "transcripts.record.freeze"
SIGN, SEAL = "transcripts.record.sign", "transcripts.record.seal"
REOPEN, REVOKE = "transcripts.record.reopen", "transcripts.record.revoke"
SIGNERS = "transcripts.signer.manage"
"""Signing is for whom the day entitles (`services.entitlement`): the permission only opens the page."""
PERMISSIONS = [
    Permission(READ, _("See the transcripts of all classes")),
    Permission(f"{READ}.{HOMEROOM}", _("See the transcripts of one's homeroom class")),
    Permission(f"{READ}.own", _("See the issued transcripts of one's own children")),
    Permission(FREEZE, _("Make transcripts from the results of the year")),
    Permission(SIGN, _("Sign transcripts in the places that are one's own")),
    Permission(SEAL, _("Put the seal of the school on transcripts")),
    Permission(REOPEN, _("Open transcripts again that are being signed")),
    Permission(REVOKE, _("Revoke issued transcripts, or have them replaced")),
    Permission(SIGNERS, _("Register the certificates of signers, and who signs for the leadership")),
]
ROLES = [
    RoleGrant("head", frozenset({READ, FREEZE, SIGN, SEAL, REOPEN, REVOKE, SIGNERS})),
    RoleGrant("office", frozenset({READ, FREEZE, SIGN, SEAL, SIGNERS})),
    RoleGrant("teacher", frozenset({f"{READ}.{HOMEROOM}", SIGN})),
    RoleGrant("parent", frozenset({f"{READ}.own"})),
    RoleGrant("pupil", frozenset({f"{READ}.own"})),
]
