"""Lampiran: files that people add to a task, to a case or to a field of a form; taken as what their bytes are, given out as
attachments only.

A form without script sends several files at once; a script sends them one by one, and asks for JSON.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from server import errors, files
from server.engine import documents, search
from server.engine.documents import NewDocument
from server.engine.references import reference_of
from server.engine.search import PROCESS_INSTANCES, USER_TASKS
from server.web import cases, guard, tasks
from server.web.office import ask, do, office
from server.web.pages import pages
from server.web.papers import papers_of
from server.web.problems import wants_json

FIELD: Final = "berkas"
LONGEST_NAME: Final = 255
TOGETHER: Final = 50 * 2**20
"""Bytes that one form may bring."""
SAFE: Final = frozenset(kind.content_type for kind in files.KINDS.values())

guard.LIMITS.update(
    dict.fromkeys(("web.attach_to_task", "web.attach_to_case", "web.attach_to_form"), TOGETHER)
)


class NoFile(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Pilih dahulu berkas yang akan dilampirkan.")


class TooLarge(errors.Invalid):
    """A file of more bytes than one may have."""

    def __init__(self, name: str) -> None:
        limit = files.LARGEST // 2**20
        super().__init__(f"Berkas “{name}” lebih besar dari {limit} MB. Perkecil, lalu lampirkan lagi.")


@pages.get("/tugas/<key:task>/lampiran")
def papers_of_task(task: int) -> str:
    """The list of the papers, as a part of the task's page."""
    return _list(ask(search.find, USER_TASKS, task)["process_instance_key"])


@pages.get("/perkara/<key:case>/lampiran")
def papers_of_case(case: int) -> str:
    """The same of the case's page."""
    return _list(ask(search.find, PROCESS_INSTANCES, case)["process_instance_key"])


@pages.get("/lampiran/<document:document>")
def document(document: str) -> Response:
    """The bytes of an attachment, never to be shown by the browser within our pages."""
    found = ask(documents.find, document)
    kind = found["content_type"] if found["content_type"] in SAFE else "application/octet-stream"
    answer = Response(files.pieces(office().gate.ask, found["sha256"]), content_type=kind)
    answer.content_length = found["size"]
    answer.headers.set("Content-Disposition", "attachment", filename=found["name"])
    return answer


@pages.post("/tugas/<key:task>/lampiran")
def attach_to_task(task: int) -> AnyResponse | tuple[str, int]:
    """Adds files to an open task's case."""
    ask(search.find, USER_TASKS, task)
    page = url_for("web.task", task=task, kabar="dilampirkan")
    return _attached(NewDocument("", b"", user_task_key=task), partial(tasks.shown, task), page)


@pages.post("/perkara/<key:case>/lampiran")
def attach_to_case(case: int) -> AnyResponse | tuple[str, int]:
    """Adds files to a case under way."""
    ask(search.find, PROCESS_INSTANCES, case)
    page = url_for("web.case", case=case, kabar="dilampirkan")
    return _attached(NewDocument("", b"", process_instance_key=case), partial(cases.shown, case), page)


@pages.post("/lampiran")
def attach_to_form() -> AnyResponse:
    """Keeps a file for a field of a form, which is to bring its reference; one that no form brings is dropped after a day."""
    (file,) = _sent()[:1]
    return jsonify(reference_of(do(documents.attach, _read(file, NewDocument("", b"")))))


@pages.post("/lampiran/<document:document>/hapus")
def remove_document(document: str) -> AnyResponse:
    """Takes an attachment out again."""
    do(documents.remove, document)
    back = request.form.get("kembali", "")
    onwards = (
        back if back.startswith(("/tugas/", "/perkara/")) and back.isprintable() else url_for("web.inbox")
    )
    return redirect(f"{onwards}?kabar=dihapus", HTTPStatus.SEE_OTHER)


def _list(case: int) -> str:
    return render_template("_papers.html", papers=ask(papers_of, case), back=request.path.rpartition("/")[0])


def _attached(
    place: NewDocument, shown: Callable[[tasks.Again], str], page: str
) -> AnyResponse | tuple[str, int]:
    """Attaches each of the files by itself. `shown`: the page as it says why some were refused; `page`: where to go where none was."""
    refused = []
    for file in _sent():
        try:
            do(documents.attach, _read(file, place))
        except errors.Invalid as refusal:
            refused.append(refusal.message)
    if wants_json():
        return _told(refused)
    if refused:
        return shown(tasks.Again(refused=refused)), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(page, HTTPStatus.SEE_OTHER)


def _sent() -> list[FileStorage]:
    """The files of the request. Raises NoFile."""
    found = [each for each in request.files.getlist(FIELD) if each.filename]
    if not found:
        raise NoFile
    return found


def _read(file: FileStorage, place: NewDocument) -> NewDocument:
    """Raises TooLarge, files.NotAllowed."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    body = file.read(files.LARGEST + 1)
    if len(body) > files.LARGEST:
        raise TooLarge(name)
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise files.NotAllowed(name[:50], "namanya kosong, terlalu panjang, atau berisi tanda kendali")
    return replace(place, name=name, body=body)


def _told(refused: list[str]) -> Response:
    answer: Any = jsonify(message=" ".join(refused))
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.CREATED
    return answer
