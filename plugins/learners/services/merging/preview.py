"""Two records of one pupil side by side: what can be chosen, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.sdk import Context, PersonReference
from core.sdk.errors import NotFound
from core.sdk.people import Double, doubled, hindrances
from core.sdk.text import Message

from ...rules.codes import field_label
from ..doubles import MERGE
from ..learners import LearnerRecord, record_of

FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hovaten": (("full_name", "sort_key"), ()),
    "phanbiet": ((), ("suffix",)),
    "ngaysinh": (("birth_date", "birth_year"), ("birth",)),
    "gioitinh": (("sex",), ()),
    "mahocsinh": ((), ("code",)),
    "sodinhdanh": ((), ("personal_id",)),
    "giayto": ((), ("paper_kind", "paper_number")),
    "dantoc": ((), ("ethnic",)),
    "quoctich": ((), ("nationality",)),
    "noisinh_tinh": ((), ("birth_province",)),
    "noio": ((), ("address_detail", "address_commune", "address_province", "address_former", "address_original")),
    "khuyettat": ((), ("disability",)),
    "bhyt": ((), ("insurance",)),
    "ghichu": ((), ("remark",)),
    "cha": ((), ()),
    "me": ((), ()),
    "nguoigiamho": ((), ()),
    "lop": ((), ()),
}
"""Fields to choose, with their columns of the person and of the pupil; families and classes are rows of their own."""
RELATIONS = {"cha": "father", "me": "mother", "nguoigiamho": "guardian"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of both records; `second` says whether the second one is proposed."""

    name: str
    label: Message
    first: Any
    other: Any
    second: bool

    @property
    def same(self) -> bool:
        """Whether there is nothing to choose."""
        return bool(self.first == self.other)


@dataclass(frozen=True, slots=True)
class Preview:
    """Both records side by side, and whether something stands in the way."""

    first: LearnerRecord
    second: LearnerRecord
    choices: list[Choice]
    doubles: list[Double]
    """What both have in other modules and of which one can stay; by default that of the first."""
    hindered: list[str]
    """Tables of both records that forbid it; empty where it can be done."""


def preview(ctx: Context, references: Sequence[PersonReference], first: UUID, second: UUID) -> Preview:
    """What merging would mean; by default the fuller value of each field is proposed.

    Raises:
        NotFound: one of them is no pupil here.
    """
    ctx.require(MERGE)
    if first == second:
        raise NotFound
    one, two = record_of(ctx, first), record_of(ctx, second)
    choices = [
        Choice(name, field_label(name), one.value.get(name), two.value.get(name), _fuller(one.value, two.value, name))
        for name in FIELDS
    ]
    hindered = [hindrances(ctx, references, who) for who in (first, second)]
    both = sorted({*hindered[0], *hindered[1]}) if all(hindered) else []
    return Preview(one, two, choices, doubled(ctx, references, first, second), both)


def _fuller(one: Mapping[str, Any], two: Mapping[str, Any], name: str) -> bool:
    mine, theirs = one.get(name), two.get(name)
    if name == "ngaysinh":
        return len(theirs or "") > len(mine or "")
    return bool(theirs) and not mine
