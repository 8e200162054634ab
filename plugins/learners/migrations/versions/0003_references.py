"""references

revision: pupils, enrolments and rows of a plan come by the hundred thousand and are checked once a statement
"""

from __future__ import annotations

from alembic import op

from core.sdk.migrations import drop_reference, reference

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Table, columns, parent, its key, whether rows go with it.
REFERENCES = (
    ("learners_import_row", ("school_id", "import_id"), "learners_import", ("school_id", "id"), True),
    ("learners_learner", ("school_id", "id"), "core_person", ("school_id", "id"), True),
    ("learners_enrolment", ("learner_id",), "learners_learner", ("id",), True),
    ("learners_enrolment", ("school_id", "year_id", "class_id"), "learners_class", ("school_id", "year_id", "id"), False),
    ("learners_enrolment", ("import_id",), "learners_import", ("id",), False),
    ("learners_enrolment", ("closed_by",), "learners_import", ("id",), False),
)  # fmt: skip


def upgrade() -> None:
    op.drop_constraint("fk_learners_learner_id", "learners_learner", type_="foreignkey")
    for table, columns, parent, key, cascade in REFERENCES:
        if table != "learners_learner":
            op.drop_constraint(_constraint(table, columns), table, type_="foreignkey")
        for statement in reference(table, columns, parent, key, cascade=cascade):
            op.execute(statement)


def downgrade() -> None:
    for table, columns, parent, key, cascade in reversed(REFERENCES):
        for statement in drop_reference(table, columns, parent):
            op.execute(statement)
        if table != "learners_learner":
            rule = "CASCADE" if cascade else None
            op.create_foreign_key(_constraint(table, columns), table, parent, columns, key, ondelete=rule)
    op.create_foreign_key(
        "fk_learners_learner_id", "learners_learner", "core_person", ["id"], ["id"], ondelete="CASCADE"
    )


def _constraint(table: str, columns: tuple[str, ...]) -> str:
    return f"fk_{table}_{'_'.join(columns)}"
