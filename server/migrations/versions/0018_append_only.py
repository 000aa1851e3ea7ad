"""history and audit are append-only"""

from alembic import op

from server.db import refusals

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("history", "audit"):
        for statement in refusals(table)[op.get_context().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    for table in ("history", "audit"):
        if op.get_context().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {table}_no_UPDATE")
            op.execute(f"DROP TRIGGER {table}_no_DELETE")
        else:
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
