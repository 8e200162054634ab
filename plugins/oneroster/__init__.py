"""OneRoster 1.2: classes, people and marks for learning tools and registers, by the standard and as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sdk import AuditAction, Exporter, Importer, Manifest, Permission, RoleGrant, _, hookimpl

from . import models as models

if TYPE_CHECKING:
    from flask import Blueprint

manifest = Manifest(
    name="oneroster",
    version="0.1.0",
    label=_("OneRoster"),
    requires_api=">=0.1,<1",
    requires=("learners", "curriculum", "assessment"),
    addresses=("/ims/oneroster",),
    data_classes=("identity", "contact", "family", "results"),
    description=_("Hands classes, people and marks to other programs by the OneRoster 1.2 standard."),
)


class Plugin:
    """What the module adds to the program."""

    @hookimpl
    def provide_permissions(self) -> list[Permission]:
        from .access import PERMISSIONS

        return PERMISSIONS

    @hookimpl
    def provide_roles(self) -> list[RoleGrant]:
        from .access import ROLES

        return ROLES

    @hookimpl
    def provide_pages(self) -> list[Blueprint]:
        from .former import blueprint as former
        from .gradebook import blueprint as gradebook
        from .pages import blueprint as files
        from .rostering import blueprint

        return [blueprint, gradebook, former, files]

    @hookimpl
    def provide_audit_actions(self) -> list[AuditAction]:
        return [
            AuditAction("oneroster.object.written", _("A program kept something of its own in the gradebook")),
            AuditAction("oneroster.object.deleted", _("A program deleted something of its own in the gradebook")),
        ]

    @hookimpl
    def provide_importers(self) -> list[Importer]:
        return [
            Importer(
                "oneroster.package",
                _("OneRoster package"),
                _("Pupils, classes and families from another system, by the OneRoster 1.2 standard."),
                "oneroster.package.import",
                "oneroster_files.index",
                ("zip",),
            )
        ]

    @hookimpl
    def provide_exporters(self) -> list[Exporter]:
        return [
            Exporter(
                "oneroster.package",
                _("OneRoster package"),
                _("Classes, people and enrolments as CSV files, by the OneRoster 1.2 standard."),
                "oneroster.package.export",
                "oneroster_files.package",
                ("zip",),
            )
        ]
