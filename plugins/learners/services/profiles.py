"""Further fields of the dictionary, numbers under which a pupil is known, and whether the record was verified."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context
from core.sdk.access import require_for
from core.sdk.audit import record
from core.sdk.data import local_date, new_id
from core.sdk.errors import Invalid, NotFound
from core.sdk.events import emit
from core.sdk.people import Person
from core.sdk.school import current_year
from core.sdk.text import Message, _

from ..events import LEARNER_CHANGED
from ..models import Enrolment, Identifier, Learner, Profile, SchoolClass
from ..models.profiles import CHECKED, SCHEMES
from ..rules.codes import message_of
from ..rules.fields import BY_NAME, FIELDS, typed, word
from ..rules.ids import parse_id
from .history import note_changes

READ, EDIT = "learners.learner.read", "learners.learner.edit"
SCHEME_NAMES: dict[str, Message] = {
    "school": _("Number in the register of the school"),
    "sector": _("Code of the sector database"),
    "personal": _("Personal ID"),
    "passport": _("Passport"),
    "birth_certificate": _("Birth certificate"),
    "other": _("Another number"),
}
CHECK_NAMES: dict[str, tuple[str, Message]] = {
    "unverified": ("neutral", _("Not verified")),
    "verified": ("ok", _("Verified")),
    "mismatch": ("attention", _("Differs from the papers")),
}


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether name, birth, sex and personal ID were compared with papers or the population data."""

    state: str
    on: date | None
    by: str | None
    against: str | None
    stale: bool
    """The record was changed since."""


def profile_of(ctx: Context, learner_id: UUID) -> dict[str, Any]:
    """The further fields of a pupil by name; None where not known.

    Raises:
        NotFound: no such pupil for this reader.
    """
    require_for(ctx, READ, learner_id)
    known = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id == learner_id)
    if ctx.session.execute(known).one_or_none() is None:
        raise NotFound
    return _values(_profile(ctx, learner_id))


def not_assessed(ctx: Context, learner_ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these pupils are not assessed by marks because of a disability: they have a plan of their own, and the
    principal decides (Circular 22/2021, article 12). The caller has asked who asks."""
    flagged = select(Profile.learner_id).where(
        Profile.school_id == ctx.school_id,
        Profile.learner_id.in_(learner_ids),
        Profile.disability_not_assessed.is_(True),
    )
    return frozenset(ctx.session.execute(flagged).scalars())


def update_profile(ctx: Context, learner_id: UUID, given: Mapping[str, Any]) -> list[str]:
    """Change further fields; what is not named stays. Returns the names of those that changed.

    Raises:
        NotFound: no such pupil. Invalid: a value that its field does not have, by field.
    """
    ctx.require(EDIT)
    _lock(ctx, learner_id)
    values: dict[str, Any] = {}
    problems: dict[str, Message] = {}
    for name in given.keys() & BY_NAME.keys():
        try:
            values[name] = typed(BY_NAME[name], given[name])
        except ValueError:
            problems[name] = _("Choose one of the values.")
    if problems:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    before = _values(_profile(ctx, learner_id))
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if changed:
        _write(ctx, learner_id, {name: after for name, (_before, after) in changed.items()})
        note_changes(ctx, learner_id, changed)
        record(ctx, "learners.profile.changed", target=("learner", learner_id), detail={"fields": sorted(changed)})
        emit(ctx, LEARNER_CHANGED, {"person_id": str(learner_id)})
    return sorted(changed)


def verification_of(ctx: Context, learner_id: UUID) -> Verification:
    """Whether the record was compared with papers. The caller has checked who asks."""
    found = _profile(ctx, learner_id)
    if found is None:
        return Verification("unverified", None, None, None, stale=False)
    version = ctx.session.scalar(select(Learner.version).where(Learner.id == learner_id))
    stale = found.checked == "verified" and found.checked_version != version
    return Verification(found.checked, found.checked_on, found.checked_by, found.checked_against, stale)


def verify(ctx: Context, learner_id: UUID, state: str, against: str) -> None:
    """Say that the record was compared, with what, and what came out.

    Raises:
        NotFound: no such pupil. Invalid: no such state, or nothing said of what it was compared with.
    """
    ctx.require(EDIT)
    version = _lock(ctx, learner_id)
    if state not in CHECKED:
        raise Invalid(_("Choose one of the values."), fields={"checked": _("Choose one of the values.")})
    if state != "unverified" and not against.strip():
        missing = _("Please say with what it was compared.")
        raise Invalid(missing, fields={"checked_against": missing})
    values: dict[str, Any] = {"checked": state, "checked_on": None, "checked_by": None, "checked_against": None}
    if state != "unverified":
        values |= {
            "checked_on": local_date(ctx.now()), "checked_by": ctx.actor.name,
            "checked_against": " ".join(against.split())[:200],
        }  # fmt: skip
    _write(ctx, learner_id, {**values, "checked_version": version})
    record(ctx, "learners.record.verified", target=("learner", learner_id), detail={"state": state})


def identifiers_of(ctx: Context, learner_id: UUID) -> list[Identifier]:
    """The numbers under which a pupil is or was known, those that hold first. The caller has checked who asks."""
    query = (
        select(Identifier)
        .where(Identifier.school_id == ctx.school_id, Identifier.learner_id == learner_id)
        .order_by(Identifier.valid_to.desc().nulls_first(), Identifier.scheme, Identifier.id)
    )
    return list(ctx.session.scalars(query))


def add_identifier(
    ctx: Context,
    learner_id: UUID,
    scheme: str,
    value: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    note: str = "",
) -> UUID:
    """Remember a number of a pupil: one that holds besides, or a former one.

    Raises:
        NotFound: no such pupil. Invalid: with the field.
    """
    ctx.require(EDIT)
    _lock(ctx, learner_id)
    number = "".join(value.split())
    problems: dict[str, Message] = {}
    if scheme not in SCHEMES:
        problems["scheme"] = _("Choose one of the values.")
    if not 1 <= len(number) <= 30:
        problems["value"] = _("Please enter the number.")
    if valid_from and valid_to and valid_to < valid_from:
        problems["valid_to"] = _("The last day lies before the first.")
    if problems:
        raise Invalid(_("Please check the marked fields."), fields=problems)
    row = Identifier(
        id=new_id(), school_id=ctx.school_id, learner_id=learner_id, scheme=scheme, value=number,
        valid_from=valid_from, valid_to=valid_to, note=note[:200],
    )  # fmt: skip
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "learners.identifier.added", target=("learner", learner_id), detail={"scheme": scheme})
    return row.id


def remove_identifier(ctx: Context, learner_id: UUID, identifier_id: UUID) -> None:
    """Take a number out that was entered by mistake.

    Raises:
        NotFound: the pupil has no such number.
    """
    ctx.require(EDIT)
    query = select(Identifier).where(
        Identifier.school_id == ctx.school_id, Identifier.id == identifier_id, Identifier.learner_id == learner_id
    )
    row = ctx.session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound
    scheme = row.scheme
    ctx.session.delete(row)
    record(ctx, "learners.identifier.removed", target=("learner", learner_id), detail={"scheme": scheme})


def id_warnings(ctx: Context, learner_id: UUID) -> list[Message]:
    """What is odd about the personal ID: warnings, never errors (sex re-determined, registered late)."""
    query = (
        select(Learner.personal_id, Learner.birth, Person.sex)
        .join(Person, Person.id == Learner.id)
        .where(Learner.school_id == ctx.school_id, Learner.id == learner_id)
    )
    row = ctx.session.execute(query).one_or_none()
    if row is None or not row.personal_id:
        return []
    year = int(row.birth[:4]) if row.birth else None
    return [message_of(code) for code in parse_id(row.personal_id, row.sex, year).codes if code.startswith("W_")]


def keep_former(ctx: Context, learner_id: UUID, scheme: str, former: str | None) -> None:
    """A number that was replaced stays findable."""
    if former:
        row = Identifier(
            id=new_id(), school_id=ctx.school_id, learner_id=learner_id, scheme=scheme, value=former,
            valid_from=None, valid_to=local_date(ctx.now()), note="",
        )  # fmt: skip
        ctx.session.add(row)
        ctx.session.flush()


def export_profiles(ctx: Context) -> Iterator[Sequence[str | int | Message | None]]:
    """Code, name, class and further fields of every pupil in a class, class by class; read while it is written.

    Raises:
        Forbidden: without `learners.learner.export`.
    """
    ctx.require("learners.learner.export")
    columns = [getattr(Profile, one.name) for one in FIELDS]
    query = (
        select(Learner.code, Person.full_name, SchoolClass.name, *columns)
        .select_from(Enrolment)
        .join(SchoolClass, SchoolClass.id == Enrolment.class_id)
        .join(Learner, Learner.id == Enrolment.learner_id)
        .join(Person, Person.id == Learner.id)
        .outerjoin(Profile, Profile.learner_id == Learner.id)
        .where(
            Enrolment.school_id == ctx.school_id,
            Enrolment.year_id == current_year(ctx).id,
            Enrolment.ends_on.is_(None),
        )
        .order_by(SchoolClass.grade, SchoolClass.position, Person.sort_key, Person.id)
    )
    for row in ctx.session.execute(query, execution_options={"yield_per": 1000}):
        yield [*row[:3], *(word(one, value) for one, value in zip(FIELDS, row[3:], strict=True))]


def _profile(ctx: Context, learner_id: UUID) -> Profile | None:
    query = select(Profile).where(Profile.school_id == ctx.school_id, Profile.learner_id == learner_id)
    return ctx.session.execute(query).scalar_one_or_none()


def _values(found: Profile | None) -> dict[str, Any]:
    return {one.name: getattr(found, one.name) if found is not None else None for one in FIELDS}


def _write(ctx: Context, learner_id: UUID, values: Mapping[str, Any]) -> None:
    now = ctx.now()
    row = {"learner_id": learner_id, "school_id": ctx.school_id, "checked": "unverified", "created_at": now}
    statement = insert(Profile).values(**{**row, "updated_at": now, **values})
    statement = statement.on_conflict_do_update(index_elements=["learner_id"], set_={**values, "updated_at": now})
    ctx.session.execute(statement)
    ctx.session.expire_all()


def _lock(ctx: Context, learner_id: UUID) -> int:
    query = select(Learner.version).where(Learner.school_id == ctx.school_id, Learner.id == learner_id)
    version = ctx.session.execute(query.with_for_update()).scalar_one_or_none()
    if version is None:
        raise NotFound
    return version
