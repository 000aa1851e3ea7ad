"""The tests' own databases: each test has a fresh one, and no server outlives the tests."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest
from sqlalchemy import Engine, func, insert, select

from server.db import KeyBlock, write


@pytest.mark.both_databases
@pytest.mark.parametrize("_time", ["first", "second"])
def test_each_test_has_an_empty_database_with_all_tables(engine: Engine, _time: str) -> None:
    with write(engine) as connection:
        assert connection.execute(select(func.count()).select_from(KeyBlock)).scalar_one() == 0
        connection.execute(insert(KeyBlock).values(id=1, next=1))


@pytest.mark.slow
@pytest.mark.usefixtures("postgres_server")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.postgres
def test_the_postgresql_server_ends_with_the_process_that_started_it(ending: signal.Signals) -> None:
    script = (
        "import signal, time; from tests import postgres\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # started in the background, it is ignored
        "with postgres.running() as server: print(server.port, flush=True); time.sleep(60)"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        starter = subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, "TMPDIR": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with starter:
            assert starter.stdout
            port = int(starter.stdout.readline())
            starter.send_signal(ending)
        assert _is_refused_within(seconds=60, port=port)


def _is_refused_within(seconds: float, port: int) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            time.sleep(0.05)
        except ConnectionRefusedError:
            return True
    return False
