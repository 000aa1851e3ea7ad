"""how letters were handed over"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "letter_delivery",
        sa.Column("key", _KEY, nullable=False, autoincrement=False),
        sa.Column("letter_key", _KEY, nullable=False),
        sa.Column("tanggal", sa.Date(), nullable=False),
        sa.Column("penerimaan", sa.String(length=20), nullable=False),
        sa.Column("diserahkan_oleh", sa.String(length=200), nullable=True),
        sa.Column("saksi", server.db.Json(), nullable=False),
        sa.Column("dikirim", sa.Date(), nullable=True),
        sa.Column("bukti", sa.String(length=200), nullable=True),
        sa.Column("catatan", sa.Text(), nullable=True),
        sa.Column("oleh", sa.String(length=100), nullable=False),
        sa.Column("pada", server.db.Instant(timezone=True), nullable=False),
        sa.Column("batal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["letter_key"], ["letter.key"], name=op.f("fk_letter_delivery_letter_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_letter_delivery")),
    )
    op.create_index(op.f("ix_letter_delivery_letter_key"), "letter_delivery", ["letter_key"])


def downgrade() -> None:
    op.drop_table("letter_delivery")
