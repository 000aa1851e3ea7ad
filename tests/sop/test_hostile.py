"""Spreadsheets that mean harm are refused, or read as plain data."""

import time
import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server.sop import UnreadableWorkbook, draft, read_procedure, read_workbook, workbook
from tests.sop.book import ROLES, procedure

GOOD = workbook(procedure("ijin-keluar"), ROLES)
SHEET = "xl/worksheets/sheet1.xml"


def altered(parts: Mapping[str, bytes]) -> bytes:
    """The good spreadsheet with some of its parts replaced or added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(GOOD)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, body in parts.items():
            new.writestr(name, body)
    return stream.getvalue()


def part(name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        return archive.read(name)


HARMFUL = {
    "no zip": b"halo",
    "a zip of something else": altered({})[:200],
    "a part that unpacks into too much": altered({"xl/media/besar.bin": b"\0" * 30 * 2**20}),
    "very many cells": altered({SHEET: b"<c/>" * 700_000}),
    "a merged cell over everything": altered(
        {
            SHEET: part(SHEET).replace(
                b"<mergeCells ", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><a '
            )
        }
    ),
    "entities": altered({SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]>' + part(SHEET)}),
    "a broken sheet": altered({SHEET: b"<worksheet"}),
    "many parts": altered({f"xl/bagian{n}.xml": b"<a/>" for n in range(400)}),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_refused_soon(name: str) -> None:
    begin = time.process_time()
    with pytest.raises(UnreadableWorkbook):
        read_workbook(HARMFUL[name])
    assert time.process_time() - begin < 10


def test_a_formula_is_not_run() -> None:
    book = load_workbook(BytesIO(GOOD))
    book["Tabel"]["C5"] = '=HYPERLINK("http://jahat","klik")'
    stream = BytesIO()
    book.save(stream)
    row = read_procedure(draft(read_workbook(stream.getvalue()), ROLES).diagram.processes[0]).rows[0]
    assert row.uraian is None


def test_a_link_to_another_file_is_not_kept() -> None:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    found = read_workbook(altered({"xl/externalLinks/externalLink1.xml": link}))
    assert len(found.rows) == 4


def test_a_file_without_a_table_is_told_what_to_do() -> None:
    book = load_workbook(BytesIO(GOOD))
    del book["Tabel"]
    stream = BytesIO()
    book.save(stream)
    with pytest.raises(UnreadableWorkbook, match="baris judul"):
        read_workbook(stream.getvalue())
