"""signals"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("signal_name", sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column("values", server.db.Json(), nullable=True))
        batch_op.create_index(
            "ix_timer_signal_name",
            ["signal_name"],
            unique=False,
            sqlite_where=sa.text("signal_name IS NOT NULL"),
            postgresql_where=sa.text("signal_name IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index("ix_timer_signal_name")
        batch_op.drop_column("values")
        batch_op.drop_column("signal_name")
