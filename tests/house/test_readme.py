"""What README.md tells a newcomer to type works, from the first line to the last."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from server.config import ROOT
from server.db import open_engine, read
from server.engine.tables import ElementInstance
from tests import live

README = (ROOT / "README.md").read_text()
BY_A_PERSON = [f"langkah_{number}" for number in range(1, 11)]


def script() -> str:
    """The shell lines of the section, put together."""
    section = README.split("## First steps")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))


@pytest.fixture
def server(bare_database_url: str) -> Iterator[str]:
    """`make serve` without its first minute: the demo server on a database of its own."""
    port = live.free_port()
    environment = {**os.environ, "DATABASE_URL": bare_database_url, "PORT": str(port)}
    with live.running(["server.cli", "serve", "--demo"], environment) as process:
        live.await_port(port, process)
        yield f"http://127.0.0.1:{port}"


@pytest.mark.slow
@pytest.mark.both_databases
def test_the_first_steps_take_a_leave_request_to_its_end(server: str, bare_database_url: str) -> None:
    lines = script().replace("http://127.0.0.1:8000", server)
    assert server in lines
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"state":"COMPLETED"' in done.stdout.splitlines()[-1]
    assert steps(bare_database_url) == BY_A_PERSON


def steps(url: str) -> list[str]:
    """The steps of people that the one case went through, in order."""
    engine = open_engine(url)
    with read(engine) as connection:
        rows = connection.execute(
            select(ElementInstance.element_id).order_by(ElementInstance.started_at)
        ).scalars()
        passed = [name for name in rows if name.startswith("langkah_")]
    engine.dispose()
    return passed


def test_what_the_code_knows_better_stands_in_the_documents() -> None:
    check = [sys.executable, str(ROOT / "scripts" / "docs"), "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_every_file_that_is_linked_to_is_there() -> None:
    documents = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("docker/*.md"),
    ]
    assert [
        f"{document.name}: {link}"
        for document in documents
        for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", document.read_text())
        if not (document.parent / link).exists()
    ] == []
