"""Parts that every kind of rule set has: names, citations, scales, tables by grade."""

from __future__ import annotations

from core.sdk import _

from .reading import Table
from .ruleset import Cite, Label, Scale


def label(table: Table) -> Label:
    """The names of a thing in both languages."""
    return Label(table.string("name_en"), vi=table.string("name_vi"))


def labels(tables: list[Table]) -> dict[str, Label]:
    """Codes with their names, in the order of the file."""
    found: dict[str, Label] = {}
    for table in tables:
        code = table.string("code")
        if code in found:
            raise table.wrong("code", _("a code stands here twice"))
        found[code] = label(table)
        table.finish()
    return found


def cite(table: Table, act: str, key: str = "article") -> Cite:
    """Where a rule stands; a part may name another act than the set, and how sure its text is."""
    certainty = table.choice("certainty", ("H", "M", "L")) if table.has("certainty") else "H"
    return Cite(table.string("act") if table.has("act") and table.path else act, table.string(key), certainty)


def scale(table: Table) -> Scale:
    """The numbers that a mark may be."""
    made = Scale(table.number("minimum"), table.number("maximum"), table.whole("decimals"))
    if made.maximum <= made.minimum or made.minimum < 0 or made.decimals > 2:
        raise table.wrong("maximum", _("the scale must rise from 0 or more, with at most 2 decimals"))
    table.finish()
    return made


def by_grade(table: Table) -> dict[int, int]:
    """A table from grades to whole numbers."""
    found: dict[int, int] = {}
    for key in table:
        if not key.isdigit() or not 1 <= int(key) <= 12:
            raise table.wrong(key, _("a grade from 1 to 12 is needed"))
        found[int(key)] = table.whole(key, 1)
    return found


def grades(table: Table, key: str) -> frozenset[int]:
    """A list of grades."""
    found = table.wholes(key)
    if any(not 1 <= grade <= 12 for grade in found):
        raise table.wrong(key, _("a grade from 1 to 12 is needed"))
    return frozenset(found)
