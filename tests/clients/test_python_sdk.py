"""camunda-orchestration-sdk (PyPI) in every step of a case; its models parse each answer."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaAsyncClient, CamundaClient
from camunda_orchestration_sdk import models as m
from camunda_orchestration_sdk.errors import ApiError
from camunda_orchestration_sdk.runtime.job_worker import JobError, JobFailure, WorkerConfig
from camunda_orchestration_sdk.types import File

from tests.clients.conftest import USERNAME, Site, basic

pytestmark = pytest.mark.slow

PATIENCE = 60
MANY = 6
SEARCHES = (
    "search_correlated_message_subscriptions",
    "search_decision_definitions",
    "search_decision_instances",
    "search_decision_requirements",
    "search_element_instances",
    "search_groups",
    "search_incidents",
    "search_jobs",
    "search_message_subscriptions",
    "search_process_definitions",
    "search_process_instances",
    "search_resources",
    "search_roles",
    "search_user_tasks",
    "search_users",
    "search_variables",
)


def client_of(site: Site, login: dict[str, str]) -> CamundaClient:
    address = {"CAMUNDA_REST_ADDRESS": f"{site.address}/v2"}
    known = {name: text for name, text in login.items() if name.startswith("CAMUNDA_")}
    return CamundaClient(configuration={**address, **known})  # type: ignore[typeddict-item]


@pytest.fixture
def client(site: Site) -> CamundaClient:
    return client_of(site, basic(site))


def awaited(search: Callable[[], Any]) -> Any:
    """The first item that the search finds, in time."""
    deadline = time.monotonic() + PATIENCE
    while not (items := search().items):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return items[0]


def start(client: CamundaClient, number: str) -> str:
    """A new case of `tagihan`."""
    variables = {"nomor": number, "jumlah": 120}
    body = {"processDefinitionId": "tagihan", "variables": variables}
    return client.create_process_instance(data=m.ProcessCreationById.from_dict(body)).process_instance_key


def task_of(client: CamundaClient, case: str, element: str) -> Any:
    """The open task of a case at an element."""
    filter_ = {"processInstanceKey": case, "elementId": element, "state": "CREATED"}
    query = m.UserTaskSearchQuery.from_dict({"filter": filter_})
    return awaited(lambda: client.search_user_tasks(data=query))


def test_a_case_goes_its_whole_way(site: Site, login: dict[str, str]) -> None:
    client = client_of(site, login)
    deployed = client.deploy_resources_from_files(site.files)  # type: ignore[arg-type]
    assert [each.process_definition_id for each in deployed.processes] == ["tagihan"]
    assert [each.decision_definition_id for each in deployed.decisions] == ["potongan"]
    number = f"PY-{deployed.deployment_key}"
    case = start(client, number)

    task = task_of(client, case, "periksa")
    assert task.candidate_groups == ["pns"]
    assert "catatan" in client.get_user_task_form(task.user_task_key).schema
    client.assign_user_task(
        task.user_task_key, data=m.UserTaskAssignmentRequest.from_dict({"assignee": USERNAME})
    )
    changes = {"changeset": {"priority": 80, "dueDate": "2030-01-02T03:04:05Z"}}
    client.update_user_task(task.user_task_key, data=m.UserTaskUpdateRequest.from_dict(changes))
    again = client.get_user_task(task.user_task_key)
    assert (again.assignee, again.priority) == (USERNAME, 80)
    answer = {"variables": {"catatan": "cocok"}}
    client.complete_user_task(task.user_task_key, data=m.UserTaskCompletionRequest.from_dict(answer))

    waiting = m.MessageSubscriptionSearchQuery.from_dict({"filter": {"processInstanceKey": case}})
    assert awaited(lambda: client.search_message_subscriptions(data=waiting)).correlation_key == number
    paid = {"name": "bayar", "correlationKey": number, "variables": {"dibayar": 108}, "timeToLive": 1000}
    assert client.publish_message(data=m.MessagePublicationRequest.from_dict(paid)).message_key

    incident = awaited(lambda: client.search_process_instance_incidents(case))
    assert incident.element_id == "tenggang"
    client.create_element_instance_variables(
        case, data=m.SetVariableRequest.from_dict({"variables": {"lunas": True}})
    )
    client.resolve_incident(incident.incident_key)
    last = task_of(client, case, "arsip")
    client.complete_user_task(
        last.user_task_key, data=m.UserTaskCompletionRequest.from_dict({"variables": {}})
    )

    over = client.get_process_instance(case)
    assert (over.state, over.has_incident) == (m.ProcessInstanceStateEnum.COMPLETED, False)
    flows = client.get_process_instance_sequence_flows(case).items
    assert {flow.element_id for flow in flows} >= {"start_hitung", "putusan_arsip", "arsip_end"}
    counts = {each.element_id: each for each in client.get_process_instance_statistics(case).items}
    assert (counts["periksa"].completed, counts["tenggang"].incidents) == (1, 0)
    values = client.search_variables(
        data=m.VariableSearchQuery.from_dict({"filter": {"processInstanceKey": case}})
    ).items
    assert {each.name: each.value for each in values}["potongan"] == "10"


def test_a_decision_is_evaluated(site: Site, client: CamundaClient) -> None:
    client.deploy_resources_from_files(site.files)  # type: ignore[arg-type]
    asked = {"decisionDefinitionId": "potongan", "variables": {"jumlah": 99}}
    found = client.evaluate_decision(data=m.DecisionEvaluationByID.from_dict(asked))
    assert (found.output, found.failure_message) == ("0", None)
    assert found.evaluated_decisions[0].matched_rules[0].rule_id == "kecil"


def test_a_case_is_suspended_resumed_and_cancelled(site: Site, client: CamundaClient) -> None:
    client.deploy_resources_from_files(site.files)  # type: ignore[arg-type]
    case = start(client, "PY-batal")
    client.suspend_process_instance(case, data=m.SuspendProcessInstanceRequest())
    assert client.get_process_instance(case).suspended_date is not None
    client.resume_process_instance(case, data=m.ResumeProcessInstanceRequest())
    client.cancel_process_instance(case, data=m.CancelProcessInstanceRequest())
    assert client.get_process_instance(case).state == m.ProcessInstanceStateEnum.TERMINATED
    (made,) = client.search_decision_instances(
        data=m.DecisionInstanceSearchQuery.from_dict({"filter": {"processInstanceKey": case}})
    ).items
    whole = client.get_decision_instance(made.decision_evaluation_instance_key)
    assert whole.matched_rules[0].rule_id == "besar"


@pytest.mark.parametrize("search", SEARCHES)
def test_every_search_is_understood(client: CamundaClient, search: str) -> None:
    found = getattr(client, search)()
    assert len(found.items) == min(found.page.total_items, 100)


def test_what_was_published_is_read_again(site: Site, client: CamundaClient) -> None:
    deployed = client.deploy_resources_from_files(site.files)  # type: ignore[arg-type]
    process, form = deployed.processes[0], deployed.forms[0]
    xml = client.get_process_definition_xml(process.process_definition_key)
    assert xml.encode() == (site.folder / "tagihan.bpmn").read_bytes()
    assert client.get_form_by_key(form.form_key).form_id == "periksa_tagihan"
    assert client.get_resource(process.process_definition_key).resource_name == "tagihan.bpmn"


def test_a_document_is_attached_read_and_taken_back(client: CamundaClient) -> None:
    file = File(payload=BytesIO(b"%PDF-1.7 surat"), file_name="surat.pdf", mime_type="application/pdf")
    said = m.DocumentMetadata.from_dict({"customProperties": {"jenis": "surat"}})
    kept = client.create_document(data=m.CreateDocumentData(file=file, metadata=said))
    assert (kept.metadata.file_name, kept.metadata.size) == ("surat.pdf", 14)
    found = client.get_document(kept.document_id, content_hash=kept.content_hash or "")
    assert found.payload.read() == b"%PDF-1.7 surat"
    client.delete_document(kept.document_id)
    with pytest.raises(ApiError):
        client.get_document(kept.document_id)


def test_the_installation_introduces_itself(client: CamundaClient) -> None:
    assert client.get_topology().cluster_size == 1
    assert client.get_license().valid_license
    assert client.get_authentication().username == USERNAME
    client.get_status()


def test_a_refusal_is_a_problem_that_the_client_knows(client: CamundaClient) -> None:
    with pytest.raises(ApiError) as refused:
        client.get_process_instance("1")
    assert refused.value.status_code == 404


def test_its_job_worker_does_the_work_of_service_tasks(site: Site, client: CamundaClient) -> None:
    deployed = client.deploy_resources_from_files([str(site.folder / "kirim.bpmn")])  # type: ignore[arg-type]
    cases: dict[str, str] = {}
    seen: list[str] = []

    async def send(job: Any) -> Any:
        word = job.variables.to_dict()["kata"]
        seen.append(word)
        if word == "tolak":
            raise JobError("DITOLAK", "tidak sah")
        if word == "ulangi" and seen.count(word) == 1:
            raise JobFailure("coba lagi", retries=2, retry_back_off=0)
        return {"resi": f"R-{word}", "tujuan": job.custom_headers.to_dict()["tujuan"]}

    async def work() -> None:
        address = {"CAMUNDA_REST_ADDRESS": f"{site.address}/v2", **basic(site)}
        async with CamundaAsyncClient(configuration=address) as program:  # type: ignore[arg-type]
            config = WorkerConfig(
                job_type="uji.kirim", job_timeout_milliseconds=30_000, request_timeout_milliseconds=20_000
            )
            worker = program.create_job_worker(config, send)
            for word in ("beres", "ulangi", "tolak"):  # which come while the worker waits
                cases[word] = await asyncio.to_thread(start_sending, client, word)
            for word, element in {"beres": "arsip", "ulangi": "arsip", "tolak": "ditolak"}.items():
                await asyncio.to_thread(task_of, client, cases[word], element)
            worker.stop()

    asyncio.run(asyncio.wait_for(work(), PATIENCE))
    assert deployed.processes[0].process_definition_id == "kirim"
    assert sorted(seen) == ["beres", "tolak", "ulangi", "ulangi"]


def test_who_waits_for_jobs_is_handed_them_as_they_come_and_keeps_nobody_else_waiting(
    site: Site, client: CamundaClient
) -> None:
    client.deploy_resources_from_files([str(site.folder / "kirim.bpmn")])  # type: ignore[arg-type]
    asked = {"type": "uji.kirim", "timeout": 60_000, "maxJobsToActivate": 1}
    enough = threading.Event()

    def work(patience: int) -> list[Any]:
        request = m.JobActivationRequest.from_dict({**asked, "requestTimeout": patience})
        while not (jobs := client.activate_jobs(data=request).jobs) and not enough.is_set():
            pass
        return jobs

    enough.set()
    assert work(-1) == []
    enough.clear()
    with ThreadPoolExecutor(MANY) as pool:
        workers = [pool.submit(work, 30_000) for _ in range(MANY)]
        assert client.get_topology().gateway_version
        assert not any(each.done() for each in workers)
        for _ in range(MANY):
            start_sending(client, "beres")
        taken = [each.result(PATIENCE)[0].job_key for each in workers]
    assert len(set(taken)) == MANY


def start_sending(client: CamundaClient, word: str) -> str:
    body = {"processDefinitionId": "kirim", "variables": {"kata": word}}
    return client.create_process_instance(data=m.ProcessCreationById.from_dict(body)).process_instance_key
