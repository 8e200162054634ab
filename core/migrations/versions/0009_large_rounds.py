"""large rounds

revision: what three foreign keys checked row by row is checked once a statement
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_HEAD = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"

# The people are found and locked as a foreign key would do it: nobody can be deleted before the commit.
CHARGES = f"""
CREATE FUNCTION core_charge_check() {_HEAD}
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found
    FROM (SELECT FROM added a JOIN core_person p ON p.id = a.person_id AND p.school_id = a.school_id
          FOR KEY SHARE OF p) there;
  IF found <> (SELECT count(*) FROM added) THEN
    RAISE EXCEPTION 'a charge names a person who is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""

# A posting with a charge names the person of that charge (core_posting_apply); the others are few.
POSTINGS = f"""
CREATE FUNCTION core_posting_people() {_HEAD}
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found
    FROM (SELECT FROM added a JOIN core_person p ON p.id = a.person_id AND p.school_id = a.school_id
           WHERE a.charge_id IS NULL FOR KEY SHARE OF p) there;
  IF found <> (SELECT count(person_id) FROM added WHERE charge_id IS NULL) THEN
    RAISE EXCEPTION 'a posting names a person who is not there' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""

# The other side of the two: who owes or has paid stays. The indexes begin with the school.
PEOPLE = f"""
CREATE FUNCTION core_person_keep_payers() {_HEAD}
BEGIN
  IF EXISTS (SELECT FROM removed r JOIN core_charge c ON c.school_id = r.school_id AND c.person_id = r.id)
     OR EXISTS (SELECT FROM removed r JOIN core_posting p ON p.school_id = r.school_id AND p.person_id = r.id) THEN
    RAISE EXCEPTION 'a person has charges or postings' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.drop_constraint("fk_core_charge_person_id", "core_charge", type_="foreignkey")
    op.drop_constraint("fk_core_posting_person_id", "core_posting", type_="foreignkey")
    # Written by the trigger on postings alone, whose entry is of a school that is there.
    op.drop_constraint("fk_core_ledger_balance_school_id", "core_ledger_balance", type_="foreignkey")
    op.drop_index("ix_core_payment_reference_target", table_name="core_payment_reference")  # nothing asks by it
    for function in (CHARGES, POSTINGS, PEOPLE):
        op.execute(function)
    op.execute(
        "CREATE TRIGGER people AFTER INSERT ON core_charge REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_charge_check()"
    )
    op.execute(
        "CREATE TRIGGER people AFTER INSERT ON core_posting REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_posting_people()"
    )
    op.execute(
        "CREATE TRIGGER keep_payers AFTER DELETE ON core_person REFERENCING OLD TABLE AS removed "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_person_keep_payers()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_payers ON core_person")
    op.execute("DROP TRIGGER people ON core_posting")
    op.execute("DROP TRIGGER people ON core_charge")
    op.execute("DROP FUNCTION core_charge_check, core_posting_people, core_person_keep_payers")
    op.create_index("ix_core_payment_reference_target", "core_payment_reference", ["target_id"])
    op.create_foreign_key(
        "fk_core_ledger_balance_school_id", "core_ledger_balance", "core_school", ["school_id"], ["id"]
    )
    op.create_foreign_key("fk_core_posting_person_id", "core_posting", "core_person", ["person_id"], ["id"])
    op.create_foreign_key("fk_core_charge_person_id", "core_charge", "core_person", ["person_id"], ["id"])
