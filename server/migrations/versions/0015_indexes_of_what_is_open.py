"""indexes of what is open"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _where(condition: str | None) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)} if condition else {}


OPEN = "state = 'CREATED'"
NEW = (
    ("user_task", "ix_user_task_group", ["candidate_group", "due_at", "barred"], OPEN),
    ("user_task", "ix_user_task_assignee", ["assignee", "state", "due_at"], "assignee IS NOT NULL"),
    ("user_task", "ix_user_task_due", ["due_at", "key"], OPEN),
    ("job", "ix_job_due", ["due_at"], OPEN),
)
OLD = (
    ("user_task", "ix_user_task_group", ["state", "candidate_group", "due_at", "barred"], None),
    ("user_task", "ix_user_task_assignee", ["state", "assignee", "due_at"], None),
    ("user_task", "ix_user_task_due", ["state", "due_at", "key"], None),
    ("job", "ix_job_due", ["state", "due_at"], None),
)


def upgrade() -> None:
    _replace(NEW)
    op.drop_index("ix_history_values_process_instance_key", "history_values")
    with op.batch_alter_table("variable", schema=None) as batch_op:
        batch_op.drop_index("ix_variable_process_instance")
        batch_op.drop_constraint("uq_variable_scope_key_name", type_="unique")
        batch_op.create_unique_constraint(
            "uq_variable_process_instance_key_scope_key_name", ["process_instance_key", "scope_key", "name"]
        )


def downgrade() -> None:
    with op.batch_alter_table("variable", schema=None) as batch_op:
        batch_op.drop_constraint("uq_variable_process_instance_key_scope_key_name", type_="unique")
        batch_op.create_unique_constraint("uq_variable_scope_key_name", ["scope_key", "name"])
        batch_op.create_index("ix_variable_process_instance", ["process_instance_key"], unique=False)
    op.create_index("ix_history_values_process_instance_key", "history_values", ["process_instance_key"])
    _replace(OLD)


def _replace(indexes: tuple[tuple[str, str, list[str], str | None], ...]) -> None:
    for table, name, columns, condition in indexes:
        op.drop_index(name, table)
        op.create_index(name, table, columns, unique=False, **_where(condition))
