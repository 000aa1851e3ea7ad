"""The memory of a process with every procedure of the book loaded: `python -m tests.bench.memory` says it, in MiB."""

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from server import cli
from server.app import build
from server.config import ROOT, Config
from server.db import read
from server.engine.tables import Bundle


def measure() -> dict[str, float]:
    """Before any is loaded, and with all; in a process of its own, on a book that another process has published."""
    with tempfile.TemporaryDirectory(prefix="tatalaksana-bench-") as folder:
        url = f"sqlite:///{folder}/bench.db"
        cli.prepare(replace(Config(), database_url=url)).gate.database.dispose()
        command = [sys.executable, "-m", "tests.bench.memory", url]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    bare, loaded, procedures = done.stdout.split()
    return {"bare_mib": float(bare), "loaded_mib": float(loaded), "procedures": int(procedures)}


def _own() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main(url: str) -> None:
    house = build(replace(Config(), database_url=url))
    bare = _own()
    with read(house.gate.database) as connection:
        keys = list(connection.execute(select(Bundle.key)).scalars())
        for key in keys:
            house.engine.bundles.get(connection, key)
    print(f"{bare:.0f} {_own():.0f} {len(keys)}")


if __name__ == "__main__":
    main(sys.argv[1])
