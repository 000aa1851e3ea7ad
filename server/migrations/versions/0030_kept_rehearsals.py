"""kept rehearsals"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rehearsal_scenario",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("began", server.db.Instant(timezone=True), nullable=False),
        sa.Column("acts", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rehearsal_scenario")),
        sa.UniqueConstraint("process_id", "name", name=op.f("uq_rehearsal_scenario_process_id_name")),
    )


def downgrade() -> None:
    op.drop_table("rehearsal_scenario")
