"""How much of a bill may be paid online now, by its agreement and the school's setting."""

from __future__ import annotations

from collections.abc import Sequence

from core.sdk import Context, _, settings
from core.sdk.data import format_vnd
from core.sdk.errors import Invalid
from plugins.finance.rules.part_amounts import Allowed, allowed
from plugins.finance.settings import PART_LEAST, PARTS_FREE

from .parts import PartRow


def amounts_of(ctx: Context, parts: Sequence[PartRow], owed: int) -> Allowed:
    """What may be paid at once of a bill that has `owed` dong open."""
    free, least = bool(settings.get(ctx, PARTS_FREE)), int(settings.get(ctx, PART_LEAST))
    return allowed([part.open for part in parts], owed, free=free, least=least)


def require_allowed(found: Allowed, amount: int) -> None:
    """Let an amount pass that the bill's agreement or the school allows.

    Raises:
        Invalid: otherwise, on the field `amount`.
    """
    if found.takes(amount):
        return
    message = _("This bill is paid whole, or in the parts that were agreed with the school.")
    if found.least:
        low, high = format_vnd(found.least), format_vnd(found.choices[-1])
        message = _("Enter an amount from %(least)s to %(most)s.", least=low, most=high)
    raise Invalid(message, fields={"amount": message})
