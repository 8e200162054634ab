"""webhooks and settings

revision: addresses that are told of events, messages and tries; who changed a setting
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.data.ddl import school_rights

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('core_webhook_endpoint',
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), server_default='', nullable=False),
    sa.Column('events', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('scheme', sa.Text(), server_default='v1', nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('old_secret', sa.Text(), nullable=True),
    sa.Column('old_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stopped', sa.Text(), server_default='', nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("scheme IN ('v1', 'v1a')", name=op.f('ck_core_webhook_endpoint_scheme')),
    sa.CheckConstraint("stopped IN ('', 'by_hand', 'failing', 'gone')", name=op.f('ck_core_webhook_endpoint_stopped')),
    sa.ForeignKeyConstraint(['school_id'], ['core_school.id'], name=op.f('fk_core_webhook_endpoint_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_webhook_endpoint'))
    )
    op.create_index('ix_core_webhook_endpoint_school', 'core_webhook_endpoint', ['school_id', 'id'], unique=False)
    op.add_column("core_setting", sa.Column("changed_by", sa.Uuid(), nullable=True))
    op.create_table('core_webhook_message',
    sa.Column('endpoint_id', sa.Uuid(), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='pending', nullable=False),
    sa.Column('tries', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'delivered', 'failed')", name=op.f('ck_core_webhook_message_state')),
    sa.ForeignKeyConstraint(['endpoint_id'], ['core_webhook_endpoint.id'], name=op.f('fk_core_webhook_message_endpoint_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['core_school.id'], name=op.f('fk_core_webhook_message_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_webhook_message'))
    )
    op.create_index('ix_core_webhook_message_created', 'core_webhook_message', ['created_at'], unique=False)
    op.create_index('ix_core_webhook_message_endpoint', 'core_webhook_message', ['school_id', 'endpoint_id', 'id'], unique=False)
    op.create_index('ix_core_webhook_message_whose', 'core_webhook_message', ['endpoint_id'], unique=False)
    op.create_table('core_webhook_try',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.BigInteger(), nullable=True),
    sa.Column('fault', sa.Text(), server_default='', nullable=False),
    sa.Column('milliseconds', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('school_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['core_webhook_message.id'], name=op.f('fk_core_webhook_try_message_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['core_school.id'], name=op.f('fk_core_webhook_try_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core_webhook_try'))
    )
    op.create_index('ix_core_webhook_try_message', 'core_webhook_try', ['message_id', 'at'], unique=False)

    for statement in school_rights('core_webhook_endpoint'):
        op.execute(statement)
    for statement in school_rights('core_webhook_message'):
        op.execute(statement)
    for statement in school_rights('core_webhook_try'):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index('ix_core_webhook_try_message', table_name='core_webhook_try')
    op.drop_table('core_webhook_try')
    op.drop_index('ix_core_webhook_message_whose', table_name='core_webhook_message')
    op.drop_index('ix_core_webhook_message_endpoint', table_name='core_webhook_message')
    op.drop_index('ix_core_webhook_message_created', table_name='core_webhook_message')
    op.drop_table('core_webhook_message')
    op.drop_index('ix_core_webhook_endpoint_school', table_name='core_webhook_endpoint')
    op.drop_table('core_webhook_endpoint')
    op.drop_column("core_setting", "changed_by")
