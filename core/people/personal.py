"""What the core holds on a person: name, birth, ways to reach them, family."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update

from core.data.context import Context
from core.types.contributions import Erasure, Held, PersonalData
from core.types.contributions import Kept as KeptItem
from core.types.message import Message, _

from .models import Person, Relation
from .services import derived

_KINDS = {"father": _("Father"), "mother": _("Mother"), "guardian": _("Guardian")}
_KEPT = KeptItem(
    _("Name, birth and family relations"),
    _("They belong to the record of a pupil, which is kept for good (Decree 88/2026/ND-CP, article 8.3)."),
)


def show(ctx: Context, person_id: UUID) -> Sequence[Held]:
    """The person's own row and their family."""
    person = ctx.session.get(Person, person_id)
    if person is None:
        return []
    birth = person.birth_date or person.birth_year
    own = [(_("Full name"), person.full_name), (_("Date of birth"), birth), (_("Telephone"), ", ".join(person.phones)),
           (_("E-mail"), person.email)]  # fmt: skip
    family = (
        select(Person.full_name, Relation.kind)
        .join(Relation, Relation.person_id == Person.id)
        .where(Relation.school_id == ctx.school_id, Relation.related_id == person_id)
    )
    kin: list[tuple[Message, str]] = [(_KINDS[row.kind], row.full_name) for row in ctx.session.execute(family)]
    held = [Held(_("Person"), [(label, value) for label, value in own if value])]
    return [*held, Held(_("Family"), kin)] if kin else held


def erase(ctx: Context, person_id: UUID, really: bool) -> Erasure:
    """Ways to reach the person go; what identifies a pupil stays."""
    person = ctx.session.get(Person, person_id)
    if person is None:
        return Erasure()
    reachable = bool(person.phones or person.email)
    if really and reachable:
        values = {"phones": [], "email": "", **derived(person.full_name)}
        ctx.session.execute(update(Person).where(Person.id == person_id).values(**values))
        ctx.session.expire(person)
    return Erasure([_("Telephone numbers and e-mail address")] if reachable else [], [_KEPT])


DATA = PersonalData(
    "core.person",
    _("Person"),
    purpose=_("To know who belongs to the school, and to reach families."),
    basis=_("Duty of the school under the Law on Education and Decree 88/2026/ND-CP"),
    retention=_("As long as the record of the pupil; ways to reach people until they leave the school"),
    data_classes=("identity", "contact", "family"),
    show=show,
    erase=erase,
    order=10,
)
