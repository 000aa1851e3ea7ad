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
    return definitions(
        f'<decision id="d" name="d"><literalExpression><text>{_escaped(text)}</text></literalExpression></decision>'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def table(
    columns: dict[str, str], rules: list[str], policy: str = "UNIQUE", output: str = "", inside: str = ""
) -> bytes:
    """A file with one table `d`.

    `columns` are its inputs by name, each with a type and, after a colon, its values; a rule is `cell | cell -> result`.
    """
    data = required = heads = ""
    for name, said in columns.items():
        type_ref, _, values = said.partition(":")
        attribute = f' typeRef="{type_ref}"' if type_ref else ""
        data += f'<inputData id="in_{name}" name="{name}"/>'
        required += f'<informationRequirement><requiredInput href="#in_{name}"/></informationRequirement>'
        listed = f"<inputValues><text>{_escaped(values)}</text></inputValues>" if values else ""
        heads += f"<input><inputExpression{attribute}><text>{name}</text></inputExpression>{listed}</input>"
    rows = ""
    for rule in rules:
        tests, _, result = rule.partition(" -> ")
        cells = tests.split(" | ") if columns else []
        entries = "".join(f"<inputEntry><text>{_escaped(cell)}</text></inputEntry>" for cell in cells)
        rows += f"<rule>{entries}<outputEntry><text>{_escaped(result)}</text></outputEntry></rule>"
    return definitions(
        f'{data}<decision id="d" name="d">{required}<decisionTable hitPolicy="{policy}">{heads}'
        f"<output{output}>{inside}</output>{rows}</decisionTable></decision>"
    )
