"""comments are told"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("comment_words", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announced_at", server.db.Instant(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_comment_words_unannounced",
            ["comment_key"],
            unique=False,
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )

    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("comment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )

    op.execute(
        "UPDATE comment_words SET announced_at = (SELECT at FROM comment WHERE comment.key = comment_key)"
    )


def downgrade() -> None:
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_column("comment_key")

    with op.batch_alter_table("comment_words", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_comment_words_unannounced",
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )
        batch_op.drop_column("announced_at")
