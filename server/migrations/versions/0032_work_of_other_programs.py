"""work of other programs"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_OPEN: dict[str, Any] = {
    "sqlite_where": sa.text("state = 'CREATED'"),
    "postgresql_where": sa.text("state = 'CREATED'"),
}


def upgrade() -> None:
    op.drop_index("ix_job_due", "job")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("worker", sa.String(length=255), nullable=True))
    op.create_index("ix_job_due", "job", ["elsewhere", "due_at"], **_OPEN)
    op.create_index("ix_job_type", "job", ["type", "due_at"], **_OPEN)


def downgrade() -> None:
    op.drop_index("ix_job_type", "job")
    op.drop_index("ix_job_due", "job")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("worker")
        batch_op.drop_column("elsewhere")
    op.create_index("ix_job_due", "job", ["due_at"], **_OPEN)
