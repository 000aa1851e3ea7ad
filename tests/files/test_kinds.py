"""Which files may be attached."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import pytest

from server.files import NotAllowed, kind_of

ODT = "application/vnd.oasis.opendocument.text"


def packed(**members: str) -> bytes:
    """A ZIP file; `__` in a name stands for a dot, `___` for a slash."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as archive:
        for name, body in members.items():
            archive.writestr(name.replace("___", "/").replace("__", "."), body)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "content_type"),
    [
        ("surat.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("FOTO.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("foto.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("pindai.png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("daftar.csv", "nama;umur\nÜmit;3".encode(), "text/csv; charset=utf-8"),
        ("surat.odt", packed(mimetype=ODT, content__xml="<a/>"), ODT),
        (
            "surat.docx",
            packed(word___document__xml="<a/>"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, body: bytes, content_type: str) -> None:
    assert kind_of(name, body).content_type == content_type


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("virus.exe", b"MZ", "jenisnya tidak diterima"),
        ("halaman.html", b"<script>", "jenisnya tidak diterima"),
        ("gambar.svg", b"<svg/>", "jenisnya tidak diterima"),
        ("tanpa", b"x", "jenisnya tidak diterima"),
        ("surat.pdf", b"", "kosong"),
        ("surat.pdf", b"<html>", "bukan pdf"),
        ("surat.docx", b"PK\x03\x04rusak", "bukan docx"),
        ("surat.docx", packed(xl___workbook__xml="<a/>"), "bukan docx"),
        ("surat.docx", packed(word___document__xml="<a/>", word___vbaProject__bin="x"), "bukan docx"),
        ("catatan.txt", b"\xff\xfe", "bukan txt"),
        ("catatan.txt", b"a\x00b", "bukan txt"),
    ],
)
def test_what_is_something_else_is_refused(name: str, body: bytes, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        kind_of(name, body)
