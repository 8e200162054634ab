"""A list of absences at former schools, taken over whole or not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from core.sdk import Context, Message, _
from core.sdk.errors import Invalid
from core.sdk.imports import UnreadableFile, read_tables
from plugins.learners import public as learners

from ..access import TYPE
from ..rules.former_list import FormerRow, read_former
from . import former
from .typed import MOST


def take_over(ctx: Context, content: bytes) -> int:
    """Keep what a list says; with one wrong row nothing is kept.

    Returns:
        How many pupils changed.

    Raises:
        Invalid: it cannot be read, or rows are wrong; the fields are numbers of rows. Forbidden.
    """
    ctx.require(TYPE)
    rows = _rows(content)
    pupils, faults = _matched(ctx, rows)
    if faults:
        raise Invalid(_("Nothing was kept. Please correct these rows and send the list again."), fields=faults)
    changed = 0
    for (learner, school, paper), values in pupils.items():
        changed += bool(former.enter(ctx, learner, values, school, paper))
    return changed


def _rows(content: bytes) -> list[FormerRow]:
    try:
        sheets = read_tables(content).sheets
    except UnreadableFile as error:
        raise Invalid(error.message, fields={"file": error.message}) from error
    found = next((rows for sheet in sheets if sheet.visible and (rows := read_former(sheet))), None)
    if found is None:
        problem = _("No list was found: it needs the columns “Mã học sinh”, “Học kỳ”, “Có phép”, “Không phép”, "
                    "“Trường cũ” and “Giấy tờ”.")  # fmt: skip
        raise Invalid(problem, fields={"file": problem})
    return found


Values = dict[tuple[UUID, str, str], dict[int, tuple[int, int] | None]]


def _matched(ctx: Context, rows: Sequence[FormerRow]) -> tuple[Values, dict[str, Message]]:
    roll = learners.enrolled(ctx).subquery()
    query = roll.select().where(roll.c.code.in_({row.code for row in rows}))
    by_code = {row.code: row.person_id for row in ctx.session.execute(query)}
    found: Values = defaultdict(dict)
    faults: dict[str, Message] = {}
    seen: set[tuple[str, int]] = set()
    for row in rows:
        problem = _fault(row, row.code in by_code, (row.code, row.term) in seen)
        if problem is not None:
            faults[f"row_{row.number}"] = problem
            continue
        seen.add((row.code, row.term))
        found[by_code[row.code], row.school, row.paper][row.term] = (row.excused, row.unexcused)
    return found, faults


def _fault(row: FormerRow, known: bool, twice: bool) -> Message | None:
    if not known:
        return _("Row %(row)s: no pupil of this year has the code “%(code)s”.", row=row.number, code=row.code)
    if twice:
        return _("Row %(row)s: this pupil has this term twice.", row=row.number)
    if not row.term:
        return _("Row %(row)s: the term is not clear.", row=row.number)
    if not all(0 <= number <= MOST for number in (row.excused, row.unexcused)):
        return _("Row %(row)s: the numbers are not clear.", row=row.number)
    if not row.school or not row.paper:
        return _("Row %(row)s: the school or the paper is missing.", row=row.number)
    return None
