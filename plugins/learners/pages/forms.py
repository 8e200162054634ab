"""Reading small forms: days, answers of yes, no or not known, uploads, errors by field."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request

from core.sdk.errors import Invalid, TruongError
from core.sdk.text import _


def day(name: str, *, required: bool = False) -> date | None:
    """A day of the form, as ISO (what date fields send).

    Raises:
        Invalid: it is no day, or missing though required.
    """
    text = request.form.get(name, "").strip()
    if not text and not required:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        problem = _("Please enter the day.")
        raise Invalid(problem, fields={name: problem}) from error


def known(name: str) -> bool | None:
    """Yes (1), no (0), or not known."""
    return {"1": True, "0": False}.get(request.form.get(name, ""))


def ticked(name: str) -> bool:
    """Whether a box is ticked."""
    return request.form.get(name) == "1"


def upload(name: str) -> tuple[str, bytes]:
    """Name and content of an uploaded file; both empty without one."""
    sent = request.files.get(name)
    return (sent.filename or "", sent.read()) if sent is not None else ("", b"")


def errors_of(error: TruongError) -> dict[str, Any]:
    """Errors by field, or one above the form."""
    fields = getattr(error, "fields", None)
    return dict(fields) if fields else {"": error.message}
