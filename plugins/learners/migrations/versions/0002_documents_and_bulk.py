"""documents and bulk

revision: lists of imports are documents; one foreign key where one proves all; indexes that an undo needs
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The school of these rows is that of the row they belong to; the class of an enrolment names school and year.
PROVEN = (
    ("learners_import_row", "school_id", "core_school"),
    ("learners_learner", "school_id", "core_school"),
    ("learners_policy_group", "school_id", "core_school"),
    ("learners_enrolment", "school_id", "core_school"),
    ("learners_enrolment", "year_id", "core_school_year"),
)
UNREAD = ("findings", "value", "before", "notes")


def upgrade() -> None:
    op.add_column("learners_import", sa.Column("file_id", sa.UUID(), nullable=True))
    op.create_foreign_key("fk_learners_import_file_id", "learners_import", "core_file", ["file_id"], ["id"])
    # Imports of before keep their bytes here: a migration knows no file store.
    op.alter_column("learners_import", "source", existing_type=sa.LargeBinary(), nullable=True)
    op.create_check_constraint("content", "learners_import", "num_nonnulls(file_id, source) = 1")
    op.drop_index("ix_learners_import_school", table_name="learners_import")
    op.create_unique_constraint("uq_learners_import_school_id_id", "learners_import", ["school_id", "id"])
    op.create_unique_constraint(
        "uq_learners_class_school_id_year_id_id", "learners_class", ["school_id", "year_id", "id"]
    )
    for table, column, _parent in PROVEN:
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    op.drop_constraint("fk_learners_import_row_import_id", "learners_import_row", type_="foreignkey")
    op.create_foreign_key(
        "fk_learners_import_row_school_id_import_id",
        "learners_import_row",
        "learners_import",
        ["school_id", "import_id"],
        ["school_id", "id"],
        ondelete="CASCADE",
    )
    op.drop_constraint("fk_learners_enrolment_class_id", "learners_enrolment", type_="foreignkey")
    op.create_foreign_key(
        "fk_learners_enrolment_school_id_year_id_class_id",
        "learners_enrolment",
        "learners_class",
        ["school_id", "year_id", "class_id"],
        ["school_id", "year_id", "id"],
    )
    op.create_index("ix_learners_enrolment_learner", "learners_enrolment", ["learner_id"])
    op.drop_index("ix_learners_policy_group_learner", table_name="learners_policy_group")
    op.create_index("ix_learners_policy_group_learner", "learners_policy_group", ["learner_id"])
    for column in UNREAD:  # nobody searches by them, and sampling them costs more than all others together
        op.execute(f"ALTER TABLE learners_import_row ALTER COLUMN {column} SET STATISTICS 0")


def downgrade() -> None:
    for column in UNREAD:
        op.execute(f"ALTER TABLE learners_import_row ALTER COLUMN {column} SET STATISTICS -1")
    op.drop_index("ix_learners_policy_group_learner", table_name="learners_policy_group")
    op.create_index("ix_learners_policy_group_learner", "learners_policy_group", ["school_id", "learner_id"])
    op.drop_index("ix_learners_enrolment_learner", table_name="learners_enrolment")
    op.drop_constraint(
        "fk_learners_enrolment_school_id_year_id_class_id", "learners_enrolment", type_="foreignkey"
    )
    op.create_foreign_key(
        "fk_learners_enrolment_class_id", "learners_enrolment", "learners_class", ["class_id"], ["id"]
    )
    op.drop_constraint("fk_learners_import_row_school_id_import_id", "learners_import_row", type_="foreignkey")
    op.create_foreign_key(
        "fk_learners_import_row_import_id",
        "learners_import_row",
        "learners_import",
        ["import_id"],
        ["id"],
        ondelete="CASCADE",
    )
    for table, column, parent in PROVEN:
        op.create_foreign_key(f"fk_{table}_{column}", table, parent, [column], ["id"])
    op.drop_constraint("uq_learners_class_school_id_year_id_id", "learners_class", type_="unique")
    op.drop_constraint("uq_learners_import_school_id_id", "learners_import", type_="unique")
    op.create_index("ix_learners_import_school", "learners_import", ["school_id", "id"])
    op.drop_constraint("content", "learners_import", type_="check")
    op.execute("DELETE FROM learners_import WHERE source IS NULL AND state IN ('reading', 'planned', 'failed')")
    op.execute("UPDATE learners_import SET source = '' WHERE source IS NULL")
    op.alter_column("learners_import", "source", existing_type=sa.LargeBinary(), nullable=False)
    op.drop_constraint("fk_learners_import_file_id", "learners_import", type_="foreignkey")
    op.drop_column("learners_import", "file_id")
