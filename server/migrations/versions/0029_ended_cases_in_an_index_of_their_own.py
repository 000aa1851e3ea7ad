"""ended cases in an index of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_process_instance_ended_at",
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_process_instance_over",
            ["ended_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('COMPLETED', 'TERMINATED')"),
            postgresql_where=sa.text("state IN ('COMPLETED', 'TERMINATED')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_process_instance_over",
            sqlite_where=sa.text("state IN ('COMPLETED', 'TERMINATED')"),
            postgresql_where=sa.text("state IN ('COMPLETED', 'TERMINATED')"),
        )
        batch_op.create_index(
            "ix_process_instance_ended_at",
            ["ended_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )
