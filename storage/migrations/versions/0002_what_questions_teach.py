"""what questions teach: the last card of a person, cleaned words and feedback of a question"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('last_card', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('last_card_at', UtcDateTime(), nullable=True))
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.add_column(sa.Column('words', sa.String(length=240), nullable=True))
        batch_op.add_column(sa.Column('feedback', sa.String(length=40), nullable=True))
        batch_op.create_index('ix_question_words', ['asked_at'], unique=False, sqlite_where=sa.text('words IS NOT NULL'), postgresql_where=sa.text('words IS NOT NULL'))


def downgrade() -> None:
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index('ix_question_words', sqlite_where=sa.text('words IS NOT NULL'), postgresql_where=sa.text('words IS NOT NULL'))
        batch_op.drop_column('feedback')
        batch_op.drop_column('words')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('last_card_at')
        batch_op.drop_column('last_card')
