"""notifications"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder",
        sa.Column(
            "user_task_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("due_at", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_task_key", name=op.f("pk_reminder")),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_at"), ["at"], unique=False)

    op.create_table(
        "mail",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_mail_username")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.create_index("ix_mail_due", ["state", "due_at"], unique=False)

    op.create_table(
        "notification",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("occasion", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("user_task_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("incident_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("due_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("read_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("mail_due_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("mail_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_notification_username")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "username", "occasion", "subject", name=op.f("uq_notification_username_occasion_subject")
        ),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_at", ["at"], unique=False)
        batch_op.create_index(
            "ix_notification_mail",
            ["mail_key"],
            unique=False,
            sqlite_where=sa.text("mail_key IS NOT NULL"),
            postgresql_where=sa.text("mail_key IS NOT NULL"),
        )
        batch_op.create_index("ix_notification_person", ["username", "at"], unique=False)
        batch_op.create_index(
            "ix_notification_to_mail",
            ["mail_due_at"],
            unique=False,
            sqlite_where=sa.text("mail_key IS NULL AND mail_due_at IS NOT NULL"),
            postgresql_where=sa.text("mail_key IS NULL AND mail_due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_notification_unread",
            ["username", "at"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )

    op.create_table(
        "notification_wish",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("channels", server.db.Json(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=True),
        sa.ForeignKeyConstraint(
            ["username"], ["person.username"], name=op.f("fk_notification_wish_username")
        ),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_notification_wish")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announced_at", server.db.Instant(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_incident_unannounced",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announced_at", server.db.Instant(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_process_instance_unannounced",
            ["ended_at"],
            unique=False,
            sqlite_where=sa.text("announced_at IS NULL AND ended_at IS NOT NULL"),
            postgresql_where=sa.text("announced_at IS NULL AND ended_at IS NOT NULL"),
        )

    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("announced_at", server.db.Instant(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_user_task_unannounced",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )

    # Of what is there already nobody is told; open tasks are still to be told of when their time is over.
    op.execute("UPDATE user_task SET announced_at = created_at")
    op.execute("UPDATE incident SET announced_at = created_at")
    op.execute("UPDATE process_instance SET announced_at = ended_at WHERE ended_at IS NOT NULL")
    op.execute(
        "INSERT INTO reminder (user_task_key, occasion, at, due_at) SELECT key, 'terlambat', due_at, due_at FROM user_task "
        "WHERE state = 'CREATED' AND due_at > (SELECT max(at) FROM history)"
    )


def downgrade() -> None:
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_user_task_unannounced",
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )
        batch_op.drop_column("announced_at")

    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_process_instance_unannounced",
            sqlite_where=sa.text("announced_at IS NULL AND ended_at IS NOT NULL"),
            postgresql_where=sa.text("announced_at IS NULL AND ended_at IS NOT NULL"),
        )
        batch_op.drop_column("announced_at")

    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_incident_unannounced",
            sqlite_where=sa.text("announced_at IS NULL"),
            postgresql_where=sa.text("announced_at IS NULL"),
        )
        batch_op.drop_column("announced_at")

    op.drop_table("notification_wish")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notification_unread",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_notification_to_mail",
            sqlite_where=sa.text("mail_key IS NULL AND mail_due_at IS NOT NULL"),
            postgresql_where=sa.text("mail_key IS NULL AND mail_due_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_notification_person")
        batch_op.drop_index(
            "ix_notification_mail",
            sqlite_where=sa.text("mail_key IS NOT NULL"),
            postgresql_where=sa.text("mail_key IS NOT NULL"),
        )
        batch_op.drop_index("ix_notification_at")

    op.drop_table("notification")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_due")

    op.drop_table("mail")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_at"))

    op.drop_table("reminder")
