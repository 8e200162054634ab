"""Finding a person over many schools, for the few who may: by words of the name or a code, never by browsing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, text

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
_LOOKED_AT, _PROBED, _ENDINGS = 2000, 3, 30
_COLUMNS = "id, school_id, full_name, birth_year, sort_key"
_WITH_SCHOOL = """
SELECT n.id, n.full_name, n.birth_year, n.school_id, s.name AS school_name
FROM named n JOIN core_school s ON s.id = n.school_id ORDER BY n.sort_key, n.id"""
# First whom the words name: a planner that expects few of them would read the schools.
_NAMED = text(f"""
WITH named AS MATERIALIZED (SELECT {_COLUMNS} FROM core_person
  WHERE {WORDS} @@ CAST(:words AS tsquery) AND school_id = ANY(CAST(:schools AS uuid[])) LIMIT :most)
{_WITH_SCHOOL}""")  # noqa: S608  (constants)
# Common words name ten thousands, and the index collects all of them first: some thousand persons of a few schools have
# enough then, and know how the word that is being typed may end.
_LOOKED = text(f"""
WITH looked AS MATERIALIZED (SELECT {_COLUMNS}, ' ' || search_text || ' ' AS words FROM core_person
  WHERE school_id = ANY(CAST(:some AS uuid[])) LIMIT :looked_at),
named AS (SELECT * FROM looked WHERE words LIKE ALL(CAST(:patterns AS text[])) LIMIT :most),
told AS ({_WITH_SCHOOL})
SELECT ARRAY(SELECT DISTINCT word FROM looked, unnest(string_to_array(words, ' ')) word
    WHERE words LIKE :pattern AND word LIKE :begins LIMIT :endings) AS endings,
  (SELECT count(*) FROM looked WHERE words LIKE ALL(CAST(:before AS text[]))) AS before, told.*
FROM (SELECT) one LEFT JOIN told ON true""")  # noqa: S608
# Few have the whole words before it: then how the last one begins is looked for among them.
_AMONG = text(f"""
WITH few AS MATERIALIZED (SELECT {_COLUMNS}, search_text FROM core_person
  WHERE {WORDS} @@ CAST(:words AS tsquery) AND school_id = ANY(CAST(:schools AS uuid[]))),
named AS (SELECT * FROM few WHERE ' ' || search_text LIKE :pattern LIMIT :most)
{_WITH_SCHOOL}""")  # noqa: S608
_FEW = 3
"""So many of those looked at have the words before the last one: some thousand of a million."""


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
    return _Search(ctx, given, schools).found()


@dataclass(frozen=True, slots=True)
class _Search:
    """A search by folded words, the last of which may lack its end; each step is asked only if the one before did not
    find more than anybody reads."""

    ctx: Context
    words: Sequence[str]
    schools: Sequence[UUID]

    def found(self) -> list[FoundPerson]:
        last, before = self.words[-1], [f"% {_plain(word)} %" for word in self.words[:-1]]
        pattern, begins = f"% {_plain(last)}%", f"{_plain(last)}%"
        values = self._values() | {
            "some": list(self.schools[:_PROBED]), "looked_at": _LOOKED_AT, "before": before, "begins": begins,
            "patterns": [*before, pattern], "pattern": pattern, "endings": _ENDINGS,
        }  # fmt: skip
        rows = self.ctx.session.execute(_LOOKED, values).all()
        if len(rows) > MOST:
            return [FoundPerson(*row[2:]) for row in rows]
        if len(last) < _LEAST_LETTERS:
            return self._by_index(_quoted(last))
        found = self._by_index(f"({' | '.join(map(_quoted, sorted({last, *rows[0].endings})))})")
        if len(found) > MOST:
            return found
        return self._among() if rows[0].before <= _FEW else self._by_index(f"{_quoted(last)}:*")

    def _by_index(self, last: str) -> list[FoundPerson]:
        return self._ask(_NAMED, {"words": " & ".join((*map(_quoted, self.words[:-1]), last))})

    def _among(self) -> list[FoundPerson]:
        """Among those who have the words before the last one."""
        words, pattern = " & ".join(map(_quoted, self.words[:-1])), f"% {_plain(self.words[-1])}%"
        return self._ask(_AMONG, {"words": words, "pattern": pattern})

    def _ask(self, statement: TextClause, values: Mapping[str, object]) -> list[FoundPerson]:
        return [FoundPerson(*row) for row in self.ctx.session.execute(statement, {**self._values(), **values})]

    def _values(self) -> dict[str, object]:
        return {"schools": list(self.schools), "most": MOST + 1}


def _plain(word: str) -> str:
    """A word in a pattern."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _quoted(word: str) -> str:
    """A word as `tsquery` takes it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
