"""population"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("kode", sa.String(length=16), nullable=False),
        sa.Column("nama", sa.String(length=200), nullable=False),
        sa.Column("nik", sa.String(length=16), nullable=True),
        sa.Column("telepon", sa.String(length=32), nullable=True),
        sa.Column("tanggal", sa.Date(), nullable=False),
        sa.Column("dicatat_oleh", sa.String(length=100), nullable=False),
        sa.Column("dicatat_pada", server.db.Instant(timezone=True), nullable=False),
        sa.Column("dibatalkan", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_application")),
        sa.UniqueConstraint("kode", name=op.f("uq_application_kode")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_nik", ["nik"], unique=False)

    op.create_table(
        "blank_request",
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kecamatan", sa.String(length=100), nullable=False),
        sa.Column("laporan", server.db.Json(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("blangko", sa.Integer(), nullable=False),
        sa.Column("ketetapan", sa.Integer(), nullable=True),
        sa.Column("diminta_pada", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_blank_request")),
        sa.UniqueConstraint("ketetapan", name=op.f("uq_blank_request_ketetapan")),
    )
    with op.batch_alter_table("blank_request", schema=None) as batch_op:
        batch_op.create_index("ix_blank_request_status", ["status"], unique=False)

    op.create_table(
        "stock_entry",
        sa.Column("barang", sa.String(length=16), nullable=False),
        sa.Column("urut", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("perubahan", sa.Integer(), nullable=False),
        sa.Column("saldo", sa.Integer(), nullable=False),
        sa.Column("keterangan", sa.String(length=500), nullable=False),
        sa.Column("kecamatan", sa.String(length=100), nullable=True),
        sa.Column("case_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("oleh", sa.String(length=100), nullable=False),
        sa.Column("pada", server.db.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("perubahan <> 0", name=op.f("ck_stock_entry_perubahan")),
        sa.CheckConstraint("saldo >= 0", name=op.f("ck_stock_entry_saldo")),
        sa.PrimaryKeyConstraint("barang", "urut", name=op.f("pk_stock_entry")),
    )
    with op.batch_alter_table("stock_entry", schema=None) as batch_op:
        batch_op.create_index("ix_stock_entry_case_key", ["case_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("stock_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_entry_case_key")

    op.drop_table("stock_entry")
    with op.batch_alter_table("blank_request", schema=None) as batch_op:
        batch_op.drop_index("ix_blank_request_status")

    op.drop_table("blank_request")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_nik")

    op.drop_table("application")
