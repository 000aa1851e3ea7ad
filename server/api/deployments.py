"""Deployments: diagrams, tables and forms are published together, all or none."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from flask import request

from server import engine, errors
from server.api.blueprint import Blueprint
from server.api.office import do, office
from server.api.problems import Refusal
from server.api.schemas import Key, Listed, Schema, Text, Unusable, Whole, Within, tenant
from server.engine import Published
from server.engine.tables import Kind
from server.engine.trial import FILE_LIMIT

UPLOAD_LIMIT: Final = 50 * 2**20
LONGEST_NAME: Final = 255

deployments = Blueprint("deployments", __name__, url_prefix="/v2/deployments", description="Publishing.")


# --- schema


class DeployedProcess(Schema):
    process_definition_id = Text(required=True)
    process_definition_version = Whole(required=True)
    process_definition_key = Key(required=True)
    resource_name = Text(required=True)
    tenant_id = tenant()


class DeployedDecision(Schema):
    decision_definition_id = Text(required=True)
    decision_definition_key = Key(required=True)
    name = Text(required=True)
    version = Whole(required=True)
    decision_requirements_id = Text(required=True)
    decision_requirements_key = Key(required=True)
    tenant_id = tenant()


class DeployedRequirements(Schema):
    decision_requirements_id = Text(required=True)
    decision_requirements_name = Text(required=True)
    decision_requirements_key = Key(required=True)
    version = Whole(required=True)
    resource_name = Text(required=True)
    tenant_id = tenant()


class DeployedForm(Schema):
    form_id = Text(required=True)
    form_key = Key(required=True)
    version = Whole(required=True)
    resource_name = Text(required=True)
    tenant_id = tenant()


class DeployedResource(Schema):
    resource_id = Text(required=True)
    resource_key = Key(required=True)
    resource_name = Text(required=True)
    version = Whole(required=True)
    tenant_id = tenant()


class DeployedItem(Schema):
    """One of the five, the others null."""

    process_definition = Within(DeployedProcess, required=True, allow_none=True, dump_default=None)
    decision_definition = Within(DeployedDecision, required=True, allow_none=True, dump_default=None)
    decision_requirements = Within(DeployedRequirements, required=True, allow_none=True, dump_default=None)
    form = Within(DeployedForm, required=True, allow_none=True, dump_default=None)
    resource = Within(DeployedResource, required=True, allow_none=True, dump_default=None)


class VacantRole(Schema):
    """A role of the office that nobody holds today; `receiver`: the group that gets its tasks meanwhile."""

    group = Text(required=True)
    receiver = Text(required=True, allow_none=True)
    process_definition_ids = Listed(Text(), required=True)


class Deployment(Schema):
    """`vacantRoles` is this office's addition: whom the published processes need and do not have."""

    deployment_key = Key(required=True)
    deployments = Listed(Within(DeployedItem), required=True)
    vacant_roles = Listed(Within(VacantRole), required=True)
    tenant_id = tenant()


UPLOAD: Final = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["resources"],
                "properties": {
                    "resources": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "tenantId": {"type": "string"},
                },
            }
        }
    },
}


# --- act


@deployments.post("")
@deployments.doc(requestBody=UPLOAD)
@deployments.response(200, Deployment)
def create_deployment() -> dict[str, Any]:
    """Publish files (.bpmn, .dmn, .form); what is there already, byte for byte, keeps its version."""
    return told(do(engine.deploy, _sent_files(), office().examine))


def told(deployed: engine.Deployed) -> dict[str, Any]:
    """What a deployment has published."""
    vacant = (
        {
            "group": each.vacancy.group,
            "receiver": each.vacancy.receiver,
            "process_definition_ids": each.process_ids,
        }
        for each in deployed.vacant
    )
    return {
        "deployment_key": deployed.key,
        "deployments": list(_items(deployed.definitions)),
        "vacant_roles": list(vacant),
    }


def _sent_files() -> dict[str, bytes]:
    """The files by name. Raises Unusable, and Refusal for one that is too large."""
    if request.mimetype != "multipart/form-data":
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Kirim berkas sebagai multipart/form-data, bagian “resources”."
        )
    sent = request.files.getlist("resources")
    names = [file.filename or "" for file in sent]
    problems = [*_name_problems(names)]
    if problems:
        raise Unusable(tuple(problems))
    files = {name: file.read(FILE_LIMIT + 1) for name, file in zip(names, sent, strict=True)}
    for name, body in files.items():
        if len(body) > FILE_LIMIT:
            limit = f"{FILE_LIMIT // 2**20} MiB"
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Berkas “{name}” lebih besar dari {limit}.")
    return files


def _name_problems(names: list[str]) -> Iterator[errors.Problem]:
    for name in dict.fromkeys(names):
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            yield errors.Problem(
                "nama berkas kosong, terlalu panjang, atau berisi tanda kendali", "resources"
            )
        elif names.count(name) > 1:
            yield errors.Problem("nama berkas ini dikirim lebih dari sekali", name)


def _items(definitions: tuple[Published, ...]) -> Iterator[dict[str, Any]]:
    """One item a definition."""
    files = {each.resource_key: each for each in definitions if each.kind == Kind.REQUIREMENTS}
    for each in definitions:
        yield {_MEMBER[each.kind]: _shown(each, files.get(each.resource_key, each))}


_MEMBER: Final = {
    Kind.PROCESS: "process_definition",
    Kind.DECISION: "decision_definition",
    Kind.REQUIREMENTS: "decision_requirements",
    Kind.FORM: "form",
}


def _shown(each: Published, requirements: Published) -> dict[str, Any]:
    """A definition under all the names that the members of an item give it, and the requirements that it belongs to."""
    return {
        "process_definition_id": each.id,
        "process_definition_key": each.key,
        "process_definition_version": each.version,
        "decision_definition_id": each.id,
        "decision_definition_key": each.key,
        "decision_requirements_id": requirements.id,
        "decision_requirements_name": requirements.name,
        "decision_requirements_key": requirements.key,
        "form_id": each.id,
        "form_key": each.key,
        "name": each.name,
        "version": each.version,
        "resource_name": each.resource_name,
    }
