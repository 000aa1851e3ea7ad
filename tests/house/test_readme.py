"""What README.md tells a newcomer to type works, from the first line to the last."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from sqlalchemy import func, select

from server.cli import main
from server.config import ROOT
from server.db import open_engine, read
from server.engine.tables import ElementInstance, ProcessInstance
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
    """The steps of people that the newest case of leave went through, in order; the demo office has older ones."""
    engine = open_engine(url)
    with read(engine) as connection:
        newest = select(func.max(ProcessInstance.key)).where(ProcessInstance.process_id == "pengajuan_cuti")
        rows = connection.execute(
            select(ElementInstance.element_id)
            .where(ElementInstance.process_instance_key == newest.scalar_subquery())
            .order_by(ElementInstance.started_at)
        ).scalars()
        passed = [name for name in rows if name.startswith("langkah_")]
    engine.dispose()
    return passed


def test_what_the_code_knows_better_stands_in_the_documents() -> None:
    check = [sys.executable, str(ROOT / "scripts" / "docs"), "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr


DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("docker/*.md")]
TOLD = {str(document.relative_to(ROOT)): document.read_text() for document in DOCUMENTS}


def code(text: str) -> Iterator[str]:
    """The lines of a document's listings, and what stands between backticks elsewhere."""
    prose = re.sub(r"^```\w*\n(.*?)^```", "", text, flags=re.DOTALL | re.MULTILINE)
    for listing in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from listing.splitlines()
    yield from re.findall(r"`([^`\n]+)`", prose)


def test_every_file_that_is_linked_to_is_there() -> None:
    assert [
        f"{name}: {link}"
        for name, text in TOLD.items()
        for link in re.findall(r"\]\(([^)#:]+)[^):]*\)", text)
        if not (ROOT / name).parent.joinpath(link).exists()
    ] == []


def test_every_document_is_one_click_from_the_readme() -> None:
    documents = [
        name for name in TOLD if re.fullmatch(r"[A-Z]+\.md|docs/[^/]+\.md", name) and name != "README.md"
    ]
    assert [name for name in documents if f"({name})" not in README] == []


def test_every_room_has_its_floor_in_the_contributing_guide() -> None:
    rooms = {path.stem for path in (ROOT / "server").glob("[a-z]*") if path.suffix in ("", ".py")}
    told = set(re.findall(r"`(\w+)`", TOLD["CONTRIBUTING.md"].split("## The rooms")[1].split("\n## ")[0]))
    assert rooms - told == {"migrations"}


def test_every_file_that_is_named_is_there() -> None:
    named = re.compile(r"(?:server|tests|scripts|docs|docker|bpmn|dmn|forms)/[\w./*-]+")
    assert [
        f"{name}: {path}"
        for name, text in TOLD.items()
        for piece in code(text)
        if (found := named.match(piece)) and "<" not in piece
        for path in [found[0].rstrip(".")]
        if not any(ROOT.glob(path.rstrip("/")))
    ] == []


def test_every_command_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    unknown = []
    for name, text in TOLD.items():
        for piece in code(text):
            unknown += [
                f"{name}: make {one}" for one in re.findall(r"\bmake ([a-z-]+)", piece) if one not in targets
            ]
            unknown += [
                f"{name}: {told}"
                for told in re.findall(r"\btatalaksana((?: [a-z][\w-]*)+)", piece)
                if not _is_command(told.split())
            ]
    assert unknown == []


def _is_command(words: list[str]) -> bool:
    """Whether the first words lead to a command; what follows are its arguments."""
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group):
            break
        command = command.commands.get(word)
    return command is not None
