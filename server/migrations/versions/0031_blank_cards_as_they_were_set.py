"""blank cards as they were set"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("blank_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("penetapan", server.db.Json(), nullable=True))
        batch_op.add_column(sa.Column("ditetapkan_oleh", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("ditetapkan_pada", server.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("diserahkan_pada", server.db.Instant(timezone=True), nullable=True))
        batch_op.create_index("ix_blank_request_kecamatan", ["kecamatan", "case_key"])

    with op.batch_alter_table("stock_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kunci", sa.String(length=40), nullable=True))
        batch_op.create_index("ix_stock_entry_pada", ["pada"])
        batch_op.create_unique_constraint("uq_stock_entry_kunci", ["kunci"])


def downgrade() -> None:
    with op.batch_alter_table("stock_entry", schema=None) as batch_op:
        batch_op.drop_constraint("uq_stock_entry_kunci", type_="unique")
        batch_op.drop_index("ix_stock_entry_pada")
        batch_op.drop_column("kunci")

    with op.batch_alter_table("blank_request", schema=None) as batch_op:
        batch_op.drop_index("ix_blank_request_kecamatan")
        batch_op.drop_column("diserahkan_pada")
        batch_op.drop_column("ditetapkan_pada")
        batch_op.drop_column("ditetapkan_oleh")
        batch_op.drop_column("penetapan")
