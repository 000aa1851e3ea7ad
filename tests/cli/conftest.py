"""The command as a process, and as functions on a database of the test's own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database

from server.app import House, build
from server.config import ROOT, Config

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of an installation of its own, whose book is empty and whose database lies in `tmp_path`."""
    book = tmp_path / "book"
    (book / "bpmn").mkdir(parents=True)
    (book / "bpmn" / "roles.yaml").write_bytes((ROOT / "bpmn" / "roles.yaml").read_bytes())
    url = f"sqlite:///{tmp_path}/office.db"
    return {**os.environ, "DATABASE_URL": url, "BOOK": str(book), "WEB_CONCURRENCY": "1"}


@pytest.fixture
def run(environment: Mapping[str, str]) -> Run:
    """Runs `tatalaksana` to its end."""

    def run(*arguments: str, stdin: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *arguments],
            cwd=ROOT,
            env={**environment, **changed},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def house(engine: Database) -> House:
    """The house with an empty database."""
    return build(replace(Config(), demo=False), engine)
