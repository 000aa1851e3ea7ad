"""The PDF of a letter: made when it is numbered, of what it says then, and kept as a document of its case under the hash of its content."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import typst
from sqlalchemy import Connection

from server import errors, files
from server.db import Effect
from server.letters.naskah import Stationery, qr

PRINTER: Final = "sistem"
CHECK: Final = "/surat/periksa"


class NotPrinted(errors.Invalid):
    """A template of the office's own cannot lay this letter out."""

    def __init__(self, surat: str, reason: str) -> None:
        super().__init__(
            f"Naskah “{surat}” tidak dapat dicetak, sehingga suratnya belum bernomor. Perbaiki templatnya: {reason}"
        )


@dataclass(frozen=True)
class Printed:
    """A document by its id, with the hash of its content and what keeps it."""

    id: str
    sha256: str
    effects: tuple[Effect, ...]


def printed(connection: Connection, stationery: Stationery, row: Mapping[str, Any], now: datetime) -> Printed:
    """The letter of a row of the agenda, whose template is one of the stationery's. Raises NotPrinted."""
    body = _laid_out(stationery, row)
    digest = files.sha256_of(body)
    document = {
        "id": secrets.token_urlsafe(24),
        "sha256": digest,
        "name": f"{row['surat']}-{row['nomor'].replace('/', '-')}.pdf"[:255],
        "content_type": "application/pdf",
        "created_by": PRINTER,
        "created_at": now,
        "expires_at": None,
        "process_id": row["process_id"],
        "process_instance_key": row["case_key"],
        "user_task_key": None,
        "properties": {},
    }
    return Printed(document["id"], digest, files.keep(connection, document, body))


def _laid_out(stationery: Stationery, row: Mapping[str, Any]) -> bytes:
    address = f"{stationery.base}{CHECK}"
    said = {**row["isi"], "konsep": False, "kode_periksa": row["periksa"], "alamat_periksa": address}
    said["qr"] = qr(f"{address}/{row['periksa']}") if stationery.base else None
    try:
        return stationery.templates.render(row["surat"], said, stationery.head, row["pada"])
    except typst.TypstError as fault:
        raise NotPrinted(row["surat"], str(fault)[:200]) from None
