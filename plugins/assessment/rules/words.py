"""Words for what is missing."""

from __future__ import annotations

from core.sdk import Message, _

from .because import Because
from .marks import Gap, Why
from .ruleset import Cite

GAPS: dict[Why, Message] = {
    Why.REFUSED: _("a mark cannot be used"),
    Why.PENDING: _("a make-up test is still to come"),
    Why.MISSING: _("not everything is entered"),
    Why.EXEMPT_IN_PART: _("exempt from a part only"),
    Why.TX_COUNT: _("there are more regular marks than the subject has"),
    Why.TRAINING: _("the training level is missing"),
    Why.ABSENCES: _("the count of absences is missing"),
    Why.LEARNING: _("the learning level is missing"),
    Why.TOO_FEW_SUBJECTS: _("fewer scored subjects than the rule counts with"),
    Why.PARAMETER: _("the school has not set the number of subjects that this rule needs"),
}
PLACES: dict[str, Message] = {
    "regular": _("Regular marks"),
    "mid": _("Mid-term mark"),
    "end": _("End-of-term mark"),
    "term1": _("Term I"),
    "term2": _("Term II"),
}


def missing(rule: str, cite: Cite, gaps: tuple[Gap, ...], names: dict[str, str] | None = None) -> Because:
    """Why there is no result yet, one step a gap; never a failure.

    Args:
        names: names of the places (subjects) that have one of their own.
    """
    steps = tuple(_step(rule, cite, gap, names or {}) for gap in gaps)
    text = _("Not yet determined: something is missing.")
    return Because(rule, cite, text, steps=steps, parent=_("There is no result yet; this says nothing about passing."))


def _step(rule: str, cite: Cite, gap: Gap, names: dict[str, str]) -> Because:
    inputs = {"why": gap.why.value, "where": gap.where}
    place: Message | str | None = names.get(gap.where) or PLACES.get(gap.where)
    if place is None and gap.where:
        place = gap.where
    if place is None:
        text = _("Missing: %(what)s.", what=GAPS[gap.why])
    else:
        text = _("%(place)s: %(what)s.", place=place, what=GAPS[gap.why])
    return Because(f"{rule}.missing", cite, text, inputs=inputs)
