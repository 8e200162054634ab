"""What is held on a person about signing in from elsewhere: linked identities, and programs that they let in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from core import audit
from core.data.context import Context
from core.identity.sessions import as_system
from core.types.contributions import Erasure, Held, PersonalData
from core.types.message import _

from .providers import label

_OF_PERSON = (
    "account_id IN (SELECT account_id FROM core_account_person WHERE school_id = :school AND person_id = :person)"
)
_NOWHERE_ELSE = (
    "NOT EXISTS (SELECT FROM core_account_person o WHERE o.account_id = i.account_id AND o.school_id <> :school)"
)
_IDENTITIES = text(
    "SELECT i.id, i.provider, i.full_name, i.birth_date, i.linked_at, EXISTS (SELECT FROM core_national_id n"  # noqa: S608
    f" WHERE n.identity_id = i.id) AS numbered FROM core_external_identity i WHERE i.{_OF_PERSON} ORDER BY i.linked_at"
)
_SINGLE = text(f"SELECT 1 FROM core_external_identity i WHERE i.{_OF_PERSON} AND {_NOWHERE_ELSE}")  # noqa: S608
_PROGRAMS = text(
    "SELECT c.client_id, app.name, c.granted_at FROM core_oauth_consent c"  # noqa: S608
    f" JOIN core_oauth_client app ON app.id = c.client_id WHERE c.{_OF_PERSON} AND app.school_id = :school"
    " AND c.withdrawn_at IS NULL ORDER BY app.name"
)
_DROP = text(f"DELETE FROM core_external_identity i WHERE i.{_OF_PERSON} AND {_NOWHERE_ELSE}")  # noqa: S608
_FORGET = text(
    f"DELETE FROM core_oauth_consent WHERE {_OF_PERSON}"  # noqa: S608
    " AND client_id IN (SELECT id FROM core_oauth_client WHERE school_id = :school)"
)
_END = text(
    f"UPDATE core_oauth_token SET revoked_at = :now WHERE {_OF_PERSON} AND revoked_at IS NULL"  # noqa: S608
    " AND client_id IN (SELECT id FROM core_oauth_client WHERE school_id = :school)"
)


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """Identities of the person's account, and programs of this school that they let in."""
    values = {"school": ctx.school_id, "person": person_id}
    with as_system(ctx):
        linked = ctx.session.execute(_IDENTITIES, values).all()
        programs = ctx.session.execute(_PROGRAMS, values).all()
    held = [
        Held(
            _("Identity from elsewhere"),
            [
                (_("Provider"), label(row.provider)),
                (_("Name there"), row.full_name),
                (_("Date of birth"), row.birth_date),
                (_("Linked on"), row.linked_at),
                (_("Personal identification number, encrypted"), _("Yes") if row.numbered else _("No")),
            ],
        )
        for row in linked
    ]
    agreed = [(_("Program"), str(row.name)) for row in programs]
    return [*held, Held(_("Programs let in"), agreed)] if agreed else held


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Links and consents go; nothing obliges the school to keep them. A link that serves another school too stays."""
    values = {"school": ctx.school_id, "person": person_id, "now": ctx.now()}
    with as_system(ctx):
        linked = bool(ctx.session.execute(_SINGLE, values).first())
        programs = bool(ctx.session.execute(_PROGRAMS, values).first())
        if really:
            ctx.session.execute(_END, values)
            ctx.session.execute(_DROP, values)
            ctx.session.execute(_FORGET, values)
    if really and linked:
        audit.record(ctx, "identity.unlinked", target=("person", person_id))
    gone = [(linked, _("Identity from elsewhere")), (programs, _("Programs let in"))]
    return Erasure([label for there, label in gone if there])


DATA = PersonalData(
    "core.elsewhere",
    _("Signing in from elsewhere"),
    purpose=_("To sign in with an identity from elsewhere, and to let programs work for oneself."),
    basis=_("Consent of the person, given by linking or agreeing"),
    retention=_("Until the person takes it back"),
    data_classes=("identity",),
    show=show,
    erase=erase,
    order=25,
)
