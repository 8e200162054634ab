"""The blueprint of the pages, addresses of groups, and words of the templates."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, url_for

from core.sdk.errors import NotFound
from core.sdk.web import translate

from ..rules.labels import marks, written
from ..rules.problems import LABELS
from ..rules.slots import Role
from ..services.signing import Group, GroupKey
from ..words import LINES, ORDERS, ROLES, STATES

blueprint = Blueprint("transcripts", __name__, url_prefix="/transcripts")
WHOLE = "all"
"""Stands in an address where a role signs the whole record and not one subject."""


def group_url(key: GroupKey, endpoint: str = "transcripts.group") -> str:
    """The address of a group of places."""
    return url_for(
        endpoint, role=key.role.value, year_id=key.year_id, class_id=key.class_id, subject=key.subject or WHOLE
    )


def group_of(role: str, year_id: UUID, class_id: UUID, subject: str) -> GroupKey:
    """The group of an address.

    Raises:
        NotFound: there is no such role.
    """
    if role not in list(Role) or (role == Role.SUBJECT) != (subject != WHOLE):
        raise NotFound
    return GroupKey(Role(role), year_id, class_id, "" if subject == WHOLE else subject)


def group_title(group: Group) -> str:
    """`7A1 · Toán`, or the class and the role."""
    return f"{group.class_name} · {group.subject_name or translate(ROLES[group.key.role])}"


@blueprint.context_processor
def words_of_templates() -> dict[str, object]:
    """Functions and words of the templates of this module."""
    return {
        "group_url": group_url,
        "group_title": group_title,
        "marks_of": marks,
        "written": written,
        "state_words": STATES,
        "role_words": ROLES,
        "order_words": ORDERS,
        "line_words": LINES,
        "problem_words": LABELS,
    }
