"""first tables"""

import sqlalchemy as sa
from alembic import op

import server.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("detail", server.db.Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_object"), ["object"], unique=False)

    op.create_table(
        "case_number",
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("process_id", "year", name=op.f("pk_case_number")),
    )
    op.create_table(
        "decision_instance",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "element_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.String(length=255), nullable=False),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("trace", server.db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_decision_instance")),
    )
    with op.batch_alter_table("decision_instance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_instance_process_instance_key"), ["process_instance_key"], unique=False
        )

    op.create_table(
        "deployment",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deployment")),
    )
    op.create_table(
        "draft",
        sa.Column(
            "user_task_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("values", server.db.Json(), nullable=False),
        sa.PrimaryKeyConstraint("user_task_key", name=op.f("pk_draft")),
    )
    op.create_table(
        "element_instance",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("scope_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=255), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", server.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_element_instance")),
    )
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.create_index("ix_element_instance_process_instance", ["process_instance_key"], unique=False)

    op.create_table(
        "failed_login",
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("since", server.db.Instant(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_failed_login")),
    )
    with op.batch_alter_table("failed_login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_failed_login_since"), ["since"], unique=False)

    op.create_table(
        "history",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=True),
        sa.Column("subject_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_history")),
    )
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.create_index("ix_history_process_instance", ["process_instance_key"], unique=False)

    op.create_table(
        "history_values",
        sa.Column(
            "history_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("values", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("history_key", name=op.f("pk_history_values")),
    )
    with op.batch_alter_table("history_values", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_history_values_process_instance_key"), ["process_instance_key"], unique=False
        )

    op.create_table(
        "incident",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "element_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("job_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("timer_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("resolved_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incident_process_instance_key"), ["process_instance_key"], unique=False
        )
        batch_op.create_index("ix_incident_state", ["state"], unique=False)

    op.create_table(
        "job",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "element_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("type", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_job_process_instance_key"), ["process_instance_key"], unique=False
        )

    op.create_table(
        "key_block",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_block")),
    )
    op.create_table(
        "message",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("correlation_key", sa.String(length=255), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=True),
        sa.Column("values", server.db.Json(), nullable=False),
        sa.Column("published_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("expires_at", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_waited_for", ["name", "correlation_key", "expires_at"], unique=False
        )

    op.create_table(
        "message_correlation",
        sa.Column(
            "message_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_key", "process_id", name=op.f("pk_message_correlation")),
    )
    op.create_table(
        "message_subscription",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "element_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("message_name", sa.String(length=255), nullable=False),
        sa.Column("correlation_key", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_message_subscription")),
    )
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_subscription_definition_key"), ["definition_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_message_subscription_element_instance_key"), ["element_instance_key"], unique=False
        )
        batch_op.create_index(
            "ix_message_subscription_message", ["message_name", "correlation_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_message_subscription_process_instance_key"), ["process_instance_key"], unique=False
        )

    op.create_table(
        "person",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("account_version", sa.Integer(), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_person")),
        sa.UniqueConstraint("nip", name=op.f("uq_person_nip")),
    )
    op.create_table(
        "process_instance",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("bundle_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("bidang", sa.String(length=50), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("business_id", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=True),
        sa.Column("started_by", sa.String(length=100), nullable=False),
        sa.Column("started_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("parent_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("parent_element_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_process_instance")),
        sa.UniqueConstraint("business_id", name=op.f("uq_process_instance_business_id")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index("ix_process_instance_parent_element_key", ["parent_element_key"], unique=False)
        batch_op.create_index("ix_process_instance_process", ["process_id", "state"], unique=False)
        batch_op.create_index("ix_process_instance_started_by", ["started_by"], unique=False)
        batch_op.create_index("ix_process_instance_subject", ["subject"], unique=False)

    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", server.db.Json(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "timer",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "element_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("due_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("repetitions", sa.Integer(), nullable=True),
        sa.Column("interval", sa.String(length=100), nullable=True),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("taken_until", server.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_timer")),
    )
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timer_definition_key"), ["definition_key"], unique=False)
        batch_op.create_index("ix_timer_due", ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_timer_element_instance_key"), ["element_instance_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_timer_process_instance_key"), ["process_instance_key"], unique=False
        )

    op.create_table(
        "user_task",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "element_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("process_id", sa.String(length=255), nullable=False),
        sa.Column("element_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("candidate_group", sa.String(length=100), nullable=True),
        sa.Column("assignee", sa.String(length=100), nullable=True),
        sa.Column("form_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("headers", server.db.Json(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("due_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("follow_up_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("ended_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("answer_sha256", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_user_task")),
    )
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.create_index("ix_user_task_assignee", ["state", "assignee", "due_at"], unique=False)
        batch_op.create_index("ix_user_task_group", ["state", "candidate_group", "due_at"], unique=False)
        batch_op.create_index("ix_user_task_process_instance", ["process_instance_key"], unique=False)

    op.create_table(
        "variable",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "process_instance_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("scope_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_variable")),
        sa.UniqueConstraint("scope_key", "name", name=op.f("uq_variable_scope_key_name")),
    )
    with op.batch_alter_table("variable", schema=None) as batch_op:
        batch_op.create_index("ix_variable_process_instance", ["process_instance_key"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("scopes", server.db.Json(), nullable=False),
        sa.Column("created_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", server.db.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", server.db.Instant(timezone=True), nullable=True),
        sa.Column("last_used", server.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_api_token_username")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_token_sha256")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_username"), ["username"], unique=False)

    op.create_table(
        "credential",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("argon2id", sa.String(length=200), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("changed_at", server.db.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_credential_username")),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_credential")),
    )
    op.create_table(
        "employee",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("jabatan", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=False),
        sa.Column("mulai_kerja", sa.Date(), nullable=False),
        sa.Column("buku_cuti_sejak", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_employee_username")),
        sa.PrimaryKeyConstraint("username", name=op.f("pk_employee")),
    )
    with op.batch_alter_table("employee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employee_unit"), ["unit"], unique=False)

    op.create_table(
        "permission_grant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("permission", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column("bidang", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(role IS NULL) <> (username IS NULL)", name=op.f("ck_permission_grant_one_receiver")
        ),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_permission_grant_username")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permission_grant")),
    )
    with op.batch_alter_table("permission_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_permission_grant_role"), ["role"], unique=False)
        batch_op.create_index(batch_op.f("ix_permission_grant_username"), ["username"], unique=False)

    op.create_table(
        "resource",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("deployment_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_key"], ["deployment.key"], name=op.f("fk_resource_deployment_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_resource")),
    )
    op.create_table(
        "role_holding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("bidang", sa.String(length=64), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("to_date", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["username"], ["person.username"], name=op.f("fk_role_holding_username")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_holding")),
    )
    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_holding_role"), ["role"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_holding_username"), ["username"], unique=False)

    op.create_table(
        "definition",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("resource_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bidang", sa.String(length=50), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("references", server.db.Json(), nullable=False),
        sa.Column("start_form", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["resource_key"], ["resource.key"], name=op.f("fk_definition_resource_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition")),
        sa.UniqueConstraint("kind", "id", "version", name=op.f("uq_definition_kind_id_version")),
    )
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_definition_resource_key"), ["resource_key"], unique=False)

    op.create_table(
        "leave_request",
        sa.Column(
            "case_key",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("tahun", sa.Integer(), nullable=False),
        sa.Column("jenis", sa.String(length=32), nullable=False),
        sa.Column("mulai", sa.Date(), nullable=False),
        sa.Column("selesai", sa.Date(), nullable=False),
        sa.Column("lama", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("dari_bawaan", sa.Integer(), nullable=False),
        sa.Column("diajukan_pada", server.db.Instant(timezone=True), nullable=False),
        sa.Column("diputus_pada", server.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["username"], ["employee.username"], name=op.f("fk_leave_request_username")),
        sa.PrimaryKeyConstraint("case_key", name=op.f("pk_leave_request")),
    )
    with op.batch_alter_table("leave_request", schema=None) as batch_op:
        batch_op.create_index("ix_leave_request_username_tahun", ["username", "tahun"], unique=False)

    op.create_table(
        "leave_year",
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("tahun", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terpakai", sa.Integer(), nullable=False),
        sa.Column("dari_bawaan", sa.Integer(), nullable=False),
        sa.Column("ditangguhkan", sa.Integer(), nullable=False),
        sa.Column("cuti_besar", sa.Boolean(), nullable=False),
        sa.Column("cuti_bersama_tidak_diberi", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("dari_bawaan BETWEEN 0 AND terpakai", name=op.f("ck_leave_year_dari_bawaan")),
        sa.CheckConstraint("terpakai >= 0", name=op.f("ck_leave_year_terpakai")),
        sa.ForeignKeyConstraint(["username"], ["employee.username"], name=op.f("fk_leave_year_username")),
        sa.PrimaryKeyConstraint("username", "tahun", name=op.f("pk_leave_year")),
    )
    op.create_table(
        "bundle",
        sa.Column(
            "key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("definition_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("members", server.db.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_key"], ["definition.key"], name=op.f("fk_bundle_definition_key")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_bundle")),
    )
    with op.batch_alter_table("bundle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bundle_definition_key"), ["definition_key"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("bundle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bundle_definition_key"))

    op.drop_table("bundle")
    op.drop_table("leave_year")
    with op.batch_alter_table("leave_request", schema=None) as batch_op:
        batch_op.drop_index("ix_leave_request_username_tahun")

    op.drop_table("leave_request")
    with op.batch_alter_table("definition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_definition_resource_key"))

    op.drop_table("definition")
    with op.batch_alter_table("role_holding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_holding_username"))
        batch_op.drop_index(batch_op.f("ix_role_holding_role"))

    op.drop_table("role_holding")
    op.drop_table("resource")
    with op.batch_alter_table("permission_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_permission_grant_username"))
        batch_op.drop_index(batch_op.f("ix_permission_grant_role"))

    op.drop_table("permission_grant")
    with op.batch_alter_table("employee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employee_unit"))

    op.drop_table("employee")
    op.drop_table("credential")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_username"))

    op.drop_table("api_token")
    with op.batch_alter_table("variable", schema=None) as batch_op:
        batch_op.drop_index("ix_variable_process_instance")

    op.drop_table("variable")
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index("ix_user_task_process_instance")
        batch_op.drop_index("ix_user_task_group")
        batch_op.drop_index("ix_user_task_assignee")

    op.drop_table("user_task")
    with op.batch_alter_table("timer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timer_process_instance_key"))
        batch_op.drop_index(batch_op.f("ix_timer_element_instance_key"))
        batch_op.drop_index("ix_timer_due")
        batch_op.drop_index(batch_op.f("ix_timer_definition_key"))

    op.drop_table("timer")
    op.drop_table("setting")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_process_instance_subject")
        batch_op.drop_index("ix_process_instance_started_by")
        batch_op.drop_index("ix_process_instance_process")
        batch_op.drop_index("ix_process_instance_parent_element_key")

    op.drop_table("process_instance")
    op.drop_table("person")
    with op.batch_alter_table("message_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_subscription_process_instance_key"))
        batch_op.drop_index("ix_message_subscription_message")
        batch_op.drop_index(batch_op.f("ix_message_subscription_element_instance_key"))
        batch_op.drop_index(batch_op.f("ix_message_subscription_definition_key"))

    op.drop_table("message_subscription")
    op.drop_table("message_correlation")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_waited_for")

    op.drop_table("message")
    op.drop_table("key_block")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_process_instance_key"))
        batch_op.drop_index("ix_job_due")

    op.drop_table("job")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_state")
        batch_op.drop_index(batch_op.f("ix_incident_process_instance_key"))

    op.drop_table("incident")
    with op.batch_alter_table("history_values", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_values_process_instance_key"))

    op.drop_table("history_values")
    with op.batch_alter_table("history", schema=None) as batch_op:
        batch_op.drop_index("ix_history_process_instance")

    op.drop_table("history")
    with op.batch_alter_table("failed_login", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_failed_login_since"))

    op.drop_table("failed_login")
    with op.batch_alter_table("element_instance", schema=None) as batch_op:
        batch_op.drop_index("ix_element_instance_process_instance")

    op.drop_table("element_instance")
    op.drop_table("draft")
    op.drop_table("deployment")
    with op.batch_alter_table("decision_instance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_instance_process_instance_key"))

    op.drop_table("decision_instance")
    op.drop_table("case_number")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_object"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_index(batch_op.f("ix_audit_actor"))

    op.drop_table("audit")
