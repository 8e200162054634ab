"""Why a line is what it is: data first, words in the reader's language afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.sdk import Message, _
from core.sdk.data import format_vnd

from .exemptions import GROUPS

UNIT_LABELS: dict[str, Message] = {
    "day": _("day"),
    "month": _("month"),
    "term": _("term"),
    "year": _("year"),
    "once": _("time"),
}
RULES: dict[str, Message] = {
    "class": _("Price set for the class"),
    "grade": _("Price set for the grade"),
    "school": _("Price set for the whole school"),
    "exception": _("Amount set for this pupil"),
    "support": _("Paid by the state instead of the family"),
    "correction": _("Meals of a closed month that were given back and are asked again"),
}
PARTS: dict[int, Message] = {1: _("support by the state"), 2: _("asked again for a month before")}


@dataclass(frozen=True, slots=True)
class Because:
    """The exemption behind a reduction."""

    group_code: str
    percent: int
    reason: str
    legal_basis: str
    evidence: str
    valid_from: date
    valid_to: date
    approved_by: str


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A bill line with everything that a parent may ask about. Amounts in dong."""

    item_code: str
    label_vi: str
    label_en: str
    kind: str
    unit: str
    legal_basis: str
    scope: str
    quantity: int
    unit_price: int
    gross: int
    reduction: int
    amount: int
    percent: int
    reason: str
    exemption: Because | None = None
    part: int = 0
    """0 the item itself, 1 what the state pays of it (below zero), 2 what a late correction asks again."""
    nth: int | None = None
    """The rule for several children of a family begins with this child; None without one."""
    rule_basis: str = ""

    def label(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label_vi

    @property
    def part_label(self) -> Message | None:
        """What kind of line it is, beside the name of the item; None for the item itself."""
        return PARTS.get(self.part)

    @property
    def rule(self) -> Message:
        """Which price holds: the class's, the grade's, the school's, or one of the pupil's own."""
        return RULES[self.scope]

    @property
    def unit_label(self) -> Message:
        return UNIT_LABELS[self.unit]

    @property
    def group_label(self) -> Message | None:
        return GROUPS.get(self.exemption.group_code) if self.exemption else None

    def steps(self) -> list[Message]:
        """The computation in words, one step a message: rule, quantity x price, exception, reduction."""
        found = [self.rule]
        if self.part == 0 and self.scope != "exception" and self.quantity != 1:
            found.append(
                _(
                    "%(quantity)s × %(price)s = %(gross)s",
                    quantity=self.quantity,
                    price=format_vnd(self.unit_price),
                    gross=format_vnd(self.gross),
                )
            )
        if self.reason:
            found.append(_("Differs from the class: %(reason)s", reason=self.reason))
        if self.exemption is not None:
            reason = f"{self.exemption.reason} – " if self.exemption.reason else ""
            found.append(
                _(
                    "Reduced by %(percent)s %% (%(reduction)s): %(reason)s%(basis)s",
                    percent=self.percent,
                    reduction=format_vnd(self.reduction),
                    reason=reason,
                    basis=self.exemption.legal_basis,
                )
            )
        if self.nth is not None:
            found.append(
                _(
                    "From child number %(nth)s of a family on: %(percent)s %% less (%(reduction)s), %(basis)s",
                    nth=self.nth,
                    percent=self.percent,
                    reduction=format_vnd(self.reduction),
                    basis=self.rule_basis,
                )
            )
        elif self.rule_basis:
            found.append(_("By %(basis)s, never more than the fee", basis=self.rule_basis))
        return found
