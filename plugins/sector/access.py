"""Rights of the exchange with the sector's database."""

from __future__ import annotations

from core.sdk import Permission, RoleGrant, _

READ = "sector.batch.read"
SEND = "sector.batch.send"
SHAPE = "sector.shape.edit"

PERMISSIONS = [
    Permission(READ, _("See what was sent to the sector's database")),
    Permission(SEND, _("Send data to the sector's database and read its answers")),
    Permission(SHAPE, _("Load templates of the sector's files")),
]
ROLES = [
    RoleGrant("head", frozenset({READ, SEND, SHAPE})),
    RoleGrant("office", frozenset({READ, SEND, SHAPE})),
]
