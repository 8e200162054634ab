"""The rooms of a school: kept as rows, named by lessons, found again however a file writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Context, Message, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Invalid, NotFound

from ..access import EDIT
from ..models import ROOMS, Room
from ..rules.rooms import room_key, room_name


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room. `capacity` is None while nobody has counted the seats."""

    id: UUID
    name: str
    kind: str
    capacity: int | None
    closed: bool


def rooms(ctx: Context, *, closed: bool = True) -> list[RoomLine]:
    """The rooms by name, those that are closed last. The caller has checked who asks."""
    query = (
        select(Room.id, Room.name, Room.kind, Room.capacity, Room.closed)
        .where(Room.school_id == ctx.school_id)
        .order_by(Room.closed, Room.key)
    )
    return [RoomLine(*row) for row in ctx.session.execute(query) if closed or not row.closed]


def save(
    ctx: Context, room_id: UUID | None, *, name: str, kind: str = "classroom", capacity: int | None = None,
    closed: bool = False,
) -> UUID:  # fmt: skip
    """Add a room, or change one.

    Raises:
        NotFound: no such room. Invalid: no name, another room of that name, no such kind, or seats out of range.
    """
    ctx.require(EDIT)
    name = room_name(name)[:60]
    key = room_key(name)
    same = select(Room.id).where(Room.school_id == ctx.school_id, Room.key == key)
    faults: dict[str, Message] = {}
    if not name or not key:
        faults["name"] = _("Please fill in this field.")
    elif ctx.session.scalar(same) not in (None, room_id):
        faults["name"] = _("The school has a room of this name.")
    if kind not in ROOMS:
        faults["kind"] = _("Choose one of the values.")
    if capacity is not None and not 1 <= capacity <= 2000:
        faults["capacity"] = _("Please enter a number from 1 to 2000.")
    if faults:
        raise Invalid(_("Please correct the marked fields."), fields=faults)
    values = {"name": name, "key": key, "kind": kind, "capacity": capacity, "closed": closed, "updated_at": ctx.now()}
    if room_id is None:
        room_id = new_id()
        row = {"id": room_id, "school_id": ctx.school_id, "created_at": ctx.now(), **values}
        ctx.session.execute(insert(Room).values(row))
    else:
        mine = Room.school_id == ctx.school_id, Room.id == room_id
        if ctx.session.scalar(update(Room).where(*mine).values(**values).returning(Room.id)) is None:
            raise NotFound
    record(ctx, "timetable.room.saved", target=("timetable_room", room_id), detail={"name": name, "closed": closed})
    return room_id


def matched(ctx: Context, names: Iterable[str]) -> dict[str, UUID | None]:
    """The room of each written name; None where the school has none."""
    keys = {name: room_key(name) for name in names if name}
    found = select(Room.key, Room.id).where(Room.school_id == ctx.school_id, Room.key.in_(set(keys.values())))
    known = {row.key: row.id for row in ctx.session.execute(found)} if keys else {}
    return {name: known.get(key) for name, key in keys.items()}


def ensure(ctx: Context, names: Iterable[str]) -> Mapping[str, UUID]:
    """The room of each written name; those that the school does not have are added."""
    wanted = matched(ctx, names)
    new = {room_key(name): name for name, id in wanted.items() if id is None}
    for name in new.values():
        save(ctx, None, name=name)
    return {name: id for name, id in (matched(ctx, wanted) if new else wanted).items() if id is not None}


def name_of(ctx: Context, text: str) -> str:
    """The room that somebody chose, as the school writes it; nothing for nothing.

    Raises:
        Invalid: the school has no such room.
    """
    if not text.strip():
        return ""
    found = select(Room.name).where(Room.school_id == ctx.school_id, Room.key == room_key(text))
    name: str | None = ctx.session.scalar(found)
    if name is None:
        problem = _("The school has no room %(name)s.", name=text.strip()[:60])
        raise Invalid(problem, fields={"room": problem})
    return name
