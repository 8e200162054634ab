"""Who may be told, who may collect, who has no access; and which pupils are siblings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context
from core.sdk.audit import record
from core.sdk.errors import Invalid, NotFound
from core.sdk.people import Person, Relation
from core.sdk.text import Message, _

from ..models import ContactRight, GuardianDetail, Learner, Sibling
from ..rules.codes import message_of
from ..rules.ids import parse_id
from .history import note_changes

EDIT = "learners.learner.edit"


@dataclass(frozen=True, slots=True)
class GuardianLine:
    """A guardian of a child with what they may do, in the order in which they are called."""

    id: UUID
    full_name: str
    kind: str
    """father, mother, guardian."""
    phones: Sequence[str]
    email: str
    birth_year: int | None
    deceased: bool
    may_access: bool
    may_be_told: bool
    may_collect: bool
    has_custody: bool | None
    position: int | None
    note: str
    file_id: UUID | None
    personal_id: str | None
    occupation: str | None


@dataclass(frozen=True, slots=True)
class Rights:
    """What a guardian may do, as a person at the school enters it."""

    may_access: bool
    may_be_told: bool
    may_collect: bool
    has_custody: bool | None = None
    position: int | None = None
    note: str = ""
    file_id: UUID | None = None
    personal_id: str | None = None
    occupation: str | None = None


@dataclass(frozen=True, slots=True)
class SiblingLine:
    """Another pupil with the same father or mother; None: nobody has confirmed it yet."""

    id: UUID
    full_name: str
    class_name: str | None
    parents: str
    confirmed: bool | None


def guardians(ctx: Context, learner_id: UUID) -> list[GuardianLine]:
    """The guardians of a child in their order of contact. The caller has checked who asks."""
    query = (
        select(
            Person.id, Person.full_name, Relation.kind, Person.phones, Person.email, Person.birth_year,
            Person.deceased, Relation.may_access, Relation.may_be_told, ContactRight.may_collect,
            ContactRight.has_custody, ContactRight.position, ContactRight.note, ContactRight.file_id,
            GuardianDetail.personal_id, GuardianDetail.occupation,
        )
        .select_from(Relation)
        .join(Person, Person.id == Relation.person_id)
        .outerjoin(
            ContactRight, (ContactRight.person_id == Person.id) & (ContactRight.learner_id == Relation.related_id)
        )
        .outerjoin(GuardianDetail, GuardianDetail.person_id == Person.id)
        .where(Relation.school_id == ctx.school_id, Relation.related_id == learner_id)
        .order_by(ContactRight.position.nulls_last(), Person.sort_key, Person.id)
    )  # fmt: skip
    lines: list[GuardianLine] = []
    for row in ctx.session.execute(query):
        values: dict[str, Any] = dict(row._mapping)
        # Without a row of rights: may be told and may collect, unless the court or the family took the access away.
        values["may_be_told"] = row.may_access and row.may_be_told
        values["may_collect"] = row.may_access if row.may_collect is None else row.may_collect
        values["note"] = row.note or ""
        lines.append(GuardianLine(**values))
    return lines


def contacts(ctx: Context, learner_id: UUID) -> list[GuardianLine]:
    """Whom the school tells of this child, in the order in which they are called. The caller has checked who asks."""
    return [one for one in guardians(ctx, learner_id) if one.may_be_told and not one.deceased]


def collectors(ctx: Context, learner_id: UUID) -> list[GuardianLine]:
    """Who may collect this child. The caller has checked who asks."""
    return [one for one in guardians(ctx, learner_id) if one.may_collect and not one.deceased]


def set_rights(ctx: Context, learner_id: UUID, person_id: UUID, rights: Rights) -> list[Message]:
    """Say what a guardian may do for a child; the record keeps who said it and what held before.

    Returns:
        warnings about the personal ID.

    Raises:
        NotFound: not a guardian of a pupil of this school. Invalid: with the field.
    """
    ctx.require(EDIT)
    before = next((one for one in guardians(ctx, learner_id) if one.id == person_id), None)
    if before is None:
        raise NotFound
    number = "".join((rights.personal_id or "").split()) or None
    problems: dict[str, Message] = {}
    if number is not None and not (len(number) == 12 and number.isdigit()):
        problems["personal_id"] = _("The personal ID has 12 digits.")
    if rights.position is not None and not 1 <= rights.position <= 9:
        problems["position"] = _("Please enter a number from 1 to 9.")
    if not rights.may_access and rights.may_be_told:
        problems["may_be_told"] = _("Who has no access to the record is not told either.")
    if problems:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    now = ctx.now()
    mine: dict[str, Any] = {
        "has_custody": rights.has_custody, "may_collect": rights.may_collect, "position": rights.position,
        "note": rights.note[:500], "file_id": rights.file_id or before.file_id, "updated_at": now,
    }  # fmt: skip
    row = {"school_id": ctx.school_id, "learner_id": learner_id, "person_id": person_id, "created_at": now}
    ctx.session.execute(
        insert(ContactRight)
        .values(**row, **mine)
        .on_conflict_do_update(index_elements=["learner_id", "person_id"], set_=mine)
    )
    person = {"personal_id": number, "occupation": (rights.occupation or "").strip()[:100] or None, "updated_at": now}
    detail = {"school_id": ctx.school_id, "person_id": person_id, "created_at": now}
    ctx.session.execute(
        insert(GuardianDetail)
        .values(**detail, **person)
        .on_conflict_do_update(index_elements=["person_id"], set_=person)
    )
    if (rights.may_access, rights.may_be_told) != (before.may_access, before.may_be_told):
        _set_access(ctx, learner_id, person_id, rights)
    ctx.session.expire_all()
    _note(ctx, learner_id, before)
    return _warnings(number, before.birth_year)


def _set_access(ctx: Context, learner_id: UUID, person_id: UUID, rights: Rights) -> None:
    """The core's own service asks for the right to edit people; here the right to edit pupils is enough.

    What the core's messages and the family's pages go by stands in the core's relation, and nowhere else.
    """
    statement = text("""
        UPDATE core_relation SET may_access = :may, may_be_told = :told, updated_at = :now
        WHERE school_id = :school AND related_id = :child AND person_id = :person""")
    ctx.session.execute(
        statement,
        {
            "may": rights.may_access, "told": rights.may_be_told, "now": ctx.now(), "school": ctx.school_id,
            "child": learner_id, "person": person_id,
        },
    )  # fmt: skip


def _note(ctx: Context, learner_id: UUID, before: GuardianLine) -> None:
    after = next(one for one in guardians(ctx, learner_id) if one.id == before.id)
    names = ("may_access", "may_be_told", "may_collect", "has_custody", "position", "note", "personal_id", "occupation")
    changed = {name: [getattr(before, name), getattr(after, name)] for name in names}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if changed:
        note_changes(ctx, learner_id, {"rights": _plain(before, changed)})
        detail = {"guardian": before.id, "fields": sorted(changed), "may_access": after.may_access}
        record(ctx, "learners.guardian.changed", target=("learner", learner_id), detail=detail)


def _plain(before: GuardianLine, changed: dict[str, list[Any]]) -> list[Any]:
    """Before and after in one line each, with the name of the guardian."""
    return [{"hovaten": before.full_name, **{name: pair[at] for name, pair in changed.items()}} for at in (0, 1)]


def _warnings(number: str | None, birth_year: int | None) -> list[Message]:
    if number is None:
        return []
    return [message_of(code) for code in parse_id(number, 0, birth_year).codes if code.startswith("W_")]


_SIBLINGS = text("""
    SELECT c.id, c.full_name, k.name AS class_name, string_agg(DISTINCT p.full_name, ', ') AS parents,
           bool_and(s.confirmed) AS confirmed
    FROM core_relation mine
    JOIN core_relation theirs ON theirs.person_id = mine.person_id AND theirs.related_id <> mine.related_id
         AND theirs.kind IN ('father', 'mother')
    JOIN learners_learner l ON l.id = theirs.related_id
    JOIN core_person c ON c.id = l.id
    JOIN core_person p ON p.id = mine.person_id
    LEFT JOIN learners_sibling s ON s.learner_id = least(l.id, mine.related_id)
         AND s.other_id = greatest(l.id, mine.related_id)
    LEFT JOIN LATERAL (SELECT n.class_id FROM learners_enrolment n JOIN core_school_year y ON y.id = n.year_id
                       WHERE n.learner_id = l.id AND n.ends_on IS NULL AND y.current LIMIT 1) e ON true
    LEFT JOIN learners_class k ON k.id = e.class_id
    WHERE mine.school_id = :school AND mine.related_id = :id AND mine.kind IN ('father', 'mother')
    GROUP BY c.id, k.name ORDER BY c.sort_key, c.id""")


def siblings_of(ctx: Context, learner_id: UUID) -> list[SiblingLine]:
    """Pupils with the same father or mother, with what a person said about them.

    Raises:
        Forbidden: for who may not see all pupils: a parent need not know the other family of the other parent.
    """
    ctx.require("learners.learner.read")
    rows = ctx.session.execute(_SIBLINGS, {"school": ctx.school_id, "id": learner_id})
    return [SiblingLine(**row._mapping) for row in rows]


def say_sibling(ctx: Context, learner_id: UUID, other_id: UUID, *, confirmed: bool) -> None:
    """Say that two pupils are siblings, or are not.

    Raises:
        NotFound: one of them is no pupil here. Invalid: both are the same.
    """
    ctx.require(EDIT)
    if learner_id == other_id:
        raise Invalid(_("This is no family relation."))
    known = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id.in_((learner_id, other_id)))
    if len(ctx.session.execute(known).all()) != 2:
        raise NotFound
    now = ctx.now()
    first, second = sorted((learner_id, other_id))
    said = {"confirmed": confirmed, "author": ctx.actor.name, "updated_at": now}
    row = {"school_id": ctx.school_id, "learner_id": first, "other_id": second, "created_at": now}
    statement = insert(Sibling).values(**row, **said)
    ctx.session.execute(statement.on_conflict_do_update(index_elements=["learner_id", "other_id"], set_=said))
    ctx.session.expire_all()
    detail = {"other": other_id, "confirmed": confirmed}
    record(ctx, "learners.sibling.said", target=("learner", learner_id), detail=detail)
