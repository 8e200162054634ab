"""words of persons, for the search over all schools

The lists inside a school search by parts of words in the order of names and are slower by an index of trigrams; only
the search over all schools asks by this expression.
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_core_person_words ON core_person USING gin"
        " (array_to_tsvector(array_remove(string_to_array(search_text, ' '), '')))"
    )


def downgrade() -> None:
    op.drop_index("ix_core_person_words", table_name="core_person")
