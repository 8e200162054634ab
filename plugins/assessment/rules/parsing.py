"""Rule sets out of their files. The text is read strictly; what is left out or misspelt is refused with its line."""

from __future__ import annotations

from core.sdk import _

from .parsing_parts import by_grade, label
from .parsing_primary import primary
from .parsing_secondary import graduation, secondary
from .reading import read
from .ruleset import RuleSet

STAGES = ("primary", "lower_secondary", "upper_secondary", "continuing")


def parse(text: str) -> RuleSet:
    """A rule set from the text of its file.

    Raises:
        RuleSetError: names the key, its line and what is wrong with it.
    """
    table = read(text)
    act = table.string("act")
    stages = table.codes("stages")
    if unknown := [stage for stage in stages if stage not in STAGES]:
        raise table.wrong("stages", _("%(stage)s is no kind of school", stage=unknown[0]))
    made = RuleSet(
        code=table.string("code"),
        label=label(table),
        programme=table.string("programme"),
        act=act,
        effective=table.day("effective"),
        stages=frozenset(stages),
        first_year=by_grade(table.table("first_year")),
        last_year=table.whole("last_year") if table.has("last_year") else None,
        secondary=secondary(table, act) if table.has("marks") else None,
        primary=primary(table, act) if table.has("levels") else None,
        graduation=graduation(table.table("graduation"), act) if table.has("graduation") else None,
        verified=table.flag("verified") if table.has("verified") else True,
        source=text,
    )
    if (made.secondary is None) == (made.primary is None):
        raise table.wrong("marks", _("a set has either the part marks (secondary) or the part levels (primary)"))
    table.finish()
    return made
