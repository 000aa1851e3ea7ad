"""The book of SOPs: the catalogue, the official sheets, and diagrams out of spreadsheets."""

from http import HTTPStatus
from typing import Any, Final

from flask import Response, request
from marshmallow import fields, validate

from server import bpmn
from server import sop as book
from server.api.blueprint import Blueprint
from server.api.document import ProblemItem
from server.api.office import ask, office
from server.api.problems import Refusal
from server.api.schemas import Flag, Key, Listed, Schema, Text, Whole, Within

sop = Blueprint("sop", __name__, url_prefix="/api/sop", description="The book of SOPs.")

SPREADSHEET_LIMIT: Final = 6 * 2**20
PDF, HTML = "application/pdf", "text/html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# --- schema


class CatalogueEntry(Schema):
    """A procedure in its newest version. `pemula`: the roles that do its first step, `kelengkapan`: what that needs."""

    process_id = Text(required=True)
    process_definition_key = Key(required=True)
    version = Whole(required=True)
    nama = Text(required=True)
    bidang = Text(required=True, allow_none=True)
    uraian = Text(required=True, allow_none=True)
    dimulai = Text(required=True, allow_none=True)
    pemula = Listed(fields.String(), required=True)
    kelengkapan = Listed(fields.String(), required=True)
    langkah = Whole(required=True)
    rahasia = Flag(required=True)


class Catalogue(Schema):
    items = Listed(Within(CatalogueEntry), required=True)


class SheetAsked(Schema):
    kertas = Text(
        load_default=book.Paper.F4.value, validate=validate.OneOf([one.value for one in book.Paper])
    )


class Imported(Schema):
    """`diagram` is BPMN; `problems` is what was not understood, each with the sheet and cell it stands in."""

    process_id = Text(required=True)
    nama = Text(required=True)
    diagram = Text(required=True)
    problems = Listed(Within(ProblemItem), required=True)


UPLOAD: Final = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        }
    },
}


# --- list


@sop.get("")
@sop.response(200, Catalogue)
def get_catalogue() -> dict[str, Any]:
    """Every published procedure in its newest version."""
    return {"items": ask(book.catalogue)}


# --- one


@sop.get("/<process_id>.pdf")
@sop.arguments(SheetAsked, location="query")
@sop.response(200, {"type": "string", "format": "binary"}, content_type=PDF)
def get_sheet_pdf(asked: dict[str, Any], process_id: str) -> Response:
    """The official SOP sheet of a procedure's newest version as a PDF, on F4 or A4."""
    engine = office().engine
    paper = book.Paper(asked["kertas"])
    body = book.sheet_pdf(ask(book.published, process_id), engine.roles, engine.clock.now(), paper)
    return _file(body, PDF, f"{process_id}.pdf")


@sop.get("/<process_id>.html")
@sop.response(200, {"type": "string"}, content_type=HTML)
def get_sheet_page(process_id: str) -> Response:
    """The official SOP sheet of a procedure's newest version as an HTML page."""
    body = book.sheet_page(ask(book.published, process_id), office().engine.roles)
    response = Response(body, mimetype=HTML)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@sop.get("/<process_id>.xlsx")
@sop.response(200, {"type": "string", "format": "binary"}, content_type=XLSX)
def get_sheet_workbook(process_id: str) -> Response:
    """The table of a procedure's newest version as a spreadsheet, which can be sent back as a diagram."""
    body = book.workbook(ask(book.published, process_id), office().engine.roles)
    return _file(body, XLSX, f"{process_id}.xlsx", "attachment")


def _file(body: bytes, kind: str, name: str, disposition: str = "inline") -> Response:
    response = Response(body, content_type=kind)
    response.headers.set("Content-Disposition", disposition, filename=name)
    return response


# --- act


@sop.post("/import")
@sop.doc(requestBody=UPLOAD)
@sop.response(200, Imported)
def import_sop() -> dict[str, Any]:
    """Make a diagram of a spreadsheet's table (part `file`, .xlsx); nothing is published."""
    if request.mimetype != "multipart/form-data" or "file" not in request.files:
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Kirim lembar kerja .xlsx sebagai multipart/form-data, bagian “file”.",
        )
    draft = book.draft(book.read_workbook(request.files["file"].read()), office().engine.roles)
    process = draft.diagram.processes[0]
    return {
        "process_id": process.id,
        "nama": process.name,
        "diagram": bpmn.write(draft.diagram).decode(),
        "problems": draft.problems,
    }
