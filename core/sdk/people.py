"""Persons and family relations."""

from core.people.merged import all_ids, kept_ids
from core.people.merging import Double, doubled, hindrances, merge_rows, put_back, set_aside, taken_out, unmerge_rows
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
    "Double",
    "Person",
    "Relation",
    "Relative",
    "all_ids",
    "children_of",
    "create_person",
    "derived",
    "doubled",
    "guardians_of",
    "hindrances",
    "kept_ids",
    "merge_rows",
    "put_back",
    "relate",
    "search_text",
    "set_aside",
    "taken_out",
    "unmerge_rows",
    "unrelate",
    "update_person",
]
