"""Impor SOP in real Chromium: a sheet that the command line wrote, changed as an office changes it, and brought in."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from server.cli.sop import exported
from server.config import Config
from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
XSS = "<img src=x onerror=alert(1)>"


def changed(folder: Path, name: str) -> tuple[Path, str]:
    """A procedure of the book as a spreadsheet with another name, a step that says more, and a time that nobody can read.

    With the address of that time's cell.
    """
    book = load_workbook(BytesIO(exported(Config(), "pengajuan-cuti", "xlsx")))
    table, identity = book["Tabel"], book["Identitas"]
    said = {row[0].value: row[1] for row in identity.iter_rows()}
    said["Nama SOP"].value = table["A1"].value = name
    said["Id prosedur"].value = said["Kode nomor perkara"].value = None
    named = {cell.value: cell.column for row in table.iter_rows(max_row=6) for cell in row}
    first = next(row for row in range(1, table.max_row) if table.cell(row, named["No"]).value == 1)
    table.cell(first, named["Nama Langkah"]).value += XSS
    time = table.cell(first, named["Waktu"])
    time.value = "secepatnya"
    file = folder / "cuti.xlsx"
    book.save(file)
    return file, f"{table.title}!{time.coordinate}"


def read(page: Page, file: Path) -> None:
    page.goto("/mulai/impor")
    page.get_by_label("Lembar kerja SOP").set_input_files(file)
    page.get_by_role("button", name="Baca tabelnya").click()


@pytest.mark.parametrize("size", SIZES)
def test_a_sheet_is_read_doubted_and_published(visit: Visit, tmp_path: Path, size: str) -> None:
    name = f"Cuti Cara {'Meja' if size == 'desk' else 'Ponsel'}"
    sheet, cell = changed(tmp_path, name)
    page = visit("admin", size)
    page.goto("/mulai")
    page.get_by_role("link", name="Impor SOP").click()
    page.get_by_role("heading", name="Impor SOP dari lembar kerja").wait_for()
    check(page)
    torn = tmp_path / "rusak.xlsx"
    torn.write_bytes(b"PK\3\4rusak")
    read(page, torn)
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)
    read(page, sheet)
    page.get_by_role("heading", name="Yang perlu diperiksa").wait_for()
    doubt = page.get_by_role("row", name=cell)
    expect(doubt).to_contain_text("waktu “secepatnya” tidak terbaca")
    expect(page.get_by_role("table", name="Langkah, pelaksana")).to_contain_text(XSS)
    expect(page.locator(".diagram svg")).to_be_visible()
    check(page)
    with page.expect_download() as got:
        page.get_by_role("button", name="Unduh diagram").click()
    assert b"bpmn:definitions" in got.value.path().read_bytes()
    page.get_by_label("Bidang yang menjalankan").select_option(label="Umum dan Kepegawaian")
    page.get_by_role("button", name="Terbitkan").press("Enter")
    page.get_by_text("Prosedur sudah diterbitkan").wait_for()
    expect(page.locator("h1")).to_contain_text(name)
    check(page)
    page.goto(f"/mulai?cari={name}")
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_a_file_field_speaks_indonesian_and_stays_the_browsers_own(visit: Visit, tmp_path: Path) -> None:
    page = visit("admin")
    page.goto("/mulai/impor")
    field = page.get_by_label("Lembar kerja SOP")
    expect(field).to_have_accessible_description(re.compile("^Belum ada berkas yang dipilih Berkas .xlsx"))
    expect(page.get_by_text("Pilih berkas")).to_be_visible()
    field.focus()
    expect(field).to_be_focused()
    (tmp_path / f"{XSS[:12]}.xlsx").write_bytes(b"PK")
    field.set_input_files(tmp_path / f"{XSS[:12]}.xlsx")
    expect(page.locator(".pick")).to_contain_text("<img src=x o.xlsx")
    expect(field).to_have_accessible_description(re.compile("^<img src=x o.xlsx"))
    above = "(x, y) => document.elementFromPoint(x, y).id"
    at = page.get_by_text("Pilih berkas").bounding_box()
    assert at
    assert page.evaluate(f"([x, y]) => ({above})(x, y)", [at["x"] + 5, at["y"] + 5]) == "berkas"
    check(page)


def test_importing_is_for_publishers_only(visit: Visit) -> None:
    page = visit("pns")
    page.goto("/mulai")
    expect(page.get_by_role("link", name="Impor SOP")).to_have_count(0)
    answer = page.context.request.get("/mulai/impor")
    assert (answer.status, "Tidak diizinkan" in answer.text()) == (403, True)
