"""comments"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_process_instance_key"), ["process_instance_key"], unique=False
        )

    op.create_table(
        "comment_words",
        sa.Column(
            "comment_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("words", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("comment_key", name=op.f("pk_comment_words")),
    )
    with op.batch_alter_table("comment_words", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_comment_words_process_instance_key"), ["process_instance_key"], unique=False
        )
    for statement in server.db.refusals("comment")[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("comment_words", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_words_process_instance_key"))

    op.drop_table("comment_words")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_comment_process_instance_key"))

    op.drop_table("comment")
