"""The office's procedures, for tests."""

from functools import cache
from pathlib import Path

from server import bpmn
from server.identity import read_roles
from server.sop import Procedure, read_procedure

ROOT = Path(__file__).parents[2]
ROLES = read_roles((ROOT / "bpmn" / "roles.yaml").read_bytes())
NAMES = [path.stem for path in sorted(ROOT.glob("bpmn/*/*.bpmn"))]


@cache
def procedure(name: str) -> Procedure:
    (path,) = ROOT.glob(f"bpmn/*/{name}.bpmn")
    return read_procedure(bpmn.read(path.read_bytes()).executable[0])


def of(data: bytes) -> Procedure:
    return read_procedure(bpmn.read(data).executable[0])
