"""the root of each case, since when it is suspended, and what correlated messages were waited for by"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ROOTS = (
    "UPDATE process_instance SET root_key = key WHERE parent_key IS NULL",
    """
    WITH RECURSIVE chain(key, up) AS (
        SELECT key, parent_key FROM process_instance WHERE parent_key IS NOT NULL
        UNION ALL
        SELECT chain.key, above.parent_key
        FROM chain JOIN process_instance AS above ON above.key = chain.up
        WHERE above.parent_key IS NOT NULL
    ), found(key, root) AS (
        SELECT chain.key, top.key FROM chain JOIN process_instance AS top ON top.key = chain.up
        WHERE top.parent_key IS NULL
    )
    UPDATE process_instance SET root_key = found.root FROM found WHERE found.key = process_instance.key
    """,
)
SUSPENDED = """
    UPDATE process_instance SET suspended_at = (
        SELECT max(history.at) FROM history
        WHERE history.process_instance_key = process_instance.key AND history.event = 'SUSPENDED_BY_PERSON'
    ) WHERE state = 'SUSPENDED'
"""
SUBSCRIBED = """
    UPDATE message_subscription SET created_at = coalesce(
        (SELECT started_at FROM element_instance
         WHERE element_instance.key = message_subscription.element_instance_key),
        (SELECT deployment.at FROM definition
         JOIN resource ON resource.key = definition.resource_key
         JOIN deployment ON deployment.key = resource.deployment_key
         WHERE definition.key = message_subscription.definition_key)
    )
"""
CORRELATED = """
    UPDATE message_correlation SET
        subscription_key = message_key,
        message_name = coalesce((SELECT name FROM message WHERE message.key = message_key), ''),
        correlation_key = (SELECT correlation_key FROM message WHERE message.key = message_key),
        event_id = coalesce(
            (SELECT max(element_id) FROM history
             WHERE history.process_instance_key = message_correlation.process_instance_key
             AND history.event = 'MESSAGE_CORRELATED' AND history.subject_key = message_key),
            (SELECT max(element_id) FROM history
             WHERE history.process_instance_key = message_correlation.process_instance_key
             AND history.event = 'STARTED'),
            '')
"""
"""Of those whose message is gone by now nobody knows the name."""


def upgrade() -> None:
    with op.batch_alter_table("message_correlation") as batch_op:
        batch_op.add_column(sa.Column("subscription_key", KEY))
        batch_op.add_column(sa.Column("element_instance_key", KEY))
        batch_op.add_column(sa.Column("event_id", sa.String(length=255)))
        batch_op.add_column(sa.Column("message_name", sa.String(length=255)))
        batch_op.add_column(sa.Column("correlation_key", sa.String(length=255)))
        batch_op.create_index("ix_message_correlation_process_instance_key", ["process_instance_key"])
    with op.batch_alter_table("message_subscription") as batch_op:
        batch_op.add_column(sa.Column("created_at", server.db.Instant(timezone=True)))
    with op.batch_alter_table("process_instance") as batch_op:
        batch_op.add_column(sa.Column("suspended_at", server.db.Instant(timezone=True)))
        batch_op.add_column(sa.Column("root_key", KEY))

    for statement in (*ROOTS, SUSPENDED, SUBSCRIBED, CORRELATED):
        op.execute(statement)

    with op.batch_alter_table("message_correlation") as batch_op:
        batch_op.alter_column("subscription_key", existing_type=KEY, nullable=False)
        batch_op.alter_column("event_id", existing_type=sa.String(length=255), nullable=False)
        batch_op.alter_column("message_name", existing_type=sa.String(length=255), nullable=False)
    with op.batch_alter_table("message_subscription") as batch_op:
        batch_op.alter_column("created_at", existing_type=server.db.Instant(timezone=True), nullable=False)
    with op.batch_alter_table("process_instance") as batch_op:
        batch_op.alter_column("root_key", existing_type=KEY, nullable=False)
        batch_op.create_index(
            "ix_process_instance_parent_key",
            ["parent_key"],
            sqlite_where=sa.text("parent_key IS NOT NULL"),
            postgresql_where=sa.text("parent_key IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("process_instance") as batch_op:
        batch_op.drop_index("ix_process_instance_parent_key")
        batch_op.drop_column("root_key")
        batch_op.drop_column("suspended_at")
    with op.batch_alter_table("message_subscription") as batch_op:
        batch_op.drop_column("created_at")
    with op.batch_alter_table("message_correlation") as batch_op:
        batch_op.drop_index("ix_message_correlation_process_instance_key")
        batch_op.drop_column("correlation_key")
        batch_op.drop_column("message_name")
        batch_op.drop_column("event_id")
        batch_op.drop_column("element_instance_key")
        batch_op.drop_column("subscription_key")
