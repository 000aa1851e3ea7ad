"""A whole book is checked before anybody publishes it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import check_book, main
from server.config import ROOT
from tests.diagrams import call, diagram, end, path, start

DIAGRAM = "bpmn/umum-kepegawaian/pengajuan-cuti.bpmn"
TABLE = "dmn/cuti/penelitian-cuti.dmn"
FORM = "forms/umum-kepegawaian/pengajuan-cuti-teliti.form"
EXAMPLES = "dmn/cuti/rezim-cuti.contoh.yaml"
LEAVE = (DIAGRAM, "bpmn/roles.yaml", "dmn/cuti/*", "forms/umum-kepegawaian/pengajuan-cuti-*.form")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The leave procedure with all that it names, in a folder of its own."""
    for source in (one for pattern in LEAVE for one in ROOT.glob(pattern)):
        target = tmp_path / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return tmp_path


def problems(book: Path) -> list[str]:
    return [str(problem) for problem in check_book(book).problems]


def test_a_good_book_has_no_problem(book: Path) -> None:
    found = check_book(book)
    assert found.problems == ()
    assert found.examples > 50


def test_the_command_counts_what_it_saw(book: Path) -> None:
    answer = CliRunner().invoke(main, ["check", str(book)])
    assert answer.exit_code == 0
    assert answer.stdout.startswith("Buku baik: 1 diagram, 1 berkas tabel, 10 formulir, ")


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


BREAKS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a missing form": (
        DIAGRAM,
        lambda book: (book / FORM).unlink(),
        "memakai formulir “pengajuan_cuti_teliti” yang belum ada",
    ),
    "an unknown decision": (
        DIAGRAM,
        lambda book: replaced(book / DIAGRAM, 'decisionId="penelitian_cuti"', 'decisionId="entah"'),
        "memakai tabel keputusan “entah” yang belum ada",
    ),
    "an unknown handler": (
        DIAGRAM,
        lambda book: replaced(book / DIAGRAM, 'type="cuti.tolak"', 'type="cuti.entah"'),
        "memakai pekerjaan “cuti.entah” yang tidak dikenal",
    ),
    "an unknown role": (
        DIAGRAM,
        lambda book: replaced(book / DIAGRAM, 'name="role" value="sekretaris"', 'name="role" value="raja"'),
        "memakai peran “raja”",
    ),
    "a diagram that cannot run": (
        DIAGRAM,
        lambda book: replaced(book / DIAGRAM, 'targetRef="catat_permohonan"', 'targetRef="entah"'),
        "entah",
    ),
    "a diagram that is no XML": (DIAGRAM, lambda book: (book / DIAGRAM).write_text("<bpmn"), "XML"),
    "a form that is no JSON": (FORM, lambda book: (book / FORM).write_text("{"), "JSON"),
    "a table with a cell that is no FEEL": (
        TABLE,
        lambda book: replaced(book / TABLE, '<text>"KETAT"</text>', "<text>1 +</text>"),
        "baris",
    ),
    "an option that no flow takes": (
        DIAGRAM,
        lambda book: replaced(book / FORM, 'value: \\"masih_ada\\"', 'value: \\"ada\\"'),
        "pilihan “ada” (keputusan_2) tidak ditempuh alur mana pun",
    ),
    "an example that does not hold": (
        EXAMPLES,
        lambda book: replaced(book / EXAMPLES, "hasil: ", "hasil: x"),
        "seharusnya",
    ),
    "an example of a decision that is not there": (
        EXAMPLES,
        lambda book: replaced(book / EXAMPLES, "keputusan: ", "keputusan: entah_"),
        "Tidak ada keputusan “entah_",
    ),
    "examples that are no YAML": (EXAMPLES, lambda book: (book / EXAMPLES).write_text("a: ["), "YAML"),
}


def table(*rules: tuple[str, str]) -> str:
    """A table of one number that may hit one rule only, with these tests and answers."""
    lines = "".join(
        f'<rule id="r{n}"><inputEntry id="m{n}"><text>{test}</text></inputEntry>'
        f'<outputEntry id="k{n}"><text>{answer}</text></outputEntry></rule>'
        for n, (test, answer) in enumerate(rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="T" namespace="uji">'
        '<inputData id="umur_masuk" name="umur"><variable name="umur" typeRef="number"/></inputData>'
        '<decision id="golongan" name="Golongan"><variable name="golongan" typeRef="string"/>'
        '<informationRequirement><requiredInput href="#umur_masuk"/></informationRequirement>'
        '<decisionTable id="tabel" hitPolicy="UNIQUE"><input id="m" label="Umur"><inputExpression typeRef="number">'
        '<text>umur</text></inputExpression></input><output id="k" name="golongan" typeRef="string"/>'
        f"{lines}</decisionTable></decision></definitions>"
    )


LONELY = "bpmn/memanggil.bpmn"
ADDED: dict[str, tuple[str, str | bytes, str]] = {
    "an unknown called process": (
        LONELY,
        diagram(start(), call("panggil", "entah"), end(), path("start panggil end")),
        "memakai proses “entah” yang belum ada",
    ),
    "a gap in a table": ("dmn/uji.dmn", table(("&lt; 17", '"anak"'), ("&gt; 17", '"dewasa"')), "17"),
    "an overlap in a table": ("dmn/uji.dmn", table(("&lt;= 17", '"anak"'), ("&gt;= 17", '"dewasa"')), "17"),
}


@pytest.mark.parametrize("name", ADDED)
def test_each_file_that_is_wrong_by_itself_is_told(book: Path, name: str) -> None:
    file, body, said = ADDED[name]
    (book / file).write_bytes(body if isinstance(body, bytes) else body.encode())
    found = [line for line in problems(book) if line.startswith(file)]
    assert any(said in line for line in found), problems(book)


@pytest.mark.parametrize("name", BREAKS)
def test_each_thing_that_is_wrong_is_told_with_its_file(book: Path, name: str) -> None:
    file, spoil, said = BREAKS[name]
    spoil(book)
    assert any(line.startswith(file) and said in line for line in problems(book)), problems(book)


def test_a_problem_ends_the_command_with_status_1(book: Path) -> None:
    (book / FORM).unlink()
    answer = CliRunner().invoke(main, ["check", str(book)])
    assert answer.exit_code == 1
    assert "1 hal perlu diperbaiki (1 diagram, 1 berkas tabel, 9 formulir" in answer.stderr


def test_a_folder_without_a_book_is_told(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert answer.exit_code == 1
    assert "Tidak ada berkas buku" in answer.stderr
