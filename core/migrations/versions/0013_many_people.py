"""many people

revision: persons and relations that come by the hundred thousand are checked once a statement
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"
_WRONG = "USING ERRCODE = 'foreign_key_violation'"

# What the foreign keys said, with their locks: the school stays, and both persons, until the commit.
SCHOOLS = f"""
CREATE FUNCTION core_person_school() {_HEAD}
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found
    FROM (SELECT FROM core_school s WHERE s.id IN (SELECT DISTINCT school_id FROM added) FOR KEY SHARE OF s) there;
  IF found <> (SELECT count(DISTINCT school_id) FROM added) THEN
    RAISE EXCEPTION 'a person of a school that is not there' {_WRONG};
  END IF;
  RETURN NULL;
END $$
"""
RELATIONS = f"""
CREATE FUNCTION core_relation_people() {_HEAD}
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found
    FROM (SELECT FROM added a
            JOIN core_person p ON p.id = a.person_id AND p.school_id = a.school_id
            JOIN core_person c ON c.id = a.related_id AND c.school_id = a.school_id
           FOR KEY SHARE OF p, c) there;
  IF found <> (SELECT count(*) FROM added) THEN
    RAISE EXCEPTION 'a relation names a person who is not there' {_WRONG};
  END IF;
  RETURN NULL;
END $$
"""
GONE = f"""
CREATE FUNCTION core_person_relations_gone() {_HEAD}
BEGIN
  DELETE FROM core_relation r USING removed p WHERE r.person_id = p.id;
  DELETE FROM core_relation r USING removed p WHERE r.related_id = p.id;
  RETURN NULL;
END $$
"""
KEPT = f"""
CREATE FUNCTION core_school_keep_people() {_HEAD}
BEGIN
  IF EXISTS (SELECT FROM removed s JOIN core_person p ON p.school_id = s.id) THEN
    RAISE EXCEPTION 'a school has persons' {_WRONG};
  END IF;
  RETURN NULL;
END $$
"""
# Whoever deletes persons, as the undo of an import does, is asked for each of them by these foreign keys.
WHOM = ("core_account_person", "core_payment_attempt", "core_refund")
_ADDED = "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION"
_REMOVED = "REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION"
TRIGGERS = (
    f"CREATE TRIGGER school AFTER INSERT ON core_person {_ADDED} core_person_school()",
    f"CREATE TRIGGER people AFTER INSERT ON core_relation {_ADDED} core_relation_people()",
    f"CREATE TRIGGER people_changed AFTER UPDATE ON core_relation {_ADDED} core_relation_people()",
    f"CREATE TRIGGER relations_gone AFTER DELETE ON core_person {_REMOVED} core_person_relations_gone()",
    f"CREATE TRIGGER keep_people AFTER DELETE ON core_school {_REMOVED} core_school_keep_people()",
)


def upgrade() -> None:
    for column in ("school_id", "person_id", "related_id"):
        op.drop_constraint(f"fk_core_relation_{column}", "core_relation", type_="foreignkey")
    op.drop_constraint("fk_core_person_school_id", "core_person", type_="foreignkey")
    for table in WHOM:
        op.create_index(f"ix_{table}_whom", table, ["person_id"])
    where = text("person_id IS NOT NULL")
    op.create_index("ix_core_exception_case_whom", "core_exception_case", ["person_id"], postgresql_where=where)
    for function in (SCHOOLS, RELATIONS, GONE, KEPT):
        op.execute(function)
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_people ON core_school")
    op.execute("DROP TRIGGER relations_gone ON core_person")
    op.execute("DROP TRIGGER people_changed ON core_relation")
    op.execute("DROP TRIGGER people ON core_relation")
    op.execute("DROP TRIGGER school ON core_person")
    op.execute("DROP FUNCTION core_person_school, core_relation_people, core_person_relations_gone")
    op.execute("DROP FUNCTION core_school_keep_people")
    for table in (*WHOM, "core_exception_case"):
        op.drop_index(f"ix_{table}_whom", table_name=table)
    op.create_foreign_key("fk_core_person_school_id", "core_person", "core_school", ["school_id"], ["id"])
    op.create_foreign_key("fk_core_relation_school_id", "core_relation", "core_school", ["school_id"], ["id"])
    for column in ("person_id", "related_id"):
        op.create_foreign_key(
            f"fk_core_relation_{column}", "core_relation", "core_person", [column], ["id"], ondelete="CASCADE"
        )
