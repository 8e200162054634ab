"""Canonical values as rows of temporary tables: pupils, parents and who is whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from core.sdk import fold
from core.sdk.data import sort_key
from core.sdk.imports import Cell, collector_paused
from core.sdk.people import search_text

from ..rules.memo import Memo
from .copying import analyze, create, fill

PORTION = 20_000
"""Records that are written at a time; the program makes the next ones ready while the database writes."""
NAMES = 30_000
"""Names of which the derived texts are kept: whole names come again and again."""

LEARNERS = {
    "id": "uuid", "number": "bigint", "is_new": "boolean", "sort_key": "text", "search_text": "text", "value": "jsonb",
}  # fmt: skip
PARENTS = {
    "number": "bigint", "full_name": "text", "sort_key": "text", "search_text": "text", "phones": "text[]",
    "birth_year": "bigint", "deceased": "boolean",
}  # fmt: skip
RELATIONS = {"staged": "bigint", "child_id": "uuid", "kind": "text"}

_TEXTS = {
    "full_name": "coalesce(value->>'hovaten', '')",
    "code": "value->>'mahocsinh'",
    "personal_id": "value->>'sodinhdanh'",
    "suffix": "value->>'phanbiet'",
    "birth": "value->>'ngaysinh'",
    "ethnic": "value->>'dantoc'",
    "nationality": "value->>'quoctich'",
    "paper_number": "value->'giayto'->>'so'",
    "birth_province": "value->>'noisinh_tinh'",
    "address_detail": "value->'noio'->>'chitiet'",
    "address_commune": "value->'noio'->>'xa'",
    "address_province": "value->'noio'->>'tinh'",
    "address_original": "value->'noio'->>'goc'",
    "disability": "value->>'khuyettat'",
    "insurance": "value->>'bhyt'",
    "remark": "value->>'ghichu'",
    "policy": "value->>'doituongchinhsach'",
    "class_name": "value->>'lop'",
}
_OTHERS = {
    "sex": ("bigint", "coalesce((value->>'gioitinh')::bigint, 0)"),
    "birth_date": (
        "date",
        "CASE WHEN length(value->>'ngaysinh') = 10 THEN make_date(left(value->>'ngaysinh', 4)::int,"
        " substr(value->>'ngaysinh', 6, 2)::int, right(value->>'ngaysinh', 2)::int) END",
    ),
    "birth_year": ("bigint", "left(value->>'ngaysinh', 4)::bigint"),
    "paper_kind": ("bigint", "(value->'giayto'->>'loai')::bigint"),
    "address_former": ("boolean", "coalesce((value->'noio'->>'diachicu')::boolean, false)"),
}
_KEPT = {"class_name"}
_FROM_VALUE = [
    f"{name} {kind} GENERATED ALWAYS AS ({expression}) {'STORED' if name in _KEPT else 'VIRTUAL'}"
    for name, (kind, expression) in {**{name: ("text", one) for name, one in _TEXTS.items()}, **_OTHERS}.items()
]
"""Columns that the database takes out of the canonical value when it reads them; kept is what it joins by."""
_OF_PARENT = ("id uuid DEFAULT uuidv7()", "person_id uuid", "is_direct boolean DEFAULT false")


class Record(NamedTuple):
    """One pupil to write: the row of the import, the id, whether it is new, the whole canonical value as JSON."""

    number: int
    id: UUID
    is_new: bool
    value: bytes


class _Parent(msgspec.Struct, gc=False):
    """Father, mother or guardian, as a list or a form says it."""

    hovaten: str | None = None
    namsinh: int | None = None
    sdt: list[str] | None = None
    damat: bool | None = None


class _Family(msgspec.Struct, gc=False):
    """What the program itself has to know of a value: for sorting, for searching, for finding siblings."""

    hovaten: str | None = None
    mahocsinh: str | None = None
    cha: _Parent | None = None
    me: _Parent | None = None
    nguoigiamho: _Parent | None = None


_FAMILY = msgspec.json.Decoder(_Family)


class _Person(msgspec.Struct, gc=False):
    """A parent, put together from all rows that name them."""

    name: str
    phones: list[str]
    birth_year: int | None
    deceased: bool


@dataclass(slots=True)
class _Families:
    """Parents of the records at hand; one with the same name and a phone in common is one person."""

    names: Memo[tuple[str, str]]
    known: dict[tuple[str, str], int] = field(default_factory=dict)
    persons: list[_Person] = field(default_factory=list)
    relations: list[tuple[int, UUID, str]] = field(default_factory=list)

    def add(self, child: UUID, family: _Family) -> None:
        for parent, kind in ((family.cha, "father"), (family.me, "mother"), (family.nguoigiamho, "guardian")):
            if parent and parent.hovaten:
                self.relations.append((self._number(parent, parent.hovaten), child, kind))

    def _number(self, parent: _Parent, name: str) -> int:
        phones = parent.sdt or []
        folded = name.casefold()
        keys = [(folded, phone) for phone in phones]
        number = next((self.known[key] for key in keys if key in self.known), len(self.persons))
        if number == len(self.persons):
            self.persons.append(_Person(name, phones, parent.namsinh, bool(parent.damat)))
        else:
            person = self.persons[number]
            person.phones = list(dict.fromkeys(person.phones + phones))
            person.birth_year = person.birth_year or parent.namsinh
            person.deceased = person.deceased or bool(parent.damat)
        self.known.update(dict.fromkeys(keys, number))
        return number

    def rows(self) -> Iterator[tuple[Any, ...]]:
        for number, one in enumerate(self.persons):
            key, folded = self.names[one.name]
            search = f"{folded} {search_text('', one.phones)}" if one.phones else folded
            yield number, one.name, key, search, one.phones, one.birth_year, one.deceased


def _derived(name: Cell) -> tuple[str, str]:
    """Sort key and folded text of a name: both take longer than everything else that is done to it."""
    return sort_key(str(name)), fold(str(name))


class _Rows(NamedTuple):
    """What goes into the temporary tables, made without the database."""

    learners: list[tuple[Any, ...]]
    parents: list[tuple[Any, ...]]
    relations: list[tuple[int, UUID, str]]


def _rows(names: Memo[tuple[str, str]], records: Iterable[Record]) -> _Rows:
    families = _Families(names)
    learners: list[tuple[Any, ...]] = []
    for number, learner_id, is_new, value in records:
        family = _FAMILY.decode(value)
        families.add(learner_id, family)
        key, folded = names[family.hovaten or ""]
        search = f"{folded} {fold(family.mahocsinh)}".strip() if family.mahocsinh else folded
        learners.append((learner_id, number, is_new, key, search, value))
    return _Rows(learners, list(families.rows()), families.relations)


def _stage(session: Session, rows: _Rows) -> int:
    """Fill `learners_stage`, `learners_stage_parent` and `learners_stage_relation`; `upsert` writes what they hold."""
    create(session, "learners_stage", LEARNERS, *_FROM_VALUE)
    create(session, "learners_stage_parent", PARENTS, *_OF_PARENT)
    create(session, "learners_stage_relation", RELATIONS)
    count = fill(session, "learners_stage", LEARNERS, rows.learners)
    fill(session, "learners_stage_relation", RELATIONS, rows.relations)
    fill(session, "learners_stage_parent", PARENTS, rows.parents)
    # Only what statements join by: values and texts would cost more than all the rest.
    analyze(session, "learners_stage (id, number, is_new, class_name)", "learners_stage_relation")
    analyze(session, "learners_stage_parent (id, number, person_id, sort_key)")
    return count


def waves(session: Session, portions: Iterator[list[Record]]) -> Iterator[int]:
    """Fill the temporary tables with one portion after the other; a thread makes the next one ready meanwhile.

    Yields:
        Number of records staged; the caller writes them before it asks for the next ones.
    """
    names = Memo(_derived, NAMES)
    with collector_paused(), ThreadPoolExecutor(1, "learners-staging") as thread:
        ready = thread.submit(_rows, names, next(portions, []))
        while (rows := ready.result()).learners:
            ready = thread.submit(_rows, names, next(portions, []))
            yield _stage(session, rows)


def stage_records(session: Session, records: Iterable[Record]) -> int:
    """Fill the temporary tables with one portion of records; returns their number."""
    return _stage(session, _rows(Memo(_derived, NAMES), records))
