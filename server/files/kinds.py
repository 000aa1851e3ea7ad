"""Which files may be attached, and whether one is what its name says: by its bytes, never by its sender's word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Final
from zipfile import BadZipFile, ZipFile

from server import errors


class NotAllowed(errors.Invalid):
    """A file that is not taken."""

    def __init__(self, name: str, why: str) -> None:
        message = f"Berkas “{name}” tidak dapat dilampirkan: {why}."
        super().__init__(message, [errors.Problem(message, where="file")])


@dataclass(frozen=True)
class Kind:
    """A kind of file. `is_one` looks at its bytes."""

    content_type: str
    is_one: Callable[[bytes], bool]


def kind_of(name: str, body: bytes) -> Kind:
    """The kind of a file that may be attached. Raises NotAllowed."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    kind = KINDS.get(ending)
    if kind is None:
        raise NotAllowed(name, f"jenisnya tidak diterima; kirim {', '.join(sorted(KINDS))}")
    if not body:
        raise NotAllowed(name, "isinya kosong")
    if not kind.is_one(body):
        raise NotAllowed(name, f"isinya bukan {ending}")
    return kind


def _starts(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda body: body.startswith(signs)


def _packs(member: str) -> Callable[[bytes], bool]:
    """An Office Open XML file with this part, and without macros."""

    def is_one(body: bytes) -> bool:
        names = _members(body)
        return member in names and not any(name.lower().endswith("vbaproject.bin") for name in names)

    return is_one


def _opens(content_type: bytes) -> Callable[[bytes], bool]:
    """An OpenDocument file: its first member, stored as it is, says its type."""
    return lambda body: content_type in body[:200] and "content.xml" in _members(body)


def _members(body: bytes) -> set[str]:
    try:
        with ZipFile(BytesIO(body)) as packed:
            return set(packed.namelist())
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return set()


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"
KINDS: Final[Mapping[str, Kind]] = {
    "pdf": Kind("application/pdf", _starts(b"%PDF-")),
    "jpg": Kind("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": Kind("image/jpeg", _starts(b"\xff\xd8\xff")),
    "png": Kind("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _packs("word/document.xml")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _packs("xl/workbook.xml")),
    "odt": Kind(f"{_OPEN}.text", _opens(f"{_OPEN}.text".encode())),
    "ods": Kind(f"{_OPEN}.spreadsheet", _opens(f"{_OPEN}.spreadsheet".encode())),
    "txt": Kind("text/plain; charset=utf-8", _is_text),
    "csv": Kind("text/csv; charset=utf-8", _is_text),
}
