"""inbox by due date"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.create_index("ix_user_task_due", ["state", "due_at", "key"], unique=False)
        batch_op.drop_index("ix_user_task_group")
        batch_op.create_index(
            "ix_user_task_group", ["state", "candidate_group", "due_at", "barred"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index("ix_user_task_group")
        batch_op.create_index("ix_user_task_group", ["state", "candidate_group", "due_at"], unique=False)
        batch_op.drop_index("ix_user_task_due")
