"""Run by Alembic: migrates over the connection that `server.migrations` hands in, within its transaction."""

from alembic import context

import server.authoring.models
import server.engine.tables
import server.files.models
import server.identity.models
import server.monitoring.models
import server.notify.models
import server.personnel.models
import server.population.models
import server.tracking.models  # noqa: F401
from server.db import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
