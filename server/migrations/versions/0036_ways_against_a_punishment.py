"""ways against a punishment"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "discipline_appeal",
        sa.Column("key", _KEY, nullable=False, autoincrement=False),
        sa.Column("case_key", _KEY, nullable=False),
        sa.Column("langkah", sa.String(length=20), nullable=False),
        sa.Column("kejadian", sa.String(length=40), nullable=False),
        sa.Column("tanggal", sa.Date(), nullable=False),
        sa.Column("catatan", sa.Text(), nullable=True),
        sa.Column("oleh", sa.String(length=100), nullable=False),
        sa.Column("pada", server.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_key"], ["discipline_case.case_key"], name=op.f("fk_discipline_appeal_case_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_discipline_appeal")),
    )
    op.create_index(op.f("ix_discipline_appeal_case_key"), "discipline_appeal", ["case_key"])


def downgrade() -> None:
    op.drop_table("discipline_appeal")
