"""`feel` and `decide`: an expression or a decision tried out at the terminal, with what it says for itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import simplejson
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from server import dmn, errors, feel
from server.calendar import Book, feel_functions
from server.cli.told import settings
from server.clock import Clock
from server.db import database_url, load_json, open_engine, read


class NotAnObject(errors.Invalid):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(f'{name} harus berisi satu objek JSON, seperti {{"umur": 21}}: {why}.')


class WhichDecision(errors.Invalid):
    def __init__(self, ids: list[str]) -> None:
        super().__init__(
            f"Sebutkan keputusan yang ditanya dengan --decision: {', '.join(ids) or 'tidak ada'}."
        )


JSON_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command("feel", help="Menghitung ungkapan FEEL, misalnya 'sum([1, 2]) + umur' --context data.json.")
@click.argument("expression")
@click.option("--context", type=JSON_FILE, help="Berkas JSON berisi variabelnya; - untuk masukan standar.")
def feel_command(expression: str, context: Path | None) -> None:
    """The value goes to standard output as FEEL writes it, what is to be warned of to standard error."""
    result = evaluate_text(expression, read_object(context))
    for warning in result.warnings:
        click.echo(f"Peringatan: {warning}", err=True)
    click.echo(feel.show(result.value))


@click.command("decide", help="Menjawab sebuah keputusan dari berkas DMN, dengan aturan yang dipakainya.")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", help="Id atau nama keputusan; bawaan: yang tidak diperlukan keputusan lain.")
@click.option(
    "--input", "inputs", type=JSON_FILE, help="Berkas JSON berisi masukannya; - untuk masukan standar."
)
def decide_command(table: Path, decision: str | None, inputs: Path | None) -> None:
    """The value on the first line, then each decision on the way with its inputs and the rules that were hit."""
    definitions = dmn.read(table.read_bytes())
    evaluation = decide(definitions, decision or only_answer(definitions), read_object(inputs))
    for line in told_evaluation(evaluation):
        click.echo(line)
    if evaluation.missing:
        click.echo(f"Tidak diberikan, jadi null: {', '.join(evaluation.missing)}", err=True)
    for warning in evaluation.warnings:
        click.echo(f"Peringatan: {warning}", err=True)


def evaluate_text(text: str, context: Mapping[str, object]) -> feel.Result:
    """A FEEL text, as it stands in a diagram or without its `=`. Raises feel.InvalidExpression."""
    environment, functions = _surroundings()
    expression = feel.compile(text.strip().removeprefix("="), _names(context), functions)
    return expression.evaluate(context, environment)


def decide(definitions: dmn.Definitions, decision: str, inputs: Mapping[str, object]) -> dmn.Evaluation:
    """A decision on FEEL values, with the office's clock and calendar. Raises dmn.NoSuchDecision."""
    return dmn.decide(definitions, decision, inputs, *_surroundings())


def only_answer(definitions: dmn.Definitions) -> str:
    """The id of the one decision that no other requires. Raises WhichDecision."""
    required = {need.id for each in definitions.decisions for need in each.requirements}
    found = [each.id for each in definitions.decisions if each.id not in required]
    if len(found) != 1:
        raise WhichDecision(found)
    return found[0]


def read_object(path: Path | None) -> dict[str, Any]:
    """The object in a JSON file, numbers digit for digit; empty without a file. Raises NotAnObject."""
    if path is None:
        return {}
    with click.open_file(str(path), encoding="utf-8") as file:
        text = file.read()
    try:
        value = load_json(text)
    except simplejson.JSONDecodeError as fault:
        raise NotAnObject(str(path), f"baris {fault.lineno}, kolom {fault.colno}") from fault
    if not isinstance(value, dict):
        raise NotAnObject(str(path), "isinya bukan objek")
    return value


def told_evaluation(evaluation: dmn.Evaluation) -> Iterator[str]:
    """The evaluation as lines of text."""
    yield feel.show(evaluation.value)
    for trace in evaluation.decisions:
        yield f"\n{trace.name} ({trace.id}) = {feel.show(trace.value)}"
        yield from (f"  masukan {seen.name} = {feel.show(seen.value)}" for seen in trace.inputs)
        for rule in trace.rules:
            given = ", ".join(f"{each.name} = {feel.show(each.value)}" for each in rule.outputs)
            yield f"  aturan {rule.number}: {given}"
            yield from (f"    {name}: {text}" for name, text in rule.annotations.items() if text)


def _names(context: Mapping[str, object]) -> dict[str, feel.Names | None]:
    """The names in a context, and those within each: of contexts, and of lists of contexts."""
    return {name: _names_within(value) for name, value in context.items()}


def _names_within(value: object) -> feel.Names | None:
    if isinstance(value, dict):
        return _names(value)
    if isinstance(value, list):
        return {
            name: within for part in value if isinstance(part, dict) for name, within in _names(part).items()
        }
    return None


def _surroundings() -> tuple[feel.Environment, Mapping[str, feel.Function]]:
    """The office's clock and calendar; where no database is set up, the calendar that an office begins with."""
    config = settings()
    clock, book = Clock(config.zone), Book()
    if is_set_up(config.database_url):
        engine = open_engine(config.database_url)
        with read(engine) as connection:
            book.refresh(connection)
        engine.dispose()
    return feel.Environment(clock), feel_functions(book.calendar(clock.zone))


def is_set_up(url: str) -> bool:
    """Whether a database stands there that knows the calendar; none is made by asking."""
    parts = database_url(url)
    if parts.get_backend_name() == "sqlite" and not Path(parts.database or "").is_file():
        return False
    engine = open_engine(url)
    try:
        return inspect(engine).has_table("calendar_year")
    except OperationalError:
        return False
    finally:
        engine.dispose()
