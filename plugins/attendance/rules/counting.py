"""Absences in half-day units, and what they say when registers are missing (Circular 22/2021, article 12)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

LIMIT = 45
"""Sessions a year that a pupil may miss and still be promoted (Circular 22/2021/TT-BGDĐT, article 12)."""


@dataclass(frozen=True, slots=True)
class AbsenceTotals:
    """Absences of a pupil in a term or a year, up to today. All counts are units of the school's counting basis."""

    learner_id: UUID
    excused: int = 0
    unexcused: int = 0
    late: int = 0
    left: int = 0
    sessions_registered: int = 0
    sessions_expected: int | None = None
    """None: the terms of the year are not set, so nobody can say."""
    source: str = "registers"
    """`registers`, `hand` (typed totals), or `mixed` (a year of one term of each)."""
    elsewhere: int = 0
    """Of those absent: at the school that the pupil came from in the middle of the year."""
    former_school: str = ""
    """Whose paper says so."""
    untold: int = 0
    """Of those missing: sessions at another school of which nobody has told yet."""

    @property
    def absent(self) -> int:
        """What article 12 counts: with leave and without, consecutive or not."""
        return self.excused + self.unexcused

    @property
    def missing(self) -> int | None:
        """Sessions that were held, as far as the calendar says, and have no register."""
        if self.sessions_expected is None:
            return None
        return max(0, self.sessions_expected - self.sessions_registered)

    @property
    def complete(self) -> bool:
        """Whether no register is missing: only then is the count the whole truth."""
        return self.missing == 0

    def within(self, limit: int = LIMIT) -> bool | None:
        """Whether the pupil stayed within a limit; None where missing registers could decide it.

        Missing data is never "fail": it is undetermined, unless even the worst case stays within the limit.
        """
        if self.absent > limit:
            return False
        if self.missing is not None and self.absent + self.missing <= limit:
            return True
        return None


def added(first: AbsenceTotals, second: AbsenceTotals) -> AbsenceTotals:
    """Two terms of one pupil together."""
    expected = (
        None
        if first.sessions_expected is None or second.sessions_expected is None
        else first.sessions_expected + second.sessions_expected
    )
    return AbsenceTotals(
        first.learner_id,
        first.excused + second.excused,
        first.unexcused + second.unexcused,
        first.late + second.late,
        first.left + second.left,
        first.sessions_registered + second.sessions_registered,
        expected,
        first.source if first.source == second.source else "mixed",
        first.elsewhere + second.elsewhere,
        first.former_school or second.former_school,
        first.untold + second.untold,
    )
