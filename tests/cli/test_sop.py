"""`export` and `import` at the terminal."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from server import bpmn
from server.cli import main


def run(*arguments: object) -> tuple[int, str]:
    answer = CliRunner().invoke(main, [str(one) for one in arguments])
    return answer.exit_code, answer.output


@pytest.mark.parametrize(("form", "head"), [("pdf", b"%PDF"), ("html", b"<!doctype html>"), ("xlsx", b"PK")])
def test_a_sheet_is_written_in_the_form_that_is_asked_for(tmp_path: Path, form: str, head: bytes) -> None:
    path = tmp_path / "lembar"
    assert run("export", "sop", "pengajuan-cuti", f"--{form}", "-o", path) == (0, f"{path}\n")
    assert path.read_bytes().startswith(head)


def test_a_sheet_is_headed_with_the_office_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFICE", "Dinas Uji")
    run("export", "sop", "pengajuan-cuti", "--html", "-o", tmp_path / "lembar")
    assert "Kepala Dinas Uji" in (tmp_path / "lembar").read_text()


def test_a_procedure_that_is_not_there_is_told() -> None:
    status, said = run("export", "sop", "entah")
    assert status == 1
    assert "Tidak ada prosedur “entah”" in said


def test_a_spreadsheet_becomes_a_diagram_beside_it(tmp_path: Path) -> None:
    sheet = tmp_path / "cuti.xlsx"
    run("export", "sop", "pengajuan_cuti", "--xlsx", "-o", sheet)
    assert run("import", "sop", sheet) == (0, f"{tmp_path / 'cuti.bpmn'}\n")
    assert bpmn.read((tmp_path / "cuti.bpmn").read_bytes()).executable[0].id == "pengajuan_cuti"
    status, said = run("import", "sop", sheet)
    assert status == 1
    assert "sudah ada" in said
