"""discipline cases"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discipline_case",
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("dibuka_pada", server.db.Instant(timezone=True), nullable=False),
        sa.Column("langkah", sa.String(length=20), nullable=False),
        sa.Column("sejak", sa.Date(), nullable=False),
        sa.Column("sampai", sa.Date(), nullable=True),
        sa.Column("hasil", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["username"], ["employee.username"], name=op.f("fk_discipline_case_username")
        ),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_discipline_case")),
    )
    with op.batch_alter_table("discipline_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discipline_case_username"), ["username"], unique=False)

    op.create_table(
        "discipline_step",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("langkah", sa.String(length=20), nullable=False),
        sa.Column("sejak", sa.Date(), nullable=False),
        sa.Column("sampai", sa.Date(), nullable=True),
        sa.Column("hasil", sa.String(length=40), nullable=True),
        sa.Column("fakta", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_key"], ["discipline_case.case_key"], name=op.f("fk_discipline_step_case_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_discipline_step")),
    )
    with op.batch_alter_table("discipline_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discipline_step_case_key"), ["case_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("discipline_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discipline_step_case_key"))

    op.drop_table("discipline_step")
    with op.batch_alter_table("discipline_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discipline_case_username"))

    op.drop_table("discipline_case")
