"""Canonical values as rows of temporary tables: pupils, parents and who is whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from core.sdk.data import new_id, sort_key
from core.sdk.imports import collector_paused
from core.sdk.people import search_text

from .copying import stage

LEARNERS = (
    "id uuid, number bigint, is_new boolean, full_name text, sort_key text, search_text text, sex bigint,"
    " birth_date date, birth_year bigint, code text, personal_id text, suffix text, birth text, ethnic text,"
    " nationality text, paper_kind bigint, paper_number text, birth_province text, address_detail text,"
    " address_commune text, address_province text, address_former boolean, address_original text, disability text,"
    " insurance text, remark text, policy text, class_name text,"
    " enrolment_id uuid, policy_id uuid"
)
PARENTS = (
    "id uuid, full_name text, sort_key text, search_text text, phones text[], birth_year bigint, deceased boolean,"
    " person_id uuid, is_direct boolean"
)
RELATIONS = "id uuid, staged uuid, child_id uuid, kind text"
KINDS = {"cha": "father", "me": "mother", "nguoigiamho": "guardian"}


def _types(columns: str) -> list[str]:
    return [column.split()[1] for column in columns.split(", ")]


class Record(NamedTuple):
    """One pupil to write: the row of the import, the id, whether it is new, the whole canonical value."""

    number: int
    id: UUID
    is_new: bool
    value: dict[str, Any]


@dataclass(slots=True)
class Families:
    """Parents of the records at hand; one with the same name and a phone in common is one person."""

    known: dict[tuple[str, str], UUID] = field(default_factory=dict)
    rows: dict[UUID, list[Any]] = field(default_factory=dict)
    relations: list[tuple[UUID, UUID, UUID, str]] = field(default_factory=list)

    def add(self, child: UUID, value: dict[str, Any]) -> None:
        for name, kind in KINDS.items():
            parent = value.get(name)
            if parent and parent.get("hovaten"):
                self.relations.append((new_id(), self._person(parent), child, kind))

    def _person(self, parent: dict[str, Any]) -> UUID:
        name: str = parent["hovaten"]
        phones: list[str] = parent.get("sdt") or []
        folded = name.casefold()
        for phone in phones:
            known = self.known.get((folded, phone))
            if known is not None:
                self._complete(self.rows[known], parent, phones)
                break
        else:
            known = new_id()
            search = search_text(name, phones)
            self.rows[known] = [
                known, name, sort_key(name), search, list(phones), parent.get("namsinh"), bool(parent.get("damat")),
                None, False,
            ]  # fmt: skip
        for phone in phones:
            self.known[folded, phone] = known
        return known

    @staticmethod
    def _complete(row: list[Any], parent: dict[str, Any], phones: list[str]) -> None:
        added = [phone for phone in phones if phone not in row[4]]
        if added:
            row[4] = [*row[4], *added]
            row[3] = search_text(row[1], row[4])
        row[5] = row[5] or parent.get("namsinh")
        row[6] = row[6] or bool(parent.get("damat"))


def stage_records(session: Session, records: Iterable[Record]) -> int:
    """Fill `learners_stage`, `learners_stage_parent`, `learners_stage_relation`.

    Returns:
        Number of pupils.
    """
    families = Families()
    with collector_paused():
        count = stage(session, "learners_stage", LEARNERS, _learners(records, families), _types(LEARNERS))
        stage(session, "learners_stage_parent", PARENTS, families.rows.values(), _types(PARENTS))
        stage(session, "learners_stage_relation", RELATIONS, families.relations, _types(RELATIONS))
    return count


def _learners(records: Iterable[Record], families: Families) -> Iterator[tuple[Any, ...]]:
    for record in records:
        value = record.value
        families.add(record.id, value)
        name: str = value.get("hovaten") or ""
        birth: str | None = value.get("ngaysinh")
        address = value.get("noio") or {}
        paper = value.get("giayto") or {}
        code: str | None = value.get("mahocsinh")
        yield (
            record.id,
            record.number,
            record.is_new,
            name,
            sort_key(name),
            search_text(name, (), "", (code,) if code else ()),
            value.get("gioitinh") or 0,
            date.fromisoformat(birth) if birth and len(birth) == 10 else None,
            int(birth[:4]) if birth else None,
            code,
            value.get("sodinhdanh"),
            value.get("phanbiet"),
            birth,
            value.get("dantoc"),
            value.get("quoctich"),
            paper.get("loai"),
            paper.get("so"),
            value.get("noisinh_tinh"),
            address.get("chitiet"),
            address.get("xa"),
            address.get("tinh"),
            bool(address.get("diachicu")),
            address.get("goc"),
            value.get("khuyettat"),
            value.get("bhyt"),
            value.get("ghichu"),
            value.get("doituongchinhsach"),
            value.get("lop"),
            new_id(),
            new_id() if value.get("doituongchinhsach") else None,
        )
