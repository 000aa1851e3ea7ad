"""Pegawai dari lembar kerja: a spreadsheet is sent, what it would change is shown, and exactly that is applied."""

from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import errors
from server.gate import status_of
from server.personnel import career, employee_upload
from server.personnel.career_kinds import JENIS
from server.personnel.employee_sheet import MOST, template
from server.personnel.employee_upload import Fate, Uploaded
from server.web import fields, guard
from server.web.employees import told
from server.web.office import actor, ask, do
from server.web.pages import pages
from server.web.personnel import SECTION
from server.web.sop import XLSX

SHOWN: Final = 200
"""Rows of each kind that the page shows one by one."""
FACTS: Final = {
    "jabatan": "Jabatan",
    "unit": "Unit kerja",
    "mulai_kerja": "Mulai kerja",
    "tanggal_lahir": "Tanggal lahir",
}
Answer = Response | str | tuple[str, int]
guard.LIMITS["web.upload_employees"] = 6 * 2**20


class NoSheet(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Pilih lembar kerjanya dahulu, berkas .xlsx.")


# --- one


@pages.get("/kepegawaian/pegawai-lembar")
def employee_upload_form() -> str:
    """Where a spreadsheet is chosen."""
    career.must_keep(actor())
    return _form()


@pages.get("/kepegawaian/pegawai-lembar/contoh.xlsx")
def empty_employee_sheet() -> Response:
    """To be filled in."""
    career.must_keep(actor())
    response = Response(template(), content_type=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename="pegawai.xlsx")
    return response


@pages.get("/kepegawaian/pegawai-lembar/<document>")
def employee_upload_preview(document: str) -> str:
    """What it would change now."""
    return _preview(ask(employee_upload.preview, document))


# --- act


@pages.post("/kepegawaian/pegawai-lembar")
def upload_employees() -> Answer:
    """Keeps the sheet for a while, and leads to what it would change."""
    career.must_keep(actor())
    sent = request.files.get("berkas")
    try:
        if sent is None or not sent.filename:
            raise NoSheet
        found = do(employee_upload.upload, sent.read(), sent.filename)
    except errors.Invalid as refusal:
        return _form(refusal), status_of(refusal)
    return redirect(url_for("web.employee_upload_preview", document=found.document), HTTPStatus.SEE_OTHER)


@pages.post("/kepegawaian/pegawai-lembar/<document>")
def apply_employees(document: str) -> Answer:
    """Does what was shown."""
    try:
        do(employee_upload.apply, document, fields.text("sidik"))
    except errors.Conflict as refusal:
        return _preview(ask(employee_upload.preview, document), refusal.message), status_of(refusal)
    return redirect(url_for("web.employees", kabar="pegawai-diunggah"), HTTPStatus.SEE_OTHER)


def _form(refusal: errors.Invalid | None = None) -> str:
    return render_template(
        "employee_upload.html",
        section=SECTION,
        most=MOST,
        message=refusal.message if refusal else None,
    )


def _preview(found: Uploaded, message: str | None = None) -> str:
    return render_template(
        "employee_preview.html",
        section=SECTION,
        document=found.document,
        plan=found.plan,
        new=found.plan.of(Fate.NEW),
        changed=found.plan.of(Fate.CHANGED),
        same=len(found.plan.of(Fate.SAME)),
        most=SHOWN,
        facts=FACTS,
        kinds=JENIS,
        told=told,
        message=message,
    )
