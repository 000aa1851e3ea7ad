"""Employees out of a spreadsheet: sent, read again, and applied as it was shown. For who keeps the files."""

from http import HTTPStatus
from typing import Any, Final

from flask import request
from marshmallow import validate

from server.api.blueprint import Blueprint
from server.api.calendar import Day
from server.api.office import ask, do
from server.api.problems import Refusal
from server.api.schemas import Flag, Key, Listed, Object_, Schema, Text, Whole, Within
from server.api.sop import UPLOAD
from server.personnel import employee_upload
from server.personnel.employee_upload import Fate, Plan, Planned, Uploaded

uploads = Blueprint(
    "employee uploads",
    __name__,
    url_prefix="/api/employee-uploads",
    description="Employees out of a spreadsheet.",
)
DIGEST: Final = validate.Regexp(r"[0-9a-f]{64}$", error="harus berupa sidik dari pratinjaunya")


# --- schema


class ChangedFact(Schema):
    """A fact of an employee; null where nothing was known."""

    name = Text(required=True)
    was = Text(required=True, allow_none=True)
    becomes = Text(required=True, allow_none=True)


class SheetEntry(Schema):
    """An entry that a file gains. `replaces`: the one that it corrects."""

    jenis = Text(required=True)
    tmt = Day(required=True)
    isi = Object_(required=True)
    replaces = Key(required=True, allow_none=True, attribute="corrects")


class SheetRow(Schema):
    """`fate`: new (baru), changed (berubah) or unchanged (sama); `newPerson`: somebody who is not known here yet."""

    line = Whole(required=True)
    username = Text(required=True)
    nama = Text(required=True)
    fate = Text(required=True, validate=validate.OneOf([*Fate]))
    facts = Listed(Within(ChangedFact), required=True)
    entries = Listed(Within(SheetEntry), required=True)
    new_person = Flag(required=True, attribute="person")


class RefusedCell(Schema):
    """`where`: row and column."""

    where = Text(required=True, allow_none=True)
    message = Text(required=True)


class EmployeeUpload(Schema):
    """What a sheet would change now. `digest` names exactly that; the refused rows stay out."""

    upload_id = Text(required=True)
    digest = Text(required=True)
    items = Listed(Within(SheetRow), required=True)
    refused = Listed(Within(RefusedCell), required=True)


class ApplyBody(Schema):
    digest = Text(required=True, validate=DIGEST)


class AppliedUpload(Schema):
    """How many files were opened, and how many changed."""

    new = Whole(required=True)
    changed = Whole(required=True)


# --- one


@uploads.get("/<upload_id>")
@uploads.response(200, EmployeeUpload)
def get_employee_upload(upload_id: str) -> dict[str, Any]:
    """What a sheet of one's own would change now; it waits for two hours."""
    return _shown(ask(employee_upload.preview, upload_id))


# --- act


@uploads.post("")
@uploads.doc(requestBody=UPLOAD)
@uploads.response(200, EmployeeUpload)
def upload_employees() -> dict[str, Any]:
    """Send a spreadsheet (part `file`, .xlsx); nothing is changed yet."""
    if request.mimetype != "multipart/form-data" or "file" not in request.files:
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "Kirim lembar kerja .xlsx sebagai multipart/form-data, bagian “file”.",
        )
    sent = request.files["file"]
    return _shown(do(employee_upload.upload, sent.read(), sent.filename or "pegawai.xlsx"))


@uploads.post("/<upload_id>/application")
@uploads.arguments(ApplyBody)
@uploads.response(200, AppliedUpload)
def apply_employee_upload(body: dict[str, Any], upload_id: str) -> dict[str, Any]:
    """Apply what was shown under a digest; a conflict where the files have changed since."""
    done: Plan = do(employee_upload.apply, upload_id, body["digest"])
    return {"new": len(done.of(Fate.NEW)), "changed": len(done.of(Fate.CHANGED))}


def _shown(found: Uploaded) -> dict[str, Any]:
    plan = found.plan
    return {
        "upload_id": found.document,
        "digest": plan.digest,
        "items": [_row(each) for each in plan.rows],
        "refused": list(plan.refused),
    }


def _row(each: Planned) -> dict[str, Any]:
    facts = [
        {"name": name, "was": _text(was), "becomes": _text(now)} for name, (was, now) in each.facts.items()
    ]
    return {**vars(each), "fate": each.fate.value, "facts": facts}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
