"""Whose row an answer speaks of, in sets: the statements between a staged answer and the rows of a batch.

A lasting row id decides alone. Without one the row's number counts if nothing else that the answer tells speaks against
it; then the personal ID, then the pupil code, each only where it is of one row of the file. The rest is for a person.
"""

from __future__ import annotations

DROP = "DROP TABLE IF EXISTS pg_temp.sector_stage"
STAGE = """
CREATE TEMP TABLE sector_stage (line bigint, row_id text, number bigint, personal_id text, code text, name text,
  sector_code text, accepted boolean, message text, found bigint, why text) ON COMMIT DROP"""
FILL = """
INSERT INTO sector_stage (line, row_id, number, personal_id, code, name, sector_code, accepted, message)
SELECT r.line, r.row_id, r.number, r.personal_id, r.code, r.name, r.sector_code, r.accepted, r.message
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(line bigint, row_id text, number bigint, personal_id text, code text,
  name text, sector_code text, accepted boolean, message text)"""
REFUSE_ALL = """
INSERT INTO sector_stage (line, accepted, message, sector_code, found)
SELECT 0, false, :message, '', number FROM sector_row
WHERE school_id = :school AND batch_id = :batch AND file_number IS NOT NULL"""

_MINE = "r.school_id = :school AND r.batch_id = :batch AND r.file_number IS NOT NULL"
_SAME_ID = "(s.personal_id = '' OR coalesce(r.values ->> 'sodinhdanh', '') IN ('', s.personal_id))"
_SAME_CODE = "(s.code = '' OR coalesce(r.values ->> 'mahocsinh', '') IN ('', s.code))"
_SAME_NAME = "(s.name = '' OR s.name = r.search_text)"
_ONLY = """
UPDATE sector_stage s SET found = r.number
FROM (SELECT r.values ->> '{field}' AS value, min(r.number) AS number FROM sector_row r WHERE {mine}
  AND r.values ? '{field}' GROUP BY 1 HAVING count(*) = 1) r
WHERE s.found IS NULL AND s.row_id = '' AND s.{column} <> '' AND s.{column} = r.value"""
MATCH = (
    f"UPDATE sector_stage s SET found = r.number FROM sector_row r WHERE {_MINE} AND r.row_id::text = s.row_id"  # noqa: S608
    f" AND {_SAME_ID}",
    f"UPDATE sector_stage s SET found = r.number FROM sector_row r WHERE {_MINE} AND s.found IS NULL"  # noqa: S608
    f" AND s.row_id = '' AND s.number = r.file_number AND {_SAME_ID} AND {_SAME_CODE} AND {_SAME_NAME}",
    _ONLY.format(field="sodinhdanh", column="personal_id", mine=_MINE),
    _ONLY.format(field="mahocsinh", column="code", mine=_MINE),
    "UPDATE sector_stage SET why = 'unknown' WHERE found IS NULL",
    "UPDATE sector_stage SET why = 'unclear' WHERE found IS NOT NULL AND accepted IS NULL",
    # Two lines for one row: fine when they say the same.
    """UPDATE sector_stage s SET why = 'double' FROM (SELECT found FROM sector_stage WHERE why IS NULL GROUP BY found
       HAVING count(DISTINCT (accepted, sector_code)) > 1) d WHERE s.found = d.found""",
)

COUNTS = """
SELECT count(DISTINCT found) FILTER (WHERE why IS NULL AND accepted),
  count(DISTINCT found) FILTER (WHERE why IS NULL AND NOT accepted), count(*) FILTER (WHERE why IS NOT NULL)
FROM sector_stage"""
PROBLEMS = "SELECT line, why FROM sector_stage WHERE why IS NOT NULL ORDER BY line LIMIT :most"
CODES = """
SELECT DISTINCT ON (r.learner_id) r.learner_id, s.sector_code
FROM sector_stage s JOIN sector_row r ON r.school_id = :school AND r.batch_id = :batch AND r.number = s.found
WHERE s.why IS NULL AND s.accepted AND s.sector_code <> '' AND r.learner_id IS NOT NULL
ORDER BY r.learner_id, s.line"""
CODE_TAKEN = """
UPDATE sector_stage s SET why = 'code_taken' FROM sector_row r
WHERE r.school_id = :school AND r.batch_id = :batch AND r.number = s.found AND r.learner_id = ANY(:taken)"""

_SAID = "s.why IS NULL AND s.accepted IS NOT NULL"
APPLY = f"""
UPDATE sector_row r SET state = CASE WHEN s.accepted THEN 'accepted' ELSE 'refused' END,
  message = CASE WHEN s.accepted THEN '' ELSE s.message END,
  sector_code = coalesce(nullif(s.sector_code, ''), r.sector_code)
FROM sector_stage s WHERE {_MINE} AND r.number = s.found AND {_SAID}
  AND (r.state, r.message, r.sector_code) IS DISTINCT FROM (CASE WHEN s.accepted THEN 'accepted' ELSE 'refused' END,
    CASE WHEN s.accepted THEN '' ELSE s.message END, coalesce(nullif(s.sector_code, ''), r.sector_code))"""  # noqa: S608
# Only while this batch is the one that was handed over last: an old answer says nothing of newer data.
LEARN = f"""
UPDATE sector_known k SET state = r.state, digest = CASE WHEN r.state = 'accepted' THEN r.digest ELSE k.digest END,
  message = r.message, at = :now
FROM sector_row r, sector_stage s
WHERE {_MINE} AND r.number = s.found AND {_SAID} AND k.school_id = :school AND k.kind = :kind AND k.year_id = :year
  AND k.term = :term AND k.key = r.key AND k.batch_id = :batch
  AND (k.state, k.message) IS DISTINCT FROM (r.state, r.message)"""  # noqa: S608
