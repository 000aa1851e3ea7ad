"""Who has a permission for some fields alone: publishing and messages reach nothing of another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server import engine as verbs
from server.engine import messages, signals, trial
from server.errors import Forbidden
from server.identity import Actor, Permission
from tests.diagrams import catch, diagram, end, extensions, message, path, props, start, user
from tests.engine.conftest import Office, person
from tests.engine.test_definitions import field

OWNER = replace(
    person("pemilik", may=(Permission.DEPLOY, Permission.MESSAGE)),
    limits={Permission.DEPLOY: frozenset({"piak"}), Permission.MESSAGE: frozenset({"piak"})},
)


def of(bidang: str, process: str, name: str = "tugas") -> bytes:
    return diagram(
        extensions(props({"bidang": bidang})),
        start(),
        user(name, form="isian"),
        end(),
        path(f"start {name} end"),
        id=process,
    )


def waiting(bidang: str) -> bytes:
    return diagram(
        extensions(props({"bidang": bidang})),
        start(),
        catch("tunggu", "message", ref="kabar"),
        end(),
        path("start tunggu end"),
        beside=message("kabar", key="=1"),
    )


def deploy(office: Office, actor: Actor = OWNER, **files: bytes) -> None:
    named = {name.replace("__", "."): body for name, body in files.items()}
    office.do(lambda c: verbs.deploy(office.engine, c, actor, named, trial.examine))


def test_an_owner_publishes_what_is_of_their_field(office: Office) -> None:
    deploy(office, a__bpmn=of("piak", "a"), isian__form=field("nama"))
    deploy(office, isian__form=field("alamat"))


def test_an_owner_publishes_no_process_of_another_field(office: Office) -> None:
    with pytest.raises(Forbidden, match="keuangan"):
        deploy(office, a__bpmn=of("keuangan", "a"), isian__form=field("nama"))


def test_an_owner_takes_no_process_over_from_another_field(office: Office) -> None:
    office.publish(a=of("keuangan", "a"), isian__form=field("nama"))
    with pytest.raises(Forbidden, match="keuangan"):
        deploy(office, a__bpmn=of("piak", "a", name="lain"))


def test_an_owner_changes_no_form_that_another_field_uses(office: Office) -> None:
    office.publish(a=of("keuangan", "a"), isian__form=field("nama"))
    with pytest.raises(Forbidden, match="keuangan"):
        deploy(office, isian__form=field("alamat"))


def send(office: Office, time_to_live: timedelta = timedelta()) -> int:
    sent = office.do(
        lambda c: messages.publish(office.engine, c, OWNER, "kabar", "1", {}, time_to_live=time_to_live)
    )
    return len(sent.cases)


def test_a_message_reaches_cases_of_ones_field(office: Office) -> None:
    office.run(waiting("piak"))
    assert send(office) == 1


def test_a_message_that_would_reach_another_field_is_refused_whole(office: Office) -> None:
    case = office.run(waiting("keuangan"))
    with pytest.raises(Forbidden, match="keuangan"):
        send(office)
    assert office.state(case) == "ACTIVE"


def test_what_may_reach_anybody_later_is_not_for_who_may_reach_some(office: Office) -> None:
    with pytest.raises(Forbidden, match="semua bidang"):
        send(office, timedelta(hours=1))
    with pytest.raises(Forbidden, match="semua bidang"):
        office.do(lambda c: signals.broadcast(office.engine, c, OWNER, "gempa", {}))
