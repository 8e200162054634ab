"""The blueprint that all page modules of the plugin share, and what several of them need."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

from core.sdk.errors import NotFound

from ..words import KIND_STATES, KIND_WORDS, LETTERS, SESSION_WORDS, STATE_KINDS, STATE_WORDS

blueprint = Blueprint("attendance", __name__, url_prefix="/attendance")


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "kinds": KIND_WORDS, "kind_states": KIND_STATES, "letters": LETTERS, "sessions": SESSION_WORDS,
        "states": STATE_WORDS, "state_kinds": STATE_KINDS,
    }  # fmt: skip


def day_of(text: str) -> date:
    """A day of an address. Raises `NotFound` for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
