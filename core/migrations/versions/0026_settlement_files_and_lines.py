"""settlement files and lines

Lines have no foreign keys, as postings have none: what they name is never deleted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import school_rights

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('core_settlement_file',
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('rail', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('lines', sa.BigInteger(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('imported_by', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['core_payment_channel.id'], name=op.f('fk_core_settlement_file_channel_id')),
    sa.ForeignKeyConstraint(['school_id'], ['core_school.id'], name=op.f('fk_core_settlement_file_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_settlement_file'))
    )
    op.create_index('ix_core_settlement_file_rail', 'core_settlement_file', ['school_id', 'rail', 'first_day'], unique=False)
    op.create_table('core_settlement_line',
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('rail', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('fee', sa.BigInteger(), nullable=False),
    sa.Column('memo', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('evidence_id', sa.Uuid(), nullable=True),
    sa.Column('payout_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind IN ('credit', 'debit', 'payment', 'refund')", name=op.f('ck_core_settlement_line_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_settlement_line')),
    sa.UniqueConstraint('school_id', 'rail', 'kind', 'number', name=op.f('uq_core_settlement_line_school_id_rail_kind_number'))
    )
    op.create_index('ix_core_settlement_line_day', 'core_settlement_line', ['school_id', 'day'], unique=False)
    op.create_index('ix_core_settlement_line_evidence', 'core_settlement_line', ['evidence_id'], unique=False, postgresql_where='evidence_id IS NOT NULL')
    op.create_index('ix_core_settlement_line_file', 'core_settlement_line', ['file_id'], unique=False)
    op.create_index('ix_core_settlement_line_unpaid', 'core_settlement_line', ['school_id', 'rail'], unique=False, postgresql_where="payout_id IS NULL AND kind IN ('payment', 'refund')")

    for statement in school_rights('core_settlement_file'):
        op.execute(statement)
    for statement in school_rights('core_settlement_line'):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index('ix_core_settlement_line_unpaid', table_name='core_settlement_line', postgresql_where="payout_id IS NULL AND kind IN ('payment', 'refund')")
    op.drop_index('ix_core_settlement_line_file', table_name='core_settlement_line')
    op.drop_index('ix_core_settlement_line_evidence', table_name='core_settlement_line', postgresql_where='evidence_id IS NOT NULL')
    op.drop_index('ix_core_settlement_line_day', table_name='core_settlement_line')
    op.drop_table('core_settlement_line')
    op.drop_index('ix_core_settlement_file_rail', table_name='core_settlement_file')
    op.drop_table('core_settlement_file')
