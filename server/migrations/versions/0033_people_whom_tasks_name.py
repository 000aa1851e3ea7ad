"""people whom tasks name"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_NAMED: dict[str, Any] = {
    f"{dialect}_where": sa.text("state = 'CREATED' AND candidate_users IS NOT NULL")
    for dialect in ("sqlite", "postgresql")
}


def upgrade() -> None:
    op.add_column("user_task", sa.Column("candidate_users", sa.Text(), nullable=True))
    op.create_index("ix_user_task_named", "user_task", ["due_at"], **_NAMED)


def downgrade() -> None:
    op.drop_index("ix_user_task_named", "user_task")
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_column("candidate_users")
