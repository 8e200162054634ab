"""Whether the books have columns and cells for what a rule set asks for. Its levels and titles may be any."""

from __future__ import annotations

from core.sdk import Message, _

from ..rules.reading import RuleSetError, read
from ..rules.ruleset import PrimaryRules, RuleSet, Scale, SecondaryRules
from .cells import CODES
from .slots import MOST_REGULAR
from .words import KINDS


def require_fits(rules: RuleSet, source: str) -> None:
    """Let pass what books can hold.

    Args:
        source: the text of the set, to name the line.

    Raises:
        RuleSetError: the first thing that they cannot.
    """
    faults = _secondary(rules.secondary) if rules.secondary else _primary(rules.primary) if rules.primary else []
    if faults:
        (*tables, key), problem = faults[0]
        table = read(source)
        for name in tables:
            table = table.table(name)
        raise RuleSetError(table.wrong(key, problem).message)


Fault = tuple[tuple[str, ...], Message]


def _secondary(rules: SecondaryRules) -> list[Fault]:
    faults: list[Fault] = []
    if not _within(rules.marks.scale, decimals=1):
        faults.append((("marks", "scale"), _("books hold marks from 0 to 10 with at most one decimal")))
    counts = [rules.marks.regular_comment, *(one.count for one in rules.marks.regular_by_periods)]
    if max(counts) > MOST_REGULAR:
        faults.append((("marks", "regular"), _("a term has at most %(most)s regular marks", most=MOST_REGULAR)))
    if any(code != code.upper() or not code.isalnum() or len(code) > 6 for code in rules.training.levels):
        faults.append((("training", "levels"), _("codes are at most six capital letters or digits")))
    if taken := {"V", "V0", "M"} & set(rules.training.levels):
        faults.append((("training", "levels"), _("%(code)s means something else in a book", code=min(taken))))
    return faults


def _primary(rules: PrimaryRules) -> list[Fault]:
    faults: list[Fault] = []
    if not _within(rules.scale, decimals=0):
        faults.append((("tests", "scale"), _("books hold whole marks from 0 or 1 to 10")))
    given = {("levels", "subjects"): ("level", rules.subject_levels), ("levels", "qualities"): (
        "quality", rules.quality_levels)}  # fmt: skip
    for path, (accept, levels) in given.items():
        allowed = sorted(set(CODES[accept].values()))
        if not set(levels) <= set(allowed):
            faults.append((path, _("must be one of: %(allowed)s", allowed=", ".join(allowed))))
    if any(point.code.lower() not in KINDS for point in rules.checkpoints):
        allowed = [kind.upper() for kind in KINDS if kind in ("ghk1", "chk1", "ghk2", "cn")]
        faults.append((("tests", "checkpoint"), _("must be one of: %(allowed)s", allowed=", ".join(allowed))))
    return faults


def _within(scale: Scale, *, decimals: int) -> bool:
    return 0 <= scale.minimum <= 1 and scale.maximum == 10 and scale.decimals <= decimals
