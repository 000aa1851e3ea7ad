"""tracking codes"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tracking_code",
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("tanggal_lahir", sa.Date(), nullable=True),
        sa.Column("issued_by", sa.String(length=100), nullable=False),
        sa.Column("issued_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_tracking_code")),
    )
    op.create_index("ix_tracking_code_case_key", "tracking_code", ["case_key"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tracking_code_case_key", table_name="tracking_code")
    op.drop_table("tracking_code")
