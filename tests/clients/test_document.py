"""schemathesis takes the OpenAPI document at its word: what it allows to send never breaks the server, and every answer is as
it says.
"""

from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.clients.conftest import USERNAME, Site
from tests.clients.procedure import FILES

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BROKEN = {500, 502, 504}
SEARCHED = {
    "process_definition_key": "process-definitions",
    "process_instance_key": "process-instances",
    "element_instance_key": "element-instances",
    "user_task_key": "user-tasks",
    "variable_key": "variables",
    "decision_definition_key": "decision-definitions",
    "decision_requirements_key": "decision-requirements",
    "resource_key": "resources",
}
"""What a parameter of a path is the key of."""


@pytest.mark.slow
def test_no_request_breaks_the_server_and_every_answer_is_as_described(site: Site) -> None:
    hold_to_the_document(site, 4)


@pytest.mark.very_slow
def test_many_requests_break_nothing(site: Site) -> None:
    hold_to_the_document(site, 100)


def hold_to_the_document(site: Site, examples: int) -> None:
    """Calls every route with so many generated requests, some of them about what is there."""
    caller = requests.Session()
    caller.headers["Authorization"] = f"Bearer {site.token}"
    document = schemathesis.openapi.from_url(f"{site.address}/api/openapi.json", headers=caller.headers)
    known = what_is_there(site, caller)
    for operation in document.get_all_operations():
        try_out(site, operation.ok(), examples, caller, known)


def try_out(
    site: Site, operation: Any, examples: int, caller: requests.Session, known: dict[str, str]
) -> None:
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def send(case: Case, real: bool) -> None:
        for name in case.path_parameters or {}:
            if real and name in known:
                case.path_parameters[name] = known[name]
        answer = case.call(base_url=site.address, session=caller)
        assert answer.status_code not in BROKEN, f"{case.as_curl_command()}\n{answer.text}"
        case.validate_response(answer, checks=CHECKS)

    send()


def what_is_there(site: Site, caller: requests.Session) -> dict[str, str]:
    """A case and all that belongs to it, by the names that paths have for their keys."""

    def post(path: str, **sent: Any) -> Any:
        answer = caller.post(f"{site.address}/v2/{path}", **sent)
        assert answer.ok, answer.text
        return answer.json()

    post("deployments", files=[("resources", file) for file in FILES.items()])
    start = {"processDefinitionId": "tagihan", "variables": {"nomor": "OPENAPI", "jumlah": 1}}
    case = post("process-instances", json=start)["processInstanceKey"]
    known = {"username": USERNAME, "role_id": "pns", "group_id": "pns"}
    for name, listing in SEARCHED.items():
        newest = {"sort": [{"field": camel(name), "order": "DESC"}]} if listing == "process-instances" else {}
        known[name] = post(f"{listing}/search", json=newest)["items"][0][camel(name)]
    evaluated = post("decision-instances/search", json={"filter": {"processInstanceKey": case}})["items"][0]
    return known | {"evaluated": evaluated["decisionEvaluationInstanceKey"]}


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(map(str.capitalize, tail))
