"""origins of cases"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_origin",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("origin_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case_origin")),
    )
    with op.batch_alter_table("case_origin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_origin_origin_key"), ["origin_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_origin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_origin_origin_key"))

    op.drop_table("case_origin")
