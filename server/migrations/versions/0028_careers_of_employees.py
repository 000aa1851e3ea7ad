"""careers of employees"""

import sqlalchemy as sa
from alembic import op

import server.db
from server.db import refusals

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "career_entry",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("jenis", sa.String(length=20), nullable=False),
        sa.Column("tmt", sa.Date(), nullable=False),
        sa.Column("isi", sa.Text(), nullable=False),
        sa.Column("mengganti", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("batal", sa.Boolean(), nullable=False),
        sa.Column("dicatat_oleh", sa.String(length=100), nullable=False),
        sa.Column("dicatat_pada", server.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mengganti"], ["career_entry.key"], name=op.f("fk_career_entry_mengganti")),
        sa.ForeignKeyConstraint(["username"], ["employee.username"], name=op.f("fk_career_entry_username")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_career_entry")),
        sa.UniqueConstraint("mengganti", name=op.f("uq_career_entry_mengganti")),
    )
    with op.batch_alter_table("career_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_career_entry_username"), ["username"], unique=False)
    for statement in refusals("career_entry")[op.get_context().dialect.name]:
        op.execute(statement)

    op.create_table(
        "due_case",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("jenis", sa.String(length=20), nullable=False),
        sa.Column("tmt", sa.Date(), nullable=False),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["employee.username"], name=op.f("fk_due_case_username")),
        sa.PrimaryKeyConstraint("username", "jenis", "tmt", name=op.f("pk_due_case")),
    )
    with op.batch_alter_table("employee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tanggal_lahir", sa.Date(), nullable=True))

    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("told_as", sa.String(length=100), nullable=True))
        batch_op.alter_column("process_instance_key", existing_type=sa.INTEGER(), nullable=True)


def downgrade() -> None:
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.alter_column("process_instance_key", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("told_as")
        batch_op.drop_column("about")

    with op.batch_alter_table("employee", schema=None) as batch_op:
        batch_op.drop_column("tanggal_lahir")

    op.drop_table("due_case")
    with op.batch_alter_table("career_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_career_entry_username"))

    op.drop_table("career_entry")
