"""Finding a person over many schools, for the few who may: by words of the name or a code, never by browsing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from core.data.context import Context
from core.data.fold import fold
from core.types.contributions import Setting
from core.types.errors import Invalid
from core.types.message import _

from .models import WORDS

FIND = "core.people.find"
MOST = 50
"""More than these nobody reads: who gets so many gives another word."""
LEAST_WORDS = 2
_LEAST_LETTERS = 2
LONGEST_REASON = 300
ALLOWED = Setting(
    "core.find_people",
    _("Overseers may look for a person by name"),
    kind="bool",
    default=False,
    scope="instance",
    help=_(
        "Over the schools below their authority: name, year of birth and school, nothing more. Each search needs a"
        " reason, and both are kept in the record of changes."
    ),
)
_LOOKED_AT = 4000
_PROBED = 3
_COLUMNS = "id, school_id, full_name, birth_year, sort_key"
# First whom the words name: a planner that expects few of them would read the schools.
_NAMED = f"""
  SELECT {_COLUMNS} FROM core_person
  WHERE {WORDS} @@ CAST(:words AS tsquery) AND school_id = ANY(CAST(:schools AS uuid[])) LIMIT :most"""  # noqa: S608
# Common words name ten thousands, of whom the index would collect all: a few thousand persons of some schools have
# enough of them then.
_COMMON = f"""
  SELECT {_COLUMNS} FROM (SELECT {_COLUMNS}, search_text FROM core_person
    WHERE school_id = ANY(CAST(:schools AS uuid[])) LIMIT :looked_at) p
  WHERE ' ' || search_text || ' ' LIKE ALL(CAST(:patterns AS text[])) LIMIT :most"""  # noqa: S608
_FIND = """
WITH named AS MATERIALIZED (<named>)
SELECT n.id, n.full_name, n.birth_year, n.school_id, s.name AS school_name
FROM named n JOIN core_school s ON s.id = n.school_id ORDER BY n.sort_key, n.id"""
_BY_INDEX, _BY_LOOKING = (text(_FIND.replace("<named>", named)) for named in (_NAMED, _COMMON))


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person at a school, with no more than tells them from others of the same name."""

    id: UUID
    full_name: str
    birth_year: int | None
    school_id: UUID
    school_name: str


def find_everywhere(ctx: Context, words: str, schools: Sequence[UUID]) -> list[FoundPerson]:
    """Persons of these schools by words, in a context over all schools; `MOST` + 1 at most, which says "too many".

    Args:
        words: whole words of a name or a code, in any order, without accents too; the last may lack its end.
        schools: where the actor may look; the caller knows.

    Raises:
        Forbidden: without `core.people.find`. Invalid: fewer than two words.
    """
    ctx.require(FIND)
    given = fold(words).split()
    if len(given) < LEAST_WORDS:
        problem = _("Please give at least two words, such as the family name and the given name.")
        raise Invalid(problem, fields={"q": problem})
    found = _common(ctx, given, schools)
    for words_ in [] if len(found) > MOST else _asked(given):
        values = {"words": words_, "schools": list(schools), "most": MOST + 1}
        found = [FoundPerson(*row) for row in ctx.session.execute(_BY_INDEX, values)]
        if len(found) > MOST:
            break
    return found


def _common(ctx: Context, words: Sequence[str], schools: Sequence[UUID]) -> list[FoundPerson]:
    """Too many already among a few thousand persons, or nothing that is of use."""
    escaped = [word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for word in words]
    patterns = [*(f"% {word} %" for word in escaped[:-1]), f"% {escaped[-1]}%"]
    values = {"patterns": patterns, "schools": list(schools[:_PROBED]), "looked_at": _LOOKED_AT, "most": MOST + 1}
    return [FoundPerson(*row) for row in ctx.session.execute(_BY_LOOKING, values)]


def _asked(words: Sequence[str]) -> Iterator[str]:
    """The words as `tsquery` takes them, each quoted: whole first, since who has typed the end finds enough by it at a
    third of the price; then the last one as the beginning of a word, of two letters at least."""
    quoted = ["'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words]
    yield " & ".join(quoted)
    if len(words[-1]) >= _LEAST_LETTERS:
        yield " & ".join((*quoted[:-1], f"{quoted[-1]}:*"))
