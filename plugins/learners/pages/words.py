"""Small words that the templates of this module need: dates in part, phones, states, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core.sdk.text import Message, _

from ..rules import ethnic, provinces
from ..rules.fields import BY_NAME, word
from ..services.classes import ClassChoice, ClassLine
from ..services.plans import PlanRow
from ..services.rolls import ClassMember
from .blueprint import blueprint

_STATES: dict[str, tuple[str, Message]] = {
    "reading": ("wait", _("Being read")),
    "planned": ("attention", _("Waits for your decision")),
    "confirmed": ("ok", _("Taken over")),
    "undone": ("neutral", _("Undone")),
    "failed": ("stop", _("Not readable")),
}
_SEXES = {1: _("Male"), 2: _("Female")}
_ACTIONS: dict[str, tuple[str, Message]] = {
    "new": ("ok", _("New")),
    "changed": ("wait", _("Changes a record")),
    "unchanged": ("neutral", _("Without a change")),
    "refused": ("stop", _("Refused")),
}


def birth_text(birth: str | None) -> str:
    """`2015-03-07` as 07/03/2015, `2015` as 2015."""
    return "/".join(reversed((birth or "").split("-")))


def sex_name(sex: int) -> Message | None:
    """1 and 2 of ISO/IEC 5218 in words; nothing where it is not known."""
    return _SEXES.get(sex)


def phone_text(phone: str) -> str:
    """+84900012345 as 0900 012 345."""
    local = "0" + phone[3:] if phone.startswith("+84") else phone
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def import_state(state: str) -> tuple[str, Message]:
    return _STATES[state]


def row_state(row: PlanRow) -> tuple[str, Message]:
    kind, word = _ACTIONS[row.action]
    if row.status == "warn":
        return "attention", _("New, please check") if row.action == "new" else _("Please check")
    return kind, word


def class_choices(summary: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, f"{name} ({summary['per_class'].get(name, 0)})") for name in summary["classes"]]


def class_options(classes: Iterable[ClassLine | ClassChoice]) -> list[tuple[str, str]]:
    return [(str(line.id), line.name) for line in classes]


def member_options(members: Iterable[ClassMember]) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.full_name} ({one.suffix})" if one.suffix else one.full_name) for one in members]


def chosen_texts(chosen: Iterable[UUID]) -> list[str]:
    return [str(one) for one in chosen]


def plain_options(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def code_options(codes: Iterable[tuple[str, Message, int]]) -> list[tuple[str, Message]]:
    return [(code, message) for code, message, _number in codes]


def plain_value(value: Any) -> str:
    """A canonical value in one line, for before and after."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        parts = [plain_value(part) for part in value.values() if part not in (None, [], False)]
        return ", ".join(parts) or "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    return birth_text(text) if len(text) == 10 and text[4:5] == "-" else text


def field_value(name: str, value: Any) -> str | Message:
    """A value of a named field in one line: codes in words."""
    if value is None or value == "":
        return "–"
    if name in BY_NAME:
        return word(BY_NAME[name], value) or "–"
    if name == "gioitinh":
        return sex_name(int(value)) or "–"
    lists: dict[str, Mapping[str, str]] = {"dantoc": ethnic.NAMES, "noisinh_tinh": provinces.NAMES}
    return lists[name].get(str(value), str(value)) if name in lists else plain_value(value)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        name: globals()[name]
        for name in (
            "birth_text", "phone_text", "import_state", "row_state", "class_choices", "plain_options", "code_options",
            "plain_value", "class_options", "member_options", "chosen_texts",
            "field_value",
        )
    }  # fmt: skip
