"""`check`: whether a folder's whole book would be published, and whether its tables answer as their examples say."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import click

from server import dmn, errors, migrations
from server.app import House, build
from server.cli.book import KINDS, PUBLISHER, book_files
from server.cli.people import open_house
from server.cli.told import settings
from server.db import open_engine
from server.engine import Unpublishable, deploy, officers, trial
from server.errors import Problem

EXAMPLES = ".contoh.yaml"
WORDS = {".bpmn": "diagram", ".dmn": "berkas tabel", ".form": "formulir"}


class NoBook(errors.NotFound):
    def __init__(self, root: Path) -> None:
        folders = ", ".join(f"{folder}/**/*{suffix}" for folder, suffix in KINDS.items())
        super().__init__(f"Tidak ada berkas buku di {root}: {folders}.")


@dataclass(frozen=True)
class Found:
    """What a check saw: the files by name, how many examples were computed, and the problems, each naming its file."""

    files: tuple[str, ...]
    examples: int
    problems: tuple[Problem, ...]


@click.command(
    "check",
    help="Memeriksa seluruh buku: diagram, tabel, formulir, rujukan, dan contoh. FOLDER bawaan: BOOK.",
)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--office",
    is_flag=True,
    help="Juga: jabatan yang dibutuhkan buku dan tidak ada pemegangnya di basis data ini.",
)
def check_command(folder: Path | None, office: bool) -> None:
    """Tells every problem; the status is 1 where there is one. A vacancy is told, and no problem of the book."""
    root = folder or settings().book
    found = check_book(root)
    for line in told_vacancies(open_house(), root) if office else ():
        click.echo(line, err=True)
    for problem in found.problems:
        click.echo(str(problem), err=True)
    counts = [f"{_count(found.files, suffix)} {word}" for suffix, word in WORDS.items()]
    seen = ", ".join([*counts, f"{found.examples} contoh"])
    if found.problems:
        click.echo(f"{len(found.problems)} hal perlu diperbaiki ({seen}).", err=True)
        raise SystemExit(1)
    click.echo(f"Buku baik: {seen}.")


def check_book(root: Path) -> Found:
    """Checks the book of a folder, which needs no database of its own. Raises NoBook, identity.InvalidRoles."""
    files = dict(book_files(root))
    if not files:
        raise NoBook(root)
    with tempfile.TemporaryDirectory(prefix="tatalaksana-check-") as folder:
        database = open_engine(f"sqlite:///{folder}/check.db")
        house = build(replace(settings(), book=root), database)
        problems = [*_unpublishable(house, files)]
        house.gate.close()
    tables = dict(_tables(files))
    problems += _faults_of_tables(house, tables)
    examples = list(_examples(root, problems))
    problems += _wrong_examples(house, tables, examples)
    return Found(tuple(files), len(examples), tuple(dict.fromkeys(problems)))


def told_vacancies(house: House, root: Path) -> Iterator[str]:
    """A line for each role that the book's processes need and nobody of the house's database holds today."""
    heads, _ = trial.examine(dict(book_files(root)))
    titles = house.engine.roles
    for each in house.gate.ask(lambda c: officers.missing_of(house.engine, c, heads)):
        to = each.vacancy.receiver
        goes = f"tugasnya ke {titles.title(to)}" if to else "tidak ada atasan yang menerima tugasnya"
        yield f"Kosong: {titles.title(each.vacancy.group)}, {goes} ({', '.join(each.process_ids)})"


def _count(files: tuple[str, ...], suffix: str) -> int:
    return sum(name.endswith(suffix) for name in files)


def _unpublishable(house: House, files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """What publishing says of it, on a database that has nothing yet."""
    migrations.upgrade(house.gate.database)
    try:
        house.gate.ask(lambda connection: deploy(house.engine, connection, PUBLISHER, files, trial.examine))
    except Unpublishable as fault:
        return fault.problems
    return ()


def _tables(files: Mapping[str, bytes]) -> Iterator[tuple[str, dmn.Definitions]]:
    """The DMN files that can be read; of the others, publishing has told already."""
    for name, body in files.items():
        if PurePath(name).suffix == ".dmn":
            try:
                yield name, dmn.read(body)
            except dmn.Unreadable:
                continue


def _faults_of_tables(house: House, tables: Mapping[str, dmn.Definitions]) -> Iterator[Problem]:
    for name, definitions in tables.items():
        yield from (_in_file(name, fault) for fault in dmn.check(definitions, house.engine.functions))


def _examples(root: Path, problems: list[Problem]) -> Iterator[tuple[PurePath, dmn.Example]]:
    """Every example with the file that it stands in; files that cannot be read become problems."""
    for path in sorted((root / "dmn").rglob(f"*{EXAMPLES}")):
        name = path.relative_to(root)
        try:
            yield from ((name, example) for example in dmn.read_examples(path.read_bytes()))
        except dmn.UnreadableExamples as fault:
            problems += (_in_file(name, each) for each in fault.problems)


def _wrong_examples(
    house: House, tables: Mapping[str, dmn.Definitions], examples: list[tuple[PurePath, dmn.Example]]
) -> Iterator[Problem]:
    """Examples are held to the table of that decision in their own folder."""
    environment, functions = house.engine.environment, house.engine.functions
    for name, example in examples:
        beside = [each for file, each in tables.items() if PurePath(file).parent == name.parent]
        asked = next((each for each in beside if _has(each, example.decision)), None)
        if asked is None:
            message = f"Tidak ada keputusan “{example.decision}” di berkas .dmn dalam folder ini."
            yield _in_file(name, Problem(message, f"contoh “{example.name}”", example.line))
        else:
            wrong = dmn.run_examples(asked, (example,), environment, functions)
            yield from (_in_file(name, each) for each in wrong)


def _has(definitions: dmn.Definitions, decision: str) -> bool:
    return decision in definitions.by_id or decision in definitions.by_name


def _in_file(name: PurePath | str, problem: Problem) -> Problem:
    return replace(problem, where=f"{name}: {problem.where}" if problem.where else str(name))
