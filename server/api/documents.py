"""Documents: what people attach to cases. Content is checked by its bytes, and sent piece by piece."""

from http import HTTPStatus
from typing import Any, Final

from flask import Response, request
from marshmallow import EXCLUDE, validate
from werkzeug.datastructures import FileStorage

from server import errors, files
from server.api.blueprint import Blueprint, done
from server.api.bodies import parse
from server.api.office import ask, do, office
from server.api.problems import Refusal
from server.api.schemas import Instant, Key, Listed, Object_, Schema, Text, Unusable, Whole, Within, load
from server.engine import documents as attached
from server.engine.documents import NewDocument
from server.engine.references import STORE
from server.gate import status_of

BATCH_LIMIT: Final = 50 * 2**20
LONGEST_NAME: Final = 255
LONGEST_ID: Final = 100

documents = Blueprint("documents", __name__, url_prefix="/v2/documents", description="Attachments of cases.")


# --- schema


def _short(most: int, **kwargs: Any) -> Text:
    return Text(
        validate=validate.Length(1, most, error=f"harus diisi, paling panjang {most} huruf"), **kwargs
    )


class Metadata(Schema):
    """What a sender may say of a document. Its kind and size are what its bytes say."""

    class Meta:
        unknown = EXCLUDE

    file_name = _short(LONGEST_NAME, allow_none=True, load_default=None)
    expires_at = Instant(allow_none=True, load_default=None)
    process_definition_id = _short(LONGEST_NAME, allow_none=True, load_default=None)
    process_instance_key = Key(allow_none=True, load_default=None)
    custom_properties = Object_(allow_none=True, load_default=None)


class ShownMetadata(Schema):
    content_type = Text(required=True)
    file_name = Text(required=True, attribute="name")
    size = Whole(required=True)
    expires_at = Instant(required=True, allow_none=True)
    process_definition_id = Text(required=True, allow_none=True, attribute="process_id")
    process_instance_key = Key(required=True, allow_none=True)
    custom_properties = Object_(required=True, attribute="properties")


class DocumentReference(Schema):
    """What stands for a document in the data of a case."""

    type = Text(required=True, data_key="camunda.document.type")
    store_id = Text(required=True)
    document_id = Text(required=True)
    content_hash = Text(required=True, allow_none=True)
    metadata = Within(ShownMetadata, required=True)


class Failed(Schema):
    file_name = Text(required=True)
    status = Whole(required=True)
    title = Text(required=True)
    detail = Text(required=True)


class Batch(Schema):
    created_documents = Listed(Within(DocumentReference), required=True)
    failed_documents = Listed(Within(Failed), required=True)


class Place(Schema):
    """`storeId`: there is one store."""

    store_id = _short(LONGEST_ID, load_default=STORE)


class NewPlace(Place):
    document_id = Text(
        load_default=None,
        validate=validate.Regexp(
            rf"^[A-Za-z0-9_-][A-Za-z0-9._-]{{0,{LONGEST_ID - 1}}}$",
            error=f"hanya huruf, angka dan ._- , paling banyak {LONGEST_ID}",
        ),
    )


class Wanted(Place):
    """`contentHash`: the SHA-256 that the content must have."""

    content_hash = Text(load_default=None)


def _form(file: dict[str, Any], said: str, metadata: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": [said], "properties": {said: file} | metadata}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


BYTES: Final = {"type": "string", "format": "binary"}
ONE: Final = _form(BYTES, "file", {"metadata": {"type": "object"}})
MANY: Final = _form(
    {"type": "array", "items": BYTES},
    "files",
    {"metadataList": {"type": "array", "items": {"type": "object"}}},
)


# --- one


@documents.get("/<document_id>")
@documents.arguments(Wanted, location="query")
@documents.response(200, BYTES, content_type="application/octet-stream")
def get_document(wanted: dict[str, Any], document_id: str) -> Response:
    """The bytes of a document."""
    _only_store(wanted)
    found = ask(attached.find, document_id)
    if wanted["content_hash"] not in (None, found["sha256"]):
        raise Unusable((errors.Problem("bukan sidik isi dokumen ini", "contentHash"),))
    answer = Response(
        files.pieces(office().gate.ask, found["sha256"]), content_type="application/octet-stream"
    )
    answer.content_length = found["size"]
    answer.headers.set("Content-Disposition", "attachment", filename=found["name"])
    return answer


# --- act


@documents.post("")
@documents.doc(requestBody=ONE)
@documents.arguments(NewPlace, location="query")
@documents.response(201, DocumentReference)
def create_document(place: dict[str, Any]) -> dict[str, Any]:
    """Attach a document."""
    _only_store(place)
    (file,) = _parts("file", most=1)
    return _attached(file, _said(_fields("metadata"), 1)[0], place["document_id"])


@documents.post("/batch")
@documents.doc(requestBody=MANY)
@documents.arguments(Place, location="query")
@documents.response(201, Batch)
@documents.alt_response(207, schema=Batch, description="Some could not be kept.", success=True)
def create_documents(place: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Attach several documents, each by itself."""
    _only_store(place)
    parts = _parts("files")
    kept, failed = [], []
    for file, said in zip(parts, _said(_fields("metadataList"), len(parts)), strict=True):
        try:
            kept.append(_attached(file, said, None))
        except (errors.OfficeError, Refusal) as fault:
            failed.append(_failure(said["file_name"] or file.filename or "", fault))
    status = HTTPStatus.MULTI_STATUS if failed else HTTPStatus.CREATED
    return {"created_documents": kept, "failed_documents": failed}, status


@documents.delete("/<document_id>")
@documents.arguments(Place, location="query")
@documents.response(204)
def delete_document(place: dict[str, Any], document_id: str) -> Response:
    """Take back a document that no case has."""
    _only_store(place)
    do(attached.drop, document_id)
    return done()


# --- what was sent


def _only_store(place: dict[str, Any]) -> None:
    if place["store_id"] != STORE:
        raise Unusable((errors.Problem(f"hanya ada satu penyimpanan: {STORE}", "storeId"),))


def _parts(name: str, most: int | None = None) -> list[FileStorage]:
    """The files of the request. Raises Unusable, Refusal."""
    if request.mimetype != "multipart/form-data":
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Kirim berkas sebagai multipart/form-data, bagian “{name}”."
        )
    found = request.files.getlist(name)
    if not found or (most is not None and len(found) > most):
        raise Unusable((errors.Problem("sertakan satu berkas" if most else "sertakan berkasnya", name),))
    return found


def _fields(name: str) -> list[Any]:
    """The JSON of the parts of this name, with a file's name or without; a part may hold a list."""
    texts = [each.encode() for each in request.form.getlist(name)]
    texts += [each.read() for each in request.files.getlist(name)]
    values = [parse(text) for text in texts]
    return [inner for value in values for inner in (value if isinstance(value, list) else [value])]


def _said(values: list[Any], expected: int) -> list[dict[str, Any]]:
    """What was said of each file. Raises Unusable."""
    if not values:
        values = [{}] * expected
    if len(values) != expected:
        raise Unusable((errors.Problem("harus satu untuk setiap berkas", "metadataList"),))
    schema = Metadata()
    return [load(schema, value) for value in values]


def _attached(file: FileStorage, said: dict[str, Any], document_id: str | None) -> dict[str, Any]:
    name = said["file_name"] or file.filename or ""
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Unusable(
            (errors.Problem("nama berkas kosong, terlalu panjang, atau berisi tanda kendali", "file"),)
        )
    body = file.read(files.LARGEST + 1)
    if len(body) > files.LARGEST:
        limit = f"{files.LARGEST // 2**20} MiB"
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Berkas “{name}” lebih besar dari {limit}.")
    new = NewDocument(
        name,
        body,
        document_id,
        said["expires_at"],
        said["process_definition_id"],
        said["process_instance_key"],
        said["custom_properties"],
    )
    row = do(attached.attach, new)
    return {
        "type": "camunda",
        "store_id": STORE,
        "document_id": row["id"],
        "content_hash": row["sha256"],
        "metadata": row,
    }


def _failure(name: str, fault: errors.OfficeError | Refusal) -> dict[str, Any]:
    status = fault.code or 500 if isinstance(fault, Refusal) else status_of(fault)
    detail = fault.description if isinstance(fault, Refusal) else fault.message
    return {"file_name": name, "status": int(status), "title": HTTPStatus(status).phrase, "detail": detail}
