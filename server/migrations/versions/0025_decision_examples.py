"""decision examples"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decision_example",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("file_id", sa.String(length=255), nullable=False),
        sa.Column("decision", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_example")),
    )
    with op.batch_alter_table("decision_example", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_example_file_id"), ["file_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("decision_example", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_example_file_id"))

    op.drop_table("decision_example")
