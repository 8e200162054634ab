"""Fields of the national dictionary that lists seldom carry, as data: form, API, export and history read them here.

"Not known" is a value of its own everywhere: an empty answer never counts as a no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.sdk import Message, _

Kind = Literal["text", "flag", "choice"]


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One field of the profile."""

    name: str
    label: Message
    kind: Kind
    group: str
    choices: Mapping[str, Message] = field(default_factory=dict)
    data_class: str = ""
    """The class of sensitive personal data that it belongs to, if it does."""


GROUPS: dict[str, Message] = {
    "person": _("Further personal details"),
    "school": _("At school"),
    "flags": _("Circumstances"),
    "support": _("Support received"),
}
AREAS: dict[str, Message] = {
    "0": _("Not defined"),
    "1": _("Area 1 (KV1)"),
    "2": _("Area 2 (KV2)"),
    "3": _("Area 2, rural (KV2-NT)"),
    "4": _("Area 3 (KV3)"),
}
BOARDING: dict[str, Message] = {
    "0": _("Goes home at noon"),
    "1": _("Stays at noon"),
    "2": _("Boarder"),
    "3": _("Semi-boarder of an ethnic minority"),
}
"""The sector's codes for boarding are not public: provisional, a newer list replaces it."""
DISABILITIES: dict[str, Message] = {
    "1": _("Movement"),
    "2": _("Hearing, speech"),
    "3": _("Sight"),
    "4": _("Nerves, mind"),
    "5": _("Intellect"),
    "6": _("Another disability"),
}
"""Kinds of the Law on Persons with Disabilities (51/2010/QH12), article 3, in its order."""

FIELDS: tuple[ProfileField, ...] = (
    ProfileField("other_name", _("Other name"), "text", "person"),
    ProfileField("birth_place", _("Place of birth in full"), "text", "person"),
    ProfileField("area", _("Area of priority"), "choice", "school", AREAS),
    ProfileField("boarding_kind", _("Boarding"), "choice", "school", BOARDING),
    ProfileField("two_sessions", _("Two sessions a day"), "flag", "school"),
    ProfileField("swims", _("Can swim"), "flag", "school"),
    ProfileField("youth_union", _("Member of the Youth Union"), "flag", "school"),
    ProfileField("repeated_last_year", _("Repeats the grade of last year"), "flag", "school"),
    ProfileField("disability_kind", _("Kind of disability"), "choice", "flags", DISABILITIES, "health"),
    ProfileField("disability_not_assessed", _("Disability not assessed"), "flag", "flags", data_class="health"),
    ProfileField("father_minority", _("Father of an ethnic minority"), "flag", "flags", data_class="origin"),
    ProfileField("mother_minority", _("Mother of an ethnic minority"), "flag", "flags", data_class="origin"),
    ProfileField("minority_language_needs", _("Needs support in Vietnamese"), "flag", "flags"),
    ProfileField("fee_reduction", _("Reduced fees"), "flag", "support", data_class="policy"),
    ProfileField("fee_waiver", _("Free of fees"), "flag", "support", data_class="policy"),
    ProfileField("cost_support", _("Support of learning costs"), "flag", "support", data_class="policy"),
    ProfileField("lunch_support", _("Support of lunch"), "flag", "support", data_class="policy"),
    ProfileField("monthly_support", _("Monthly support"), "flag", "support", data_class="policy"),
    ProfileField("rice_support", _("Support in rice"), "flag", "support", data_class="policy"),
    ProfileField("boarding_support", _("Support of boarding"), "flag", "support", data_class="policy"),
)
BY_NAME: dict[str, ProfileField] = {one.name: one for one in FIELDS}
POOR = "Hộ nghèo"
DIFFICULT = "Vùng đặc biệt khó khăn"
"""Policy groups that the dictionary wants as flags (poor household, area of special difficulty)."""
YES, NO = _("Yes"), _("No")


def word(one: ProfileField, value: Any) -> str | Message | None:
    """A value as people read it; None where it is not known."""
    if value is None or value == "":
        return None
    if one.kind == "flag":
        return YES if value else NO
    if one.kind == "choice":
        return one.choices.get(str(value), str(value))
    return str(value)


def typed(one: ProfileField, text: str | bool | int | None) -> Any:
    """A value as it is stored, from a form (texts) or an API body.

    Raises:
        ValueError: none of the values of the field.
    """
    if text is None or text == "":
        return None
    if one.kind == "flag":
        if isinstance(text, bool):
            return text
        if str(text) not in ("1", "0"):
            raise ValueError(one.name)
        return str(text) == "1"
    if one.kind == "choice":
        if str(text) not in one.choices:
            raise ValueError(one.name)
        return int(text) if one.name == "area" else str(text)
    value = " ".join(str(text).split())
    if len(value) > 200:
        raise ValueError(one.name)
    return value or None
