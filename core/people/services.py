"""Persons and family relations: the ground of learners, staff and guardians."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from core import audit
from core.data.collate import sort_key
from core.data.context import Context
from core.data.fold import fold
from core.data.types import new_id
from core.types.errors import Invalid, NotFound
from core.types.message import Message, _

from .models import Person, Relation

KINDS = ("father", "mother", "guardian")
_SEXES = (0, 1, 2, 9)
_EDITABLE = frozenset({"full_name", "sex", "birth_date", "birth_year", "phones", "email", "deceased"})
_Row = Select[UUID, str, str, bool, list[str], str]


@dataclass(frozen=True, slots=True)
class Relative:
    """A person as seen from another one."""

    id: UUID
    full_name: str
    kind: str
    """What the older one is to the younger: father, mother, guardian."""
    may_access: bool
    phones: list[str]
    email: str


def search_text(full_name: str, phones: Iterable[str] = (), email: str = "", codes: Iterable[str] = ()) -> str:
    """What people type to find somebody, folded: name, codes, phones as written in Viet Nam, e-mail. Pure."""
    local = [f"0{phone[3:]}" if phone.startswith("+84") else phone for phone in phones]
    return fold(" ".join([full_name, *codes, *local, email]))


def derived(full_name: str, phones: Iterable[str] = (), email: str = "", codes: Iterable[str] = ()) -> dict[str, str]:
    """The stored columns that follow from the others; bulk imports use it too. Pure."""
    return {"sort_key": sort_key(full_name), "search_text": search_text(full_name, phones, email, codes)}


def create_person(
    ctx: Context,
    full_name: str,
    *,
    sex: int = 0,
    birth_date: date | None = None,
    birth_year: int | None = None,
    phones: Iterable[str] = (),
    email: str = "",
    codes: Iterable[str] = (),
) -> UUID:
    """Add a person to the context's school.

    Args:
        sex: ISO/IEC 5218 (0 unknown, 1 male, 2 female, 9 not applicable).
        birth_year: when only the year is known.
        phones: in E.164.
        codes: what else people type to find them, such as a pupil code.

    Raises:
        Invalid: without a name, or with a value that is not allowed.
    """
    ctx.require("core.people.edit")
    values: dict[str, Any] = {
        "full_name": full_name,
        "sex": sex,
        "birth_date": birth_date,
        "birth_year": birth_year,
        "phones": list(phones),
        "email": email,
    }
    checked = _check(ctx, values)
    person = Person(id=new_id(), school_id=ctx.school_id, **checked, **_derived(checked, codes))
    ctx.session.add(person)
    ctx.session.flush()
    audit.record(ctx, "people.person_created", target=("person", person.id))
    return person.id


def update_person(ctx: Context, person_id: UUID, *, codes: Iterable[str] | None = None, **changes: Any) -> None:
    """Change name, sex, birth, phones, e-mail or death of a person; the trail names the fields, not the values.

    Args:
        codes: what else people type to find them; without it the codes stay.

    Raises:
        NotFound: when the school has no such person.
        Invalid: for a value that is not allowed.
    """
    ctx.require("core.people.edit")
    if unknown := set(changes) - _EDITABLE:
        raise TypeError(f"not editable: {', '.join(sorted(unknown))}")
    person = _get(ctx, person_id)
    merged = {name: getattr(person, name) for name in _EDITABLE} | changes
    if "birth_date" in changes and "birth_year" not in changes:
        merged["birth_year"] = None
    checked = _check(ctx, merged)
    fields = sorted(name for name in changes if getattr(person, name) != checked[name])
    kept = _codes(person) if codes is None else codes
    for name, value in (checked | _derived(checked, kept)).items():
        setattr(person, name, value)
    ctx.session.flush()
    if fields:
        audit.record(ctx, "people.person_changed", target=("person", person_id), detail={"fields": fields})


def relate(ctx: Context, person_id: UUID, child_id: UUID, kind: str, *, may_access: bool = True) -> None:
    """Say that a person is father, mother or guardian of a child; said again, it changes the right to access.

    Raises:
        NotFound: when one of them is not of this school.
        Invalid: when both are the same, or for another kind.
    """
    ctx.require("core.people.edit")
    if kind not in KINDS or person_id == child_id:
        raise Invalid(_("This is no family relation."))
    known = select(Person.id).where(Person.school_id == ctx.school_id, Person.id.in_((person_id, child_id)))
    if len(ctx.session.execute(known).all()) != 2:
        raise NotFound
    now = ctx.now()
    row = {"id": new_id(), "school_id": ctx.school_id, "person_id": person_id, "related_id": child_id}
    statement = insert(Relation).values(**row, kind=kind, may_access=may_access, created_at=now, updated_at=now)
    statement = statement.on_conflict_do_update(
        constraint="uq_core_relation_related_id_person_id_kind",
        set_={"may_access": may_access, "updated_at": now},
    )
    ctx.session.execute(statement)
    detail = {"guardian": person_id, "kind": kind, "may_access": may_access}
    audit.record(ctx, "people.related", target=("person", child_id), detail=detail)


def unrelate(ctx: Context, person_id: UUID, child_id: UUID) -> None:
    """Take away every family relation between the two."""
    ctx.require("core.people.edit")
    statement = delete(Relation).where(
        Relation.school_id == ctx.school_id, Relation.person_id == person_id, Relation.related_id == child_id
    )
    if not ctx.session.execute(statement.returning(Relation.id)).all():
        raise NotFound
    audit.record(ctx, "people.unrelated", target=("person", child_id), detail={"guardian": person_id})


def children_of(ctx: Context, person_id: UUID) -> list[Relative]:
    """The children of a person at this school, by name. The caller has checked who asks."""
    return _relatives(ctx, _relative().join(Person, Person.id == Relation.related_id), Relation.person_id == person_id)


def guardians_of(ctx: Context, child_id: UUID) -> list[Relative]:
    """Father, mother and guardians of a child, by name. The caller has checked who asks."""
    return _relatives(ctx, _relative().join(Person, Person.id == Relation.person_id), Relation.related_id == child_id)


def _relative() -> _Row:
    columns = Person.id, Person.full_name, Relation.kind, Relation.may_access, Person.phones, Person.email
    return select(*columns).select_from(Relation).order_by(Person.sort_key, Person.id, Relation.kind)


def _relatives(ctx: Context, query: _Row, which: ColumnElement[bool]) -> list[Relative]:
    return [Relative(*row) for row in ctx.session.execute(query.where(which, Relation.school_id == ctx.school_id))]


def _get(ctx: Context, person_id: UUID) -> Person:
    query = select(Person).where(Person.school_id == ctx.school_id, Person.id == person_id).with_for_update()
    person = ctx.session.execute(query).scalar_one_or_none()
    if person is None:
        raise NotFound
    return person


def _codes(person: Person) -> list[str]:
    """The words of the stored search text that follow from nothing else."""
    words = Counter(person.search_text.split())
    return list((words - Counter(search_text(person.full_name, person.phones, person.email).split())).elements())


def _derived(values: Mapping[str, Any], codes: Iterable[str]) -> dict[str, str]:
    return derived(values["full_name"], values["phones"], values["email"], codes)


def _check(ctx: Context, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, tidied."""
    problems: dict[str, Message] = {}
    checked = dict(values)
    checked["full_name"] = " ".join(str(values["full_name"]).split())
    checked["email"] = str(values["email"]).strip()
    checked["phones"] = list(dict.fromkeys(values["phones"]))
    if not checked["full_name"]:
        problems["full_name"] = _("Please enter the full name.")
    if values["sex"] not in _SEXES:
        problems["sex"] = _("Choose one of the values.")
    born: date | None = values["birth_date"]
    if born is not None:
        if born > ctx.now().date():
            problems["birth_date"] = _("The date of birth lies in the future.")
        checked["birth_year"] = born.year
    if problems:
        raise Invalid(_("Please correct the marked fields."), fields=problems)
    return checked
