"""What the program holds on one person: shown to them, taken away as a file, erased as far as no duty keeps it.

Law 91/2025/QH15 and Decree 356/2025/ND-CP, article 5: view and copy within 10 days, erase within 20. Each module
answers for its own data (`provide_personal_data`), also where it is switched off: what is held is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import select

from core import audit
from core.data.context import Context
from core.kernel.registry import Owned, Registry
from core.people.models import Person
from core.types.contributions import Erasure, Held, PersonalData
from core.types.errors import NotFound

from .scopes import own_persons, require_for

READ = "core.people.data"
ERASE = "core.people.erase"


@dataclass(frozen=True, slots=True)
class Holding:
    """What one module holds; `held` is None where it could not be read, which is said and not hidden."""

    module: str
    data: PersonalData
    held: Sequence[Held] | None


def name_of(ctx: Context, person_id: UUID) -> str:
    """The person's name, for who may see what is held on them. Raises `NotFound`."""
    require_for(ctx, READ, person_id)
    return _name(ctx, person_id)


def children_of_actor(ctx: Context) -> list[tuple[UUID, str]]:
    """The actor's own children by name, whose records they may ask for as well."""
    mine = own_persons(ctx)
    if mine is None:
        return []
    query = select(Person.id, Person.full_name).where(Person.school_id == ctx.school_id, Person.id.in_(mine))
    return [(row.id, row.full_name) for row in ctx.session.execute(query.order_by(Person.sort_key))]


def held_on(ctx: Context, registry: Registry, person_id: UUID, *, purpose: str = "shown") -> list[Holding]:
    """Everything that is held on a person of the school, by module; looking is recorded.

    Args:
        purpose: `shown` or `exported`, for the record.

    Raises:
        NotFound: when there is no such person for this reader.
    """
    name_of(ctx, person_id)
    found = []
    for owned in registry.personal_data():
        call = partial(owned.item.show, ctx, person_id)
        nothing: Sequence[Held] | None = None
        held = registry.containment.call(owned.module, _part(owned), call, nothing, ctx=ctx)
        if held is None or held:
            found.append(Holding(owned.module, owned.item, held))
    audit.record(ctx, "people.data_seen", target=("person", person_id), detail={"how": purpose})
    return found


def erasure_of(ctx: Context, registry: Registry, person_id: UUID) -> list[tuple[PersonalData, Erasure]]:
    """What erasing would take away, and what it would leave and why. Changes nothing."""
    ctx.require(ERASE)
    _name(ctx, person_id)
    return _told((owned.item, owned.item.erase(ctx, person_id, False)) for owned in registry.personal_data())


def erase(ctx: Context, registry: Registry, person_id: UUID) -> list[tuple[PersonalData, Erasure]]:
    """Erase what no duty keeps, in one transaction: a module that fails leaves everything as it was.

    Raises:
        Forbidden: without `core.people.erase`.
        StepUp: when it is long ago that the actor proved who they are.
        NotFound: no such person.
    """
    ctx.require(ERASE)
    ctx.require_fresh()
    _name(ctx, person_id)
    done = _told((owned.item, owned.item.erase(ctx, person_id, True)) for owned in registry.personal_data())
    modules = sorted(data.name for data, erasure in done if erasure.erased)
    audit.record(ctx, "people.data_erased", target=("person", person_id), detail={"what": modules})
    return done


def _told(found: Iterable[tuple[PersonalData, Erasure]]) -> list[tuple[PersonalData, Erasure]]:
    return [(data, erasure) for data, erasure in found if erasure.erased or erasure.kept]


def _part(owned: Owned[PersonalData]) -> str:
    return f"provide_personal_data {owned.item.name}"


def _name(ctx: Context, person_id: UUID) -> str:
    mine = select(Person.full_name).where(Person.school_id == ctx.school_id, Person.id == person_id)
    found = ctx.session.execute(mine).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found
