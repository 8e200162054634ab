"""One byte a mark: its value in the smallest step of the scale (8.5 is 85), or why there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.sdk import _
from core.sdk.errors import Invalid

from ..because import Result
from ..marks import EXEMPT, MISSING, PENDING, REFUSED, Mark, State, Why, comment, score
from ..ruleset import Scale

HIGHEST: Final = 240
"""The largest value; what lies above are the states below."""

NOT_TAKEN: Final = 250
"""The pupil does not have this subject."""
EXEMPT_CODE: Final = 251
MISSING_CODE: Final = 252
PENDING_CODE: Final = 253
REFUSED_CODE: Final = 254
UNKNOWN: Final = 255
"""A level, title or promotion that is not determined; a result of a subject that is exempt in part."""
TX_COUNT_CODE: Final = 249
UNSETTLED: Final = 248
"""Inside a computation: this row needs a closer look."""

_STATES = {
    State.EXEMPT: EXEMPT_CODE,
    State.MISSING: MISSING_CODE,
    State.PENDING: PENDING_CODE,
    State.REFUSED: REFUSED_CODE,
}
_MARKS = {EXEMPT_CODE: EXEMPT, MISSING_CODE: MISSING, PENDING_CODE: PENDING, REFUSED_CODE: REFUSED}
_WHYS = {
    Why.MISSING: MISSING_CODE,
    Why.PENDING: PENDING_CODE,
    Why.REFUSED: REFUSED_CODE,
    Why.EXEMPT_IN_PART: UNKNOWN,
    Why.TX_COUNT: TX_COUNT_CODE,
}
WHY_OF = {code: why for why, code in _WHYS.items()}
"""Why a result byte holds no value."""


def check(scale: Scale, decimals: int) -> None:
    """Whether marks and averages of a scale fit into bytes.

    Raises:
        Invalid: they do not; such a set is computed pupil by pupil.
    """
    if scale.decimals != decimals or scale.maximum.scaleb(decimals) > HIGHEST:
        raise Invalid(_("This rule set has too fine a scale for results in bulk."), code="scale")


def encode(mark: Mark, scored: bool, decimals: int) -> int:
    """The byte of a mark; zero by rule is 0, or not passed."""
    if not mark.counts:
        return _STATES[mark.state]
    return int(mark.as_score().scaleb(decimals)) if scored else int(mark.as_passed())


def decode(code: int, scored: bool, decimals: int) -> Mark:
    """The mark of a byte."""
    if code > HIGHEST:
        return _MARKS[code]
    return score(Decimal(code).scaleb(-decimals)) if scored else comment(code == 1)


def encode_result(result: Result[Decimal] | Result[bool], decimals: int) -> int:
    """The byte of a result of one subject."""
    if result.exempt:
        return EXEMPT_CODE
    if result.value is None:
        return _WHYS[result.why or Why.MISSING]
    return int(result.value) if isinstance(result.value, bool) else int(result.value.scaleb(decimals))
