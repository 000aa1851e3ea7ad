"""workers under way"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("started_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("counts", server.db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )


def downgrade() -> None:
    op.drop_table("worker")
