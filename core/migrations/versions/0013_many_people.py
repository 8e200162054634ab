"""many people

revision: persons and relations that come by the hundred thousand are checked once a statement, with fewer indexes
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from core.data.references import drop_reference, reference

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Table, columns, parent, its key, whether rows go with it. Both persons of a relation are of its school.
REFERENCES = (
    ("core_person", ("school_id",), "core_school", ("id",), False),
    ("core_relation", ("school_id", "person_id"), "core_person", ("school_id", "id"), True),
    ("core_relation", ("school_id", "related_id"), "core_person", ("school_id", "id"), True),
)
# Whoever deletes persons, as the undo of an import does, is asked for each of them by these foreign keys.
WHOM = ("core_account_person", "core_payment_attempt", "core_refund")
OLD = "uq_core_relation_school_id_person_id_related_id_kind"
NEW = "uq_core_relation_related_id_person_id_kind"


def upgrade() -> None:
    for column in ("school_id", "person_id", "related_id"):
        op.drop_constraint(f"fk_core_relation_{column}", "core_relation", type_="foreignkey")
    op.drop_constraint("fk_core_person_school_id", "core_person", type_="foreignkey")
    for table in WHOM:
        op.create_index(f"ix_{table}_whom", table, ["person_id"])
    where = text("person_id IS NOT NULL")
    op.create_index("ix_core_exception_case_whom", "core_exception_case", ["person_id"], postgresql_where=where)
    # One index for "once" and for the way from a child; nothing searches by the whole text of a person.
    op.create_unique_constraint(NEW, "core_relation", ["related_id", "person_id", "kind"])
    op.drop_constraint(OLD, "core_relation", type_="unique")
    op.drop_index("ix_core_relation_related", table_name="core_relation")
    op.drop_index("ix_core_person_search", table_name="core_person")
    for table, columns, parent, key, cascade in REFERENCES:
        for statement in reference(table, columns, parent, key, cascade=cascade):
            op.execute(statement)


def downgrade() -> None:
    for table, columns, parent, _key, _cascade in reversed(REFERENCES):
        for statement in drop_reference(table, columns, parent):
            op.execute(statement)
    op.create_index("ix_core_person_search", "core_person", ["school_id", "search_text"])
    op.create_index("ix_core_relation_related", "core_relation", ["related_id"])
    op.create_unique_constraint(OLD, "core_relation", ["school_id", "person_id", "related_id", "kind"])
    op.drop_constraint(NEW, "core_relation", type_="unique")
    for table in (*WHOM, "core_exception_case"):
        op.drop_index(f"ix_{table}_whom", table_name=table)
    op.create_foreign_key("fk_core_person_school_id", "core_person", "core_school", ["school_id"], ["id"])
    op.create_foreign_key("fk_core_relation_school_id", "core_relation", "core_school", ["school_id"], ["id"])
    for column in ("person_id", "related_id"):
        op.create_foreign_key(
            f"fk_core_relation_{column}", "core_relation", "core_person", [column], ["id"], ondelete="CASCADE"
        )
