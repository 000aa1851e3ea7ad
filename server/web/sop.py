"""Lembar SOP: the official sheet of a procedure and its table as a spreadsheet, and a procedure out of an office's own spreadsheet.

What was read from a spreadsheet is shown before it counts: the doubts with their cells and the picture. It stays in the page
until whoever may publish says so; publishing checks the diagram again, whatever came back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from server import authoring, bpmn, engine, errors
from server import sop as book
from server.engine import Engine, search
from server.engine.instances import newest_bundle
from server.engine.search import PROCESS_DEFINITIONS, Query, within
from server.engine.tables import Kind
from server.gate import status_of
from server.identity import Actor, Permission
from server.web import guard
from server.web.office import actor, ask, do, office
from server.web.pages import pages

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BPMN: Final = "application/xml"
SPREADSHEET: Final = 6 * 2**20
DIAGRAM: Final = 4 * 2**20

guard.LIMITS.update({"web.read_spreadsheet": SPREADSHEET, "web.publish_draft": DIAGRAM})


class NotAPublisher(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Mengimpor SOP hanya untuk pemilik proses yang boleh menerbitkan prosedur.")


class NoSpreadsheet(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Pilih dahulu lembar kerja .xlsx yang berisi tabel SOP.")


class NoBidang(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Pilih bidang yang menjalankan prosedur ini.")


@dataclass(frozen=True)
class Preview:
    """A diagram before it is published. `known`: the name of the published procedure that it becomes a new version of."""

    xml: str
    picture: str
    process_id: str
    name: str
    rows: Sequence["Step"]
    actors: Sequence[str]
    bidang: str | None
    doubts: Sequence[errors.Problem]
    known: str | None


@dataclass(frozen=True)
class Step:
    """A row as it was read. `way`: where it leads, in words."""

    nomor: int
    name: str
    people: Sequence[str]
    waktu: str | None
    way: Sequence[str]


@pages.get("/mulai/<process_id>/sop.pdf")
def sheet_pdf(process_id: str) -> Response:
    """The official SOP sheet of a procedure's newest version, on F4."""
    at = office().engine
    body = book.sheet_pdf(ask(book.published, process_id), at.roles, at.clock.now(), book.Paper.F4)
    return _file(body, PDF, f"{process_id}.pdf", "inline")


@pages.get("/mulai/<process_id>/sop.xlsx")
def sheet_workbook(process_id: str) -> Response:
    """Its table as a spreadsheet, which can be changed and brought in again."""
    body = book.workbook(ask(book.published, process_id), office().engine.roles)
    return _file(body, XLSX, f"{process_id}.xlsx", "attachment")


@pages.get("/mulai/impor")
def import_page() -> str:
    """Where a spreadsheet is chosen."""
    _for_publishers()
    found = ask(search.search, PROCESS_DEFINITIONS, within(Query(limit=1), is_latest_version=True)).items
    example = found[0]["process_definition_id"] if found else None
    return render_template("sop_import.html", section="web.catalogue", example=example, message=None)


@pages.post("/mulai/impor")
def read_spreadsheet() -> str | tuple[str, int]:
    """What was read from a spreadsheet, and what was not understood."""
    _for_publishers()
    sent = request.files.get("berkas")
    try:
        if sent is None or not sent.filename:
            raise NoSpreadsheet
        draft = book.draft(book.read_workbook(sent.read()), office().engine.roles)
    except errors.Invalid as refused:
        page = render_template("sop_import.html", section="web.catalogue", example=None, message=str(refused))
        return page, status_of(refused)
    return _previewed(bpmn.write(draft.diagram), draft.problems)


@pages.post("/mulai/impor/terbit")
def publish_draft() -> AnyResponse | tuple[str, int]:
    """Publishes the diagram that was shown, or gives it out as a file."""
    _for_publishers()
    body = request.form.get("diagram", "").encode()
    try:
        diagram = _assigned(bpmn.read(body), request.form.get("bidang", ""))
        process = diagram.processes[0]
        drawn = bpmn.write(diagram)
        if request.form.get("aksi") == "unduh":
            return _file(drawn, BPMN, f"{process.id}.bpmn", "attachment")
        if request.form.get("aksi") == "rancangan":
            return _kept(process, drawn)
        if not process.properties.get("bidang"):
            raise NoBidang
        do(engine.deploy, {f"bpmn/{process.id}.bpmn": drawn})
    except (errors.Invalid, authoring.AlreadyDrafted) as refused:
        problems = getattr(refused, "problems", ())
        return _previewed(body, problems, str(refused)), status_of(refused)
    return redirect(
        url_for("web.procedure", process_id=process.id, kabar="diterbitkan"), HTTPStatus.SEE_OTHER
    )


def _kept(process: bpmn.Process, drawn: bytes) -> AnyResponse:
    """Keeps the diagram as a draft, and leads to its editor."""
    bidang = process.properties.get("bidang") or None
    title = (process.name or process.id)[:200]
    key = do(authoring.begin, Kind.PROCESS, process.id, title, drawn, bidang)
    return redirect(url_for("web.draft", draft=key), HTTPStatus.SEE_OTHER)


def _for_publishers() -> None:
    if Permission.DEPLOY not in actor().permissions:
        raise NotAPublisher


def _previewed(body: bytes, doubts: Sequence[errors.Problem], message: str | None = None) -> str:
    diagram, _ = bpmn.examine(body)
    if not diagram.processes or not diagram.planes:
        return render_template("sop_import.html", section="web.catalogue", example=None, message=message)
    process = diagram.processes[0]
    procedure = book.read_procedure(process)
    preview = Preview(
        xml=body.decode(errors="replace"),
        picture=bpmn.svg(diagram),
        process_id=process.id,
        name=process.name or process.id,
        rows=[_step(procedure, row) for row in procedure.rows],
        actors=[each.nama for each in procedure.actors],
        bidang=request.form.get("bidang") or process.properties.get("bidang"),
        doubts=doubts,
        known=ask(_known, process.id),
    )
    return render_template(
        "sop_preview.html",
        section="web.catalogue",
        preview=preview,
        message=message,
        fields=office().engine.roles.bidang.values(),
    )


def _step(procedure: book.Procedure, row: book.Row) -> Step:
    people = [procedure.actors[act.actor].nama for act in procedure.acts(row)]
    return Step(row.nomor, row.nama, people, row.waktu, [_told(one) for one in procedure.branches(row)])


def _told(branch: book.Branch) -> str:
    to = "selesai" if branch.to is None else f"langkah {branch.to}"
    return f"{branch.label}: {to}" if branch.label else to


def _assigned(diagram: bpmn.Diagram, bidang: str) -> bpmn.Diagram:
    """The diagram with its procedure in a bidang of the office."""
    if bidang not in office().engine.roles.bidang:
        return diagram
    first, *others = diagram.processes
    first = replace(first, properties={**first.properties, "bidang": bidang})
    return replace(diagram, processes=(first, *others))


def _known(engine: Engine, connection: Connection, who: Actor, process_id: str) -> str | None:
    """The name of a published procedure."""
    try:
        row: Any = newest_bundle(connection, process_id)
    except errors.NotFound:
        return None
    return engine.bundles.get(connection, row.bundle_key).process.name or process_id


def _file(body: bytes, kind: str, name: str, disposition: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers.set("Content-Disposition", disposition, filename=name)
    return response
