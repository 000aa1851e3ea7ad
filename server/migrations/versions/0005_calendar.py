"""calendar"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "working_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.Column("week", server.db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    with op.batch_alter_table("working_hours", schema=None) as batch_op:
        batch_op.create_index("ix_working_hours_unit", ["unit", "from_date"], unique=False)

    op.create_table(
        "free_day",
        sa.Column("tanggal", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("nama", sa.String(length=200), nullable=False),
        sa.Column("jenis", sa.String(length=20), nullable=False),
        sa.Column("dasar", sa.String(length=200), nullable=True),
        sa.Column("perkiraan", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["year"], ["calendar_year.year"], name=op.f("fk_free_day_year")),
        sa.PrimaryKeyConstraint("tanggal", name=op.f("pk_free_day")),
    )
    with op.batch_alter_table("free_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_free_day_year"), ["year"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("free_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_free_day_year"))

    op.drop_table("free_day")
    with op.batch_alter_table("working_hours", schema=None) as batch_op:
        batch_op.drop_index("ix_working_hours_unit")

    op.drop_table("working_hours")
    op.drop_table("calendar_year")
