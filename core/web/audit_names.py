"""What the parts of the core below payments record in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import settings
from core.access.roles import ROLES
from core.audit.words import names_of
from core.data.context import Context
from core.identity.models import Account
from core.people.models import Person
from core.school.models import Organisation, School, SchoolYear, Site
from core.types.contributions import AuditAction, AuditTarget
from core.types.message import Message, _


def _role(detail: Mapping[str, Any]) -> Message | None:
    return ROLES.get(str(detail.get("role")))


def _modules(detail: Mapping[str, Any]) -> Message | None:
    return _("Modules: %(names)s", names=", ".join(str(name) for name in detail.get("changed") or ()))


def _reason(detail: Mapping[str, Any]) -> Message | None:
    return _("Reason: %(reason)s", reason=str(detail.get("reason") or "–"))


def _looked_for(detail: Mapping[str, Any]) -> Message | None:
    return _("“%(words)s”, found: %(count)s. Reason: %(reason)s", words=str(detail.get("words") or "–"),
             count=str(detail.get("count", "–")), reason=str(detail.get("reason") or "–"))  # fmt: skip


def _how(detail: Mapping[str, Any]) -> Message | None:
    return _("Taken away as a file") if detail.get("how") == "exported" else None


def _name(detail: Mapping[str, Any]) -> Message | None:
    return Message("%(name)s", {"name": str(detail.get("name") or "–")})


def _under(detail: Mapping[str, Any]) -> Message | None:
    return _("Now under %(organisation)s", organisation=str(detail.get("organisation") or "–"))


def _rows(detail: Mapping[str, Any]) -> Message | None:
    return _("%(rows)s rows in %(tables)s tables", rows=detail.get("rows"), tables=len(detail.get("tables") or ()))


_FACTORS = {
    "totp": _("With an authenticator app"),
    "recovery": _("With a recovery code"),
    "passkey": _("With a passkey"),
}


def _factor(detail: Mapping[str, Any]) -> Message | None:
    return _FACTORS.get(str(detail.get("factor")))


def _codes(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s families", count=detail.get("count"))


ACTIONS = [
    AuditAction("school.created", _("School added")),
    AuditAction("school.changed", _("Details of the school changed")),
    AuditAction("school.year_opened", _("School year opened")),
    AuditAction("school.year_current", _("Current school year chosen")),
    AuditAction("school.terms_set", _("Terms of a school year set")),
    AuditAction("school.day_added", _("Day added to the calendar"), _name),
    AuditAction("school.day_removed", _("Day taken out of the calendar"), _name),
    AuditAction("school.site_added", _("Site added"), _name),
    AuditAction("school.site_closed", _("Site closed"), _name),
    AuditAction("school.arrived", _("School arrived from another installation")),
    AuditAction("school.placed", _("School placed under an authority"), _under),
    AuditAction("school.organisation_added", _("Organisation added")),
    AuditAction("school.organisation_renamed", _("Organisation renamed")),
    AuditAction("access.oversight_given", _("Oversight of an authority given")),
    AuditAction("access.oversight_taken", _("Oversight of an authority taken away")),
    AuditAction("people.looked_for", _("A person looked for over the schools below"), _looked_for),
    AuditAction("school.modules_switched_on", _("Modules switched on"), _modules),
    AuditAction("school.modules_switched_off", _("Modules switched off"), _modules),
    AuditAction("core.plugin.blocked", _("Plugin blocked by the operator"), _reason),
    AuditAction("core.plugin.unblocked", _("Plugin allowed again")),
    AuditAction("core.plugin.purged", _("Data of a plugin erased"), _rows),
    AuditAction("settings.changed", _("Setting changed")),
    AuditAction("settings.cleared", _("Setting put back to its default")),
    AuditAction("people.person_created", _("Person added")),
    AuditAction("people.person_changed", _("Person changed")),
    AuditAction("people.data_seen", _("All that is held on a person looked at"), _how),
    AuditAction("people.data_erased", _("Data of a person erased")),
    AuditAction("people.related", _("Guardian linked to a child")),
    AuditAction("people.unrelated", _("Guardian taken from a child")),
    AuditAction("access.granted", _("Role given"), _role),
    AuditAction("access.revoked", _("Role taken away"), _role),
    AuditAction("identity.account_created", _("Account made")),
    AuditAction("identity.account_disabled", _("Account locked")),
    AuditAction("identity.account_enabled", _("Account unlocked")),
    AuditAction("identity.invited", _("Invitation made")),
    AuditAction("identity.invitation_used", _("Own password set by invitation")),
    AuditAction("identity.password_changed", _("Own password changed")),
    AuditAction("identity.password_reset", _("Password set by another person")),
    AuditAction("identity.person_linked", _("Account linked to a person")),
    AuditAction("identity.session_revoked", _("A device signed out from afar")),
    AuditAction("identity.sessions_ended", _("All other devices signed out")),
    AuditAction("identity.signed_in", _("Signed in"), _factor),
    AuditAction("identity.app_added", _("Authenticator app connected")),
    AuditAction("identity.app_removed", _("Authenticator app removed")),
    AuditAction("identity.passkey_added", _("Passkey added")),
    AuditAction("identity.passkey_removed", _("Passkey removed")),
    AuditAction("identity.passkey_copied", _("Passkey refused: it seems to be a copy")),
    AuditAction("identity.codes_made", _("New recovery codes made")),
    AuditAction("identity.recovery_code_used", _("Recovery code used")),
    AuditAction("identity.factor_disabled", _("Second step taken away by another person")),
    AuditAction("identity.family_codes_made", _("Family codes made"), _codes),
    AuditAction("identity.family_code_withdrawn", _("Family code withdrawn")),
    AuditAction("identity.family_code_locked", _("Family code locked after wrong answers")),
    AuditAction("identity.family_joined", _("Joined by a family code")),
    AuditAction("identity.signed_out", _("Signed out")),
]


def _setting_labels(ctx: Context, keys: Sequence[str]) -> Mapping[str, Message]:
    return settings.labels(keys)


TARGETS = [
    AuditTarget("school", _("School"), "core.home.see", names_of(School.id, School.name)),
    AuditTarget("school_year", _("School year"), "core.home.see", names_of(SchoolYear.id, SchoolYear.name)),
    AuditTarget("organisation", _("Organisation"), "core.oversight.read", names_of(Organisation.id, Organisation.name)),
    AuditTarget("site", _("Site"), "core.school.read", names_of(Site.id, Site.name)),
    AuditTarget("plugin", _("Module"), "core.modules.read", lambda ctx, names: {name: name for name in names}),
    AuditTarget("setting", _("Setting"), "core.settings.read", _setting_labels),
    AuditTarget("person", _("Person"), "core.people.edit", names_of(Person.id, Person.full_name)),
    AuditTarget(
        "account",
        _("Account"),
        "core.accounts.read",
        names_of(Account.id, Account.name),
        endpoint="people.account",
        argument="account_id",
    ),
]
