"""zaken that move: hand-over, absence, gezin, team duties, changed due dates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import UtcDateTime

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

UNNAMED = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def _old_unique_day() -> str:
    # The first schema left this constraint unnamed: each database calls it something else.
    return 'uq_zaak_day_zaak_id' if op.get_bind().dialect.name == 'sqlite' else 'zaak_day_zaak_id_event_key'


def upgrade() -> None:
    op.create_table('gezin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('until_day', sa.Date(), nullable=False),
    sa.Column('substitute_id', sa.Integer(), nullable=True),
    sa.Column('made_at', UtcDateTime(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('ended_at', UtcDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['substitute_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index('ix_absence_person', ['person_id', 'until_day'], unique=False)
        batch_op.create_index(batch_op.f('ix_absence_substitute_id'), ['substitute_id'], unique=False)

    op.create_table('termijn_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('termijn_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('old_due_on', sa.Date(), nullable=False),
    sa.Column('new_due_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('from_day', sa.Date(), nullable=True),
    sa.Column('until_day', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['termijn_id'], ['termijn.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('termijn_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_termijn_change_termijn_id'), ['termijn_id'], unique=False)

    op.add_column('person', sa.Column('roster', sa.SmallInteger(), server_default='31', nullable=False))

    with op.batch_alter_table('zaak', schema=None) as batch_op:
        batch_op.add_column(sa.Column('closed_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('offered_to', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('offered_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('offered_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('gezin_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('of_team', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key('fk_zaak_closed_by', 'person', ['closed_by'], ['id'])
        batch_op.create_foreign_key('fk_zaak_offered_to', 'person', ['offered_to'], ['id'])
        batch_op.create_foreign_key('fk_zaak_offered_by', 'person', ['offered_by'], ['id'])
        batch_op.create_foreign_key('fk_zaak_gezin', 'gezin', ['gezin_id'], ['id'])
        batch_op.create_index(batch_op.f('ix_zaak_gezin_id'), ['gezin_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_zaak_offered_to'), ['offered_to'], unique=False)
        batch_op.create_index('ix_zaak_of_team', ['team_id'], unique=True, sqlite_where=sa.text('of_team'), postgresql_where=sa.text('of_team'))

    with op.batch_alter_table('zaak_day', schema=None, naming_convention=UNNAMED) as batch_op:
        batch_op.drop_constraint(_old_unique_day(), type_='unique')
        batch_op.create_unique_constraint('uq_zaak_day', ['zaak_id', 'event', 'on_day'])

    with op.batch_alter_table('termijn', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ended_at', UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column('ended_why', sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column('paused_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('ladder_round', sa.SmallInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('follows_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('late_reason', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('late_reason_by', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_termijn_follows', 'termijn', ['follows_id'], ['id'])
        batch_op.create_foreign_key('fk_termijn_late_reason_by', 'person', ['late_reason_by'], ['id'])
        batch_op.create_index(batch_op.f('ix_termijn_follows_id'), ['follows_id'], unique=False)

    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.add_column(sa.Column('zaak_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('ladder_round', sa.SmallInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('about_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_notice_about', 'person', ['about_id'], ['id'])
        batch_op.create_foreign_key('fk_notice_zaak', 'zaak', ['zaak_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_constraint('fk_notice_zaak', type_='foreignkey')
        batch_op.drop_constraint('fk_notice_about', type_='foreignkey')
        batch_op.drop_column('about_id')
        batch_op.drop_column('zaak_id')
        batch_op.drop_column('ladder_round')

    with op.batch_alter_table('termijn', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_termijn_follows_id'))
        batch_op.drop_constraint('fk_termijn_late_reason_by', type_='foreignkey')
        batch_op.drop_constraint('fk_termijn_follows', type_='foreignkey')
        for column in ('late_reason_by', 'late_reason', 'follows_id', 'ladder_round', 'paused_on', 'ended_why', 'ended_at'):
            batch_op.drop_column(column)

    with op.batch_alter_table('zaak_day', schema=None, naming_convention=UNNAMED) as batch_op:
        batch_op.drop_constraint('uq_zaak_day', type_='unique')
        batch_op.create_unique_constraint(_old_unique_day(), ['zaak_id', 'event'])

    with op.batch_alter_table('zaak', schema=None) as batch_op:
        batch_op.drop_index('ix_zaak_of_team')
        batch_op.drop_index(batch_op.f('ix_zaak_offered_to'))
        batch_op.drop_index(batch_op.f('ix_zaak_gezin_id'))
        for name in ('fk_zaak_gezin', 'fk_zaak_offered_by', 'fk_zaak_offered_to', 'fk_zaak_closed_by'):
            batch_op.drop_constraint(name, type_='foreignkey')
        for column in ('of_team', 'gezin_id', 'offered_at', 'offered_by', 'offered_to', 'closed_by'):
            batch_op.drop_column(column)

    op.drop_column('person', 'roster')
    op.drop_table('termijn_change')
    op.drop_table('absence')
    op.drop_table('gezin')
