"""measured cases"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "measured_case",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bidang", sa.String(length=50), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("worked", sa.Integer(), nullable=True),
        sa.Column("promised", sa.Integer(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("end_id", sa.String(length=255), nullable=True),
        sa.Column("end_name", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_measured_case")),
    )
    with op.batch_alter_table("measured_case", schema=None) as batch_op:
        batch_op.create_index("ix_measured_case_day", ["day", "process_id"], unique=False)

    op.create_table(
        "measured_task",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("candidate_group", sa.String(length=100), nullable=True),
        sa.Column("bidang", sa.String(length=50), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=True),
        sa.Column("handled", sa.Integer(), nullable=True),
        sa.Column("whole", sa.Integer(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_measured_task")),
    )
    with op.batch_alter_table("measured_task", schema=None) as batch_op:
        batch_op.create_index("ix_measured_task_case_key", ["case_key"], unique=False)
        batch_op.create_index("ix_measured_task_day", ["day"], unique=False)
        batch_op.create_index("ix_measured_task_process", ["process_id", "day"], unique=False)

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index(
            "ix_process_instance_ended_at",
            ["ended_at"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_process_instance_ended_at",
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )

    with op.batch_alter_table("measured_task", schema=None) as batch_op:
        batch_op.drop_index("ix_measured_task_process")
        batch_op.drop_index("ix_measured_task_day")
        batch_op.drop_index("ix_measured_task_case_key")

    op.drop_table("measured_task")
    with op.batch_alter_table("measured_case", schema=None) as batch_op:
        batch_op.drop_index("ix_measured_case_day")

    op.drop_table("measured_case")
