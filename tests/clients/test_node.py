"""Camunda's two clients for Node in every step of a case."""

import shutil
import subprocess
from pathlib import Path

import pytest

from server.config import ROOT
from tests.clients.conftest import USERNAME, Site

pytestmark = pytest.mark.slow

SECONDS = 180


def run(site: Site, script: str, settings: dict[str, str]) -> None:
    """Runs a script of this folder against the server; an assertion that fails there fails here."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@camunda8").is_dir():
        pytest.skip("node_modules is missing: run make node_modules/ready")
    environment = site.office.environment() | settings | {"ASSIGNEE": USERNAME}
    result = subprocess.run(
        [node, "--no-warnings", Path(__file__).with_name(script), *site.files],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_orchestration_cluster_api_goes_the_whole_way(site: Site, login: dict[str, str]) -> None:
    strict = {"CAMUNDA_REST_ADDRESS": site.address, "CAMUNDA_SDK_VALIDATION": "req:strict,res:strict"}
    run(site, "orchestration.mjs", strict | login)


def test_the_sdk_goes_the_whole_way(site: Site, login: dict[str, str]) -> None:
    run(site, "sdk.mjs", {"ZEEBE_REST_ADDRESS": site.address, "CAMUNDA_TENANT_ID": "<default>"} | login)
