"""Who reaches what, for every route there is: a stranger, a colleague of another field, the subject of a case, a holder of its task.

A route without a line in ROUTES fails here: whoever adds one says what it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from werkzeug.test import TestResponse

from server.api import PREFIXES
from server.db import load_json, read, write
from server.engine import tables
from tests.api.conftest import NOW, Caller, Office, form


class Of(Enum):
    """What a route is about."""

    EVERYBODY = "whoever is known may"
    ONE_CASE = "a case, or something of one, by its key"
    CASES = "a search among what cases consist of"
    RESULT = "what came of cases, by rules that other tests hold it to"
    FIGURES = "sums over the cases of the fields that one oversees, by rules that other tests hold them to"
    BOOK = "for who keeps a book of the office, by rules that other tests hold it to"
    OFFICE = "for who was given a permission"
    ANYBODY = "asks nobody who they are"


@dataclass(frozen=True)
class Line:
    of: Of
    body: Any = None


ONE, ALL, OFFICE = Line(Of.ONE_CASE), Line(Of.CASES), Line(Of.OFFICE)
OPEN = Line(Of.EVERYBODY)
FILES = Line(Of.OFFICE, "a form")
FREE_DAY = {"nama": "Hari uji", "jenis": "libur nasional"}
HOLDING = {"role": "pns", "fromDate": "2026-03-02"}
PROGRAM = {"name": "uji"}
MIGRATION = {"targetProcessDefinitionKey": "1"}
ACTING = {
    "username": "pns",
    "role": "sekretaris",
    "acting": "plh",
    "fromDate": "2026-03-02",
    "toDate": "2026-03-03",
}

ROUTES = {
    # what the office does is public inside it
    "api-docs.openapi_json": OPEN,
    "authentication.get_caller": OPEN,
    "blank stock.get_entries": OPEN,
    "blank stock.get_stock": OPEN,
    "calendar.get_hours": OPEN,
    "calendar.get_year": OPEN,
    "cluster.get_license": Line(Of.ANYBODY),
    "cluster.get_status": Line(Of.ANYBODY),
    "cluster.get_topology": OPEN,
    "decision definitions.evaluate_decision": OPEN,
    "decision definitions.get_decision_definition": OPEN,
    "decision definitions.get_decision_definition_xml": OPEN,
    "decision definitions.search_decision_definitions": OPEN,
    "decision requirements.get_decision_requirements": OPEN,
    "decision requirements.get_decision_requirements_xml": OPEN,
    "decision requirements.search_decision_requirements": OPEN,
    "documents.create_document": OPEN,
    "documents.create_documents": OPEN,
    "forms.get_form": OPEN,
    "groups.get_group": OPEN,
    "groups.search_groups": OPEN,
    "groups.search_users_for_group": OPEN,
    "notifications.get_notification": OPEN,
    "notifications.get_preferences": OPEN,
    "notifications.mark_all_read": OPEN,
    "notifications.mark_read": OPEN,
    "notifications.put_preferences": Line(Of.EVERYBODY, {"digestAt": "07:30", "channels": []}),
    "notifications.search_notifications": OPEN,
    "process definitions.get_process_definition": OPEN,
    "process definitions.get_process_definition_statistics": OPEN,
    "process definitions.get_process_definition_xml": OPEN,
    "process definitions.get_start_form": OPEN,
    "process definitions.search_process_definitions": OPEN,
    "process instances.create_process_instance": OPEN,
    "requirements.get_questions": OPEN,
    "requirements.list_requirements": OPEN,
    "resources.get_resource": OPEN,
    "resources.get_resource_content": OPEN,
    "resources.get_resource_content_binary": OPEN,
    "resources.search_resources": OPEN,
    "roles.get_role": OPEN,
    "roles.search_groups_for_role": OPEN,
    "roles.search_roles": OPEN,
    "roles.search_users_for_role": OPEN,
    "sop.get_catalogue": OPEN,
    "sop.get_sheet_page": OPEN,
    "sop.get_sheet_pdf": OPEN,
    "sop.get_sheet_workbook": OPEN,
    "users.get_user": OPEN,
    "users.search_users": OPEN,
    # a case and what belongs to it
    "cases.get_draft": ONE,
    "cases.put_draft": Line(Of.ONE_CASE, {"variables": {}}),
    "comments.comment_on_case": Line(Of.ONE_CASE, {"words": "uji"}),
    "comments.comment_on_task": Line(Of.ONE_CASE, {"words": "uji"}),
    "comments.search_comments": ONE,
    "cases.search_history": ONE,
    "decision instances.get_decision_instance": ONE,
    "element instances.get_element_instance": ONE,
    "element instances.search_element_instance_incidents": ONE,
    "element instances.set_variables": Line(Of.ONE_CASE, {"variables": {"x": 1}}),
    "incidents.get_incident": ONE,
    "incidents.resolve_incident": ONE,
    "modifications.modify_process_instance": Line(
        Of.ONE_CASE, {"activateInstructions": [{"elementId": "setujui"}]}
    ),
    "migrations.migrate_process_instance": Line(Of.ONE_CASE, MIGRATION),
    "migrations.undo_migration": ONE,
    "offices.name_reader": ONE,
    "offices.withdraw_reader": ONE,
    "process instances.cancel_process_instance": ONE,
    "process instances.get_call_hierarchy": ONE,
    "process instances.get_process_instance": ONE,
    "process instances.get_process_instance_statistics": ONE,
    "process instances.get_sequence_flows": ONE,
    "process instances.resume_process_instance": ONE,
    "process instances.search_process_instance_incidents": ONE,
    "process instances.suspend_process_instance": ONE,
    "user tasks.assign_user_task": Line(Of.ONE_CASE, {"assignee": "pns"}),
    "user tasks.complete_user_task": Line(Of.ONE_CASE, {"variables": {"catatan": "x"}}),
    "user tasks.get_user_task": ONE,
    "user tasks.get_user_task_form": ONE,
    "user tasks.search_effective_variables": ONE,
    "user tasks.search_user_task_variables": ONE,
    "user tasks.unassign_user_task": ONE,
    "user tasks.update_user_task": Line(Of.ONE_CASE, {"changeset": {"priority": 90}}),
    "variables.get_variable": ONE,
    # searches
    "decision instances.search_decision_instances": ALL,
    "element instances.search_element_instances": ALL,
    "incidents.search_incidents": ALL,
    "jobs.search_jobs": ALL,
    "message subscriptions.search_correlated_message_subscriptions": ALL,
    "message subscriptions.search_message_subscriptions": ALL,
    "process instances.search_process_instances": ALL,
    "user tasks.search_user_tasks": ALL,
    "variables.search_variables": ALL,
    # what came of cases
    "applications.get_application": Line(Of.RESULT),
    "documents.delete_document": Line(Of.RESULT),
    "documents.get_document": Line(Of.RESULT),
    "receipts.create_receipt": Line(Of.RESULT),
    "receipts.get_shortage_letter": Line(Of.RESULT),
    "receipts.get_tracking": Line(Of.RESULT),
    "discipline.get_discipline_case": Line(Of.RESULT),
    "discipline.get_discipline_cases": Line(Of.RESULT),
    "discipline.get_discipline_deadlines": Line(Of.RESULT),
    "discipline.note_appeal": Line(
        Of.RESULT, {"langkah": "tidak_puas", "kejadian": "keberatan", "tanggal": "2026-03-02"}
    ),
    "letters.cancel_letter": Line(Of.BOOK, {"alasan": "uji"}),
    "letters.dispose_letter": Line(Of.RESULT, {"kepada": ["sekretaris"], "instruksi": ["arsip"]}),
    "letters.enter_letter": Line(
        Of.BOOK, {"register": "surat_keluar", "tanggal": "2026-03-02", "pihak": "Camat", "hal": "Uji"}
    ),
    "letters.set_classification_codes": Line(
        Of.BOOK, {"items": [{"kode": "800.1", "nama": "Uji", "mulai": "2026-03-02"}]}
    ),
    "letters.set_letter_register": Line(
        Of.BOOK, {"nama": "Uji", "arah": "keluar", "pola": "{kode}/{urut}/{tahun}", "kode": "800"}
    ),
    "letters.get_classification_codes": OPEN,
    "letters.get_disposition_sheet": Line(Of.RESULT),
    "letters.get_letter": Line(Of.RESULT),
    "letters.get_letter_document": Line(Of.RESULT),
    "letters.get_letter_registers": OPEN,
    "letters.get_letters": Line(Of.RESULT),
    "monitoring.get_late_cases": Line(Of.FIGURES),
    "monitoring.get_months": Line(Of.FIGURES),
    "monitoring.get_outcomes": Line(Of.FIGURES),
    "monitoring.get_running": Line(Of.FIGURES),
    "monitoring.get_setbacks": Line(Of.FIGURES),
    "monitoring.get_steps": Line(Of.FIGURES),
    "monitoring.get_timeliness": Line(Of.FIGURES),
    "monitoring.get_workload": Line(Of.FIGURES),
    "leave.correct_leave": Line(Of.RESULT, {"terpakai": 1, "version": 0, "alasan": "uji"}),
    "leave.get_leave_balance": Line(Of.RESULT),
    "leave.get_leave_balances": Line(Of.RESULT),
    "leave.get_leave_requests": Line(Of.RESULT),
    "employees.add_employee": Line(Of.BOOK),
    "employees.add_employee_entry": Line(Of.BOOK),
    "employees.change_employee": Line(Of.BOOK),
    "employees.correct_employee_entry": Line(Of.BOOK),
    "employees.get_employee": Line(Of.BOOK),
    "employees.get_employee_entries": Line(Of.BOOK),
    "employees.get_employee_reminders": Line(Of.BOOK),
    "employees.get_employees": Line(Of.BOOK),
    "employees.strike_employee_entry": Line(Of.BOOK),
    "employee uploads.apply_employee_upload": Line(Of.BOOK),
    "employee uploads.get_employee_upload": Line(Of.BOOK),
    "employee uploads.upload_employees": Line(Of.BOOK),
    "reminders.get_reminders": Line(Of.BOOK),
    "reminders.start_due": Line(Of.BOOK),
    "seniority.get_seniority": Line(Of.BOOK),
    "blank requests.get_blank_requests": Line(Of.BOOK),
    "blank requests.get_kecamatan": Line(Of.BOOK),
    "blank requests.get_sharing": Line(Of.BOOK),
    "blank requests.put_proposal": Line(Of.BOOK),
    "blank stock.get_ledger": Line(Of.BOOK),
    "blank stock.get_standing": Line(Of.BOOK),
    # permissions
    "blank stock.count_stock": Line(Of.OFFICE, {"barang": "blangko", "fisik": 5, "urut": 0, "alasan": "uji"}),
    "blank stock.enter_stock": Line(Of.OFFICE, {"barang": "blangko", "perubahan": 5, "keterangan": "uji"}),
    "calendar.delete_day": OFFICE,
    "calendar.delete_hours": OFFICE,
    "calendar.move_day": Line(Of.OFFICE, {"to": "2026-12-30"}),
    "calendar.put_day": Line(Of.OFFICE, FREE_DAY),
    "calendar.set_hours": Line(Of.OFFICE, {"name": "uji", "fromDate": "2026-03-02"}),
    "calendar.settle_year": Line(Of.OFFICE, {"dasar": "uji"}),
    "deployments.create_deployment": FILES,
    "drafts.discard_draft": Line(Of.RESULT, {"revision": 1}),
    "drafts.examine_draft": Line(Of.RESULT),
    "drafts.get_draft": Line(Of.RESULT),
    "drafts.open_draft": Line(Of.OFFICE, {"kind": "process", "id": "izin"}),
    "drafts.publish_drafts": Line(Of.RESULT, {"drafts": [{"draftKey": "1", "revision": 1}], "note": "uji"}),
    "drafts.rehearse_draft": Line(Of.RESULT, {"acts": []}),
    "drafts.save_draft": Line(Of.RESULT, {"revision": 1, "content": "uji"}),
    "drafts.search_drafts": Line(Of.RESULT),
    "scenarios.get_scenarios": Line(Of.RESULT),
    "scenarios.keep_scenario": Line(Of.RESULT, {"name": "uji", "acts": []}),
    "scenarios.play_scenarios": Line(Of.RESULT),
    "scenarios.accept_scenario": Line(Of.RESULT),
    "scenarios.discard_scenario": Line(Of.RESULT),
    "messages.correlate_message": Line(Of.OFFICE, {"name": "uji"}),
    "messages.publish_message": Line(Of.OFFICE, {"name": "uji"}),
    "migrations.migrate_all": Line(Of.OFFICE, MIGRATION),
    "migrations.plan_migration": Line(Of.OFFICE, MIGRATION),
    "offices.appoint": Line(Of.OFFICE, ACTING),
    "offices.list_acting": OFFICE,
    "offices.list_audit": OFFICE,
    "offices.list_vacancies": OFFICE,
    "signals.broadcast_signal": Line(Of.OFFICE, {"signalName": "uji"}),
    "people.create_client": Line(Of.OFFICE, PROGRAM),
    "people.create_holding": Line(Of.OFFICE, HOLDING),
    "people.create_person": Line(Of.OFFICE, {"username": "baru", "name": "Baru"}),
    "people.create_token": Line(Of.OFFICE, PROGRAM),
    "people.end_holding": Line(Of.OFFICE, {"toDate": "2026-03-02"}),
    "people.get_person": OFFICE,
    "people.grant_permission": Line(Of.OFFICE, {"permission": "start"}),
    "people.list_clients": OFFICE,
    "people.list_people": OFFICE,
    "people.list_tokens": OFFICE,
    "people.revoke_client": OFFICE,
    "people.revoke_token": OFFICE,
    "people.set_password": Line(Of.OFFICE, {"password": "kata sandi baru"}),
    "people.unlock": OFFICE,
    "people.update_person": Line(Of.OFFICE, {"name": "Lain"}),
    "people.withdraw_permission": OFFICE,
    "jobs.activate_jobs": Line(Of.OFFICE, {"type": "luar.uji", "timeout": 1000, "maxJobsToActivate": 1}),
    "jobs.complete_job": OFFICE,
    "jobs.fail_job": OFFICE,
    "jobs.throw_job_error": Line(Of.OFFICE, {"errorCode": "GAGAL"}),
    "jobs.update_job": Line(Of.OFFICE, {"changeset": {"retries": 1}}),
    "sop.import_sop": FILES,
}


@dataclass
class World:
    """A case that waits for `periksa`, which the Kasubag has claimed, with something of every kind in it."""

    office: Office
    keys: dict[str, str]

    def routes(self, *kinds: Of) -> Iterator[tuple[str, str, str, Line]]:
        """Endpoint, method and address, for this case, of every route of these kinds."""
        adapter = self.office.app.url_map.bind("localhost")
        for rule in self.office.app.url_map.iter_rules():
            if not rule.rule.startswith(PREFIXES) or ROUTES[rule.endpoint].of not in kinds:
                continue
            values = {name: self.keys.get(name, "1") for name in rule.arguments}
            typed = {
                name: int(values[name]) if name in ("id", "year") and "int:" in rule.rule else values[name]
                for name in values
            }
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield rule.endpoint, method, adapter.build(rule.endpoint, typed), ROUTES[rule.endpoint]

    def answers(self, who: str, *kinds: Of, reading: bool = False) -> dict[str, TestResponse]:
        caller = self.office.caller(who)
        return {
            endpoint: caller.upload(a__form=form("a"))
            if line is FILES
            else caller.call(method, address, line.body)
            for endpoint, method, address, line in self.routes(*kinds)
            if not reading or method == "GET" or endpoint.rpartition(".")[2].startswith("search_")
        }


@pytest.fixture
def world(office: Office, case: str, task: str, kasubag: Caller, pns: Caller) -> World:
    kasubag.post(f"/v2/user-tasks/{task}/assignment", {"assignee": "kasubag_umpeg"})
    (element,) = [each for each in pns.items("element-instances") if each["elementId"] == "periksa"]
    key = int(case)
    row = {"process_instance_key": key, "element_instance_key": int(element["elementInstanceKey"])}
    row |= {"element_id": "periksa"}
    started = {
        "state": "CREATED",
        "type": "uji.gagal",
        "retries": 1,
        "attempts": 0,
        "due_at": NOW,
        "created_at": NOW,
    }
    waiting = {
        "process_id": "izin",
        "event_id": "pesan",
        "message_name": "uji",
        "correlation_key": "1",
        "created_at": NOW,
    }
    stopped = {"type": "JOB_NO_RETRIES", "message": "uji", "state": "ACTIVE", "created_at": NOW}
    waits = {name: row[name] for name in ("process_instance_key", "element_instance_key")} | waiting
    with write(office.gate.database) as connection:
        connection.execute(insert(tables.Job), {"key": 11, **row, **started})
        connection.execute(insert(tables.Incident), {"key": 12, **row, **stopped})
        connection.execute(insert(tables.MessageSubscription), {"key": 13, **waits})
    (decided,) = pns.items("decision-instances")
    keys = {
        "process_instance_key": case,
        "process_definition_key": element["processDefinitionKey"],
        "user_task_key": task,
        "element_instance_key": element["elementInstanceKey"],
        "incident_key": "12",
        "variable_key": pns.items("variables")[0]["variableKey"],
        "evaluated": decided["decisionEvaluationInstanceKey"],
        "username": "admin",
        "barang": "blangko",
        "day": "2026-12-29",
        "year": "2026",
        "permission": "start",
    }
    return World(office, keys)


def test_every_route_says_here_what_it_is_about(office: Office) -> None:
    rules = [rule for rule in office.app.url_map.iter_rules() if rule.rule.startswith(PREFIXES)]
    assert {rule.endpoint for rule in rules} == set(ROUTES)


@pytest.mark.parametrize("who", ["tetangga", "kasi_capil"])
def test_a_stranger_and_a_colleague_of_another_field_reach_nothing_of_a_case(world: World, who: str) -> None:
    answers = world.answers(who, Of.ONE_CASE)
    assert {
        endpoint: answer.status_code for endpoint, answer in answers.items() if answer.status_code != 404
    } == {}
    found = {name: load_json(answer.data) for name, answer in world.answers(who, Of.CASES).items()}
    assert {name: answer["items"] for name, answer in found.items() if answer["items"]} == {}
    assert {
        name: answer["page"]["totalItems"] for name, answer in found.items() if answer["page"]["totalItems"]
    } == {}
    results = world.answers(who, Of.RESULT).values()
    assert all(answer.status_code == 404 or load_json(answer.data)["items"] == [] for answer in results)
    with read(world.office.gate.database) as connection:
        state = connection.execute(select(tables.ProcessInstance.state, tables.ProcessInstance.version)).one()
    assert tuple(state) == ("ACTIVE", 1)


@pytest.mark.parametrize("who", ["pns", "kasubag_umpeg"])
def test_the_subject_and_a_holder_read_all_of_the_case(world: World, who: str) -> None:
    answers = world.answers(who, Of.ONE_CASE, reading=True)
    assert {endpoint: answer.text for endpoint, answer in answers.items() if answer.status_code >= 300} == {}
    found = {name: load_json(answer.data)["items"] for name, answer in world.answers(who, Of.CASES).items()}
    empty = {name.rpartition(".")[2] for name, items in found.items() if not items}
    assert empty == {"search_correlated_message_subscriptions"}


@pytest.mark.parametrize("who", ["tetangga", "kasi_capil", "pns", "kasubag_umpeg"])
def test_what_needs_a_permission_is_refused_to_who_has_none(world: World, who: str) -> None:
    answers = world.answers(who, Of.OFFICE)
    assert {
        endpoint: answer.status_code for endpoint, answer in answers.items() if answer.status_code != 403
    } == {}


@pytest.mark.parametrize("who", ["tetangga", "pns"])
def test_figures_are_refused_to_who_oversees_nothing(world: World, who: str) -> None:
    answers = world.answers(who, Of.FIGURES)
    assert len(answers) > 5
    assert {endpoint: each.status_code for endpoint, each in answers.items() if each.status_code != 403} == {}


@pytest.mark.parametrize("who", ["tetangga", "kasi_capil", "pns", "kasubag_umpeg"])
def test_what_is_everybodys_is_nobodys_secret(world: World, who: str) -> None:
    answers = world.answers(who, Of.EVERYBODY)
    assert {
        name: answer.text for name, answer in answers.items() if answer.status_code in (401, 403, 500)
    } == {}


def test_a_confidential_case_is_hidden_from_its_subject_and_its_field_but_not_from_its_people(
    world: World,
) -> None:
    with write(world.office.gate.database) as connection:
        connection.execute(
            update(tables.ProcessInstance).values(
                confidential=True, started_by="orang-lain", bidang="umum-kepegawaian"
            )
        )
    for who in ("pns", "sekretaris", "tetangga"):
        answers = world.answers(who, Of.ONE_CASE)
        assert {
            name: answer.status_code for name, answer in answers.items() if answer.status_code != 404
        } == {}
    holder = world.answers("kasubag_umpeg", Of.ONE_CASE, reading=True)
    assert {name: answer.text for name, answer in holder.items() if answer.status_code >= 300} == {}
