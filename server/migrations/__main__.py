"""Writes a new version of the schema: `python -m server.migrations "purpose"`. Read and mend what it wrote."""

import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from server.db import open_engine, write
from server.migrations import config, upgrade

VERSIONS = Path(__file__).parent / "versions"

with tempfile.TemporaryDirectory() as folder:
    engine = open_engine(f"sqlite:///{folder}/empty.db")
    upgrade(engine)
    with write(engine) as connection:
        number = len(list(VERSIONS.glob("*.py"))) + 1
        command.revision(config(connection), sys.argv[1], autogenerate=True, rev_id=f"{number:04d}")
subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", VERSIONS], check=True)
