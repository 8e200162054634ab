"""Persons and family relations."""

from core.people.merging import hindrances, merge_rows, put_back, taken_out, unmerge_rows
from core.people.models import Person, Relation
from core.people.services import (
    Relative,
    children_of,
    create_person,
    derived,
    guardians_of,
    relate,
    search_text,
    unrelate,
    update_person,
)

__all__ = [
    "Person",
    "Relation",
    "Relative",
    "children_of",
    "create_person",
    "derived",
    "guardians_of",
    "hindrances",
    "merge_rows",
    "put_back",
    "relate",
    "search_text",
    "taken_out",
    "unmerge_rows",
    "unrelate",
    "update_person",
]
