"""Days that people choose in forms."""

from __future__ import annotations

from datetime import date

from flask import request

from core.types.errors import Invalid
from core.types.message import _


def chosen_day(name: str) -> date | None:
    """A day of the posted form; None when the field is empty.

    Raises:
        Invalid: when it is no day.
    """
    given = request.form.get(name, "").strip()
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        message = _("This is not a day.")
        raise Invalid(message, fields={name: message}) from None
