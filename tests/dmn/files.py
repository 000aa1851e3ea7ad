"""The DMN files beside these tests, and small ones made of a few lines."""

from pathlib import Path

from server import dmn
from server.errors import NotFound

HERE = Path(__file__).parent
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def imported(namespace: str) -> bytes:
    """The file of `urn:uji:<name>`."""
    path = HERE / f"{namespace.rpartition(':')[2]}.dmn"
    if not path.exists():
        raise NotFound(f"tidak ada {namespace}")
    return path.read_bytes()


def opened(name: str) -> dmn.Definitions:
    """A file beside these tests, with its imports."""
    return dmn.read(imported(name), imported)


def definitions(body: str, namespace: str = NAMESPACE) -> bytes:
    """A DMN file around some elements."""
    return f'<definitions xmlns="{namespace}" id="d" name="d" namespace="urn:uji:d">{body}</definitions>'.encode()


def literal(text: str) -> bytes:
    """A file with one decision `d` that is one FEEL text."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return definitions(
        f'<decision id="d" name="d"><literalExpression><text>{escaped}</text></literalExpression></decision>'
    )
