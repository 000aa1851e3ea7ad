"""Publishing: all or nothing, versions by content, and what an instance keeps."""

from decimal import Decimal

import pytest

from server import engine as verbs
from server import identity
from server.db import read
from server.engine import Unpublishable, apart, tables, trial
from server.errors import Forbidden, Invalid
from tests.diagrams import (
    call,
    diagram,
    element,
    end,
    exclusive,
    extensions,
    flow,
    lane,
    lanes,
    path,
    rule,
    service,
    start,
    user,
)
from tests.engine.conftest import ANYBODY, Office, form, person
from tests.engine.test_tasks import TABLE

pytestmark = pytest.mark.both_databases


def task_diagram(name: str = "tugas") -> bytes:
    return diagram(start(), user("tugas", form="isian", name=name), end(), path("start tugas end"))


def field(key: str) -> bytes:
    return form("isian", {"type": "textfield", "key": key})


def test_the_bytes_are_kept_as_they_came(office: Office) -> None:
    body = task_diagram()
    office.publish(proses=body, isian__form=field("a"))
    assert {row.name: row.body for row in office.rows(tables.Resource)}["proses.bpmn"] == body


def test_the_same_bytes_again_change_nothing(office: Office) -> None:
    for _ in range(2):
        deployed = office.publish(proses=task_diagram(), isian__form=field("a"))
    assert [each.new for each in deployed.definitions] == [False, False]
    assert len(office.rows(tables.Deployment)) == 1


def test_versions_rise_for_each_id(office: Office) -> None:
    office.publish(proses=task_diagram(), isian__form=field("a"))
    deployed = office.publish(proses=task_diagram("Baru"), isian__form=field("a"))
    assert [(each.id, each.version, each.new) for each in deployed.definitions] == [
        ("proses", 2, True),
        ("isian", 1, False),
    ]


def test_one_bad_file_keeps_all_out_and_every_problem_is_told(office: Office) -> None:
    with pytest.raises(Unpublishable) as refusal:
        office.publish(
            proses=diagram(start(), user("a")), rusak__form=b"{", lain__form=field("a"), apa__txt=b""
        )
    places = {problem.where.split(":")[0] for problem in refusal.value.problems if problem.where}
    assert places == {"proses.bpmn", "rusak.form", "apa.txt"}
    assert office.rows(tables.Definition) == []


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        (user("x", form="tak_ada"), "formulir “tak_ada”"),
        (rule("x", "tak_ada"), "tabel keputusan “tak_ada”"),
        (service("x", "tak.ada"), "pekerjaan “tak.ada”"),
        (user("x") + lanes(lane("Juru Tulis", "juru_tulis", "start x end")), "peran “juru_tulis”"),
    ],
    ids=["form", "decision", "handler", "role"],
)
def test_names_that_nothing_answers_to_are_refused(office: Office, pieces: str, told: str) -> None:
    with pytest.raises(Unpublishable) as refusal:
        office.publish(proses=diagram(start(), pieces, end(), path("start x end")))
    [problem] = refusal.value.problems
    assert told in problem.message


def test_one_id_in_two_files_is_refused(office: Office) -> None:
    with pytest.raises(Unpublishable, match="1 hal"):
        office.publish(satu__form=field("a"), dua__form=field("b"))


def test_publishing_is_for_those_who_may(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(
            lambda c: verbs.deploy(office.engine, c, person("siapa"), {"a.form": field("a")}, trial.examine)
        )


def test_who_published_what_stands_in_the_audit_trail_unless_it_was_there_already(office: Office) -> None:
    for _ in range(2):
        office.publish(satu__form=field("a"))
    with read(office.database) as connection:
        (entry,) = identity.trail(connection, "form:isian")
    assert (entry.actor, entry.verb) == ("penguji", "publish.files")


def test_an_instance_keeps_the_versions_it_started_with(office: Office) -> None:
    office.publish(proses=task_diagram(), isian__form=field("lama"))
    old = office.start()
    office.publish(isian__form=field("baru"))
    new = office.start()
    office.reopen()
    office.complete(old, "tugas", lama="x")
    office.complete(new, "tugas", baru="x")
    assert (office.variables(old), office.variables(new)) == ({"lama": "x"}, {"baru": "x"})


def test_a_new_table_binds_its_processes_anew(office: Office) -> None:
    office.publish(
        proses=diagram(
            start(), rule("hitung", "tarif"), user("lihat"), end(), path("start hitung lihat end")
        ),
        tarif__dmn=TABLE,
    )
    office.publish(tarif__dmn=TABLE.replace(b"50000.50", b"75000"))
    case = office.start(umur=20)
    assert office.variables(case)["hasil"] == 75000


def test_a_version_is_started_by_its_key(office: Office) -> None:
    first = office.publish(proses=task_diagram("Lama"), isian__form=field("a"))
    office.publish(proses=task_diagram("Baru"))
    case = office.start(first.definitions[0].key)
    assert office.task(case, "tugas").name == "Lama"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;'>]><definitions>&b;</definitions>", "entitas"),
        (diagram(start(), user("x"), exclusive("g"), end(), path("start x g"), flow("g", "end", "=" + "(" * 10_000 + "1")), "bersarang"),
        (diagram(start(), user("x"), exclusive("g", default="b"), end(), end("f"), path("start x g"),
                 flow("g", "end", "__import__('os').system('x')"), flow("g", "f", id="b")), "FEEL"),
        (b"\x00" * 100, ""),
    ],
    ids=["billion laughs", "10,000 parentheses", "python", "zeros"],
)  # fmt: skip
def test_hostile_files_are_refused_from_a_process_apart(office: Office, body: bytes, told: str) -> None:
    with pytest.raises(Unpublishable) as refusal:
        office.do(lambda c: verbs.deploy(office.engine, c, ANYBODY, {"jahat.bpmn": body}))
    assert any(told in problem.message for problem in refusal.value.problems)


@pytest.mark.parametrize(("seconds", "told"), [(60.0, "berhenti di tengah"), (0.0, "terlalu rumit")])
def test_a_file_that_no_reader_comes_to_the_end_of_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch, seconds: float, told: str
) -> None:
    monkeypatch.setattr(apart.Standby, "ask", lambda standby, request, seconds: None)
    monkeypatch.setattr(trial, "SECONDS", seconds)
    with pytest.raises(Unpublishable) as refusal:
        office.do(lambda c: verbs.deploy(office.engine, c, ANYBODY, {"a.form": field("a")}))
    assert told in refusal.value.problems[0].message


@pytest.mark.parametrize("binding", ["latest", "property", None])
def test_a_running_case_takes_the_newest_table_where_its_diagram_says_so(
    office: Office, binding: str | None
) -> None:
    hitung = rule("hitung", "tarif", binding=binding if binding == "latest" else None)
    if binding == "property":
        inside = '<zeebe:properties><zeebe:property name="versi" value="terbaru"/></zeebe:properties></bpmn:extensionElements>'
        hitung = hitung.replace("</bpmn:extensionElements>", inside)
    office.publish(
        proses=diagram(
            start(), user("isi"), hitung, user("lihat"), end(), path("start isi hitung lihat end")
        ),
        tarif__dmn=TABLE,
    )
    case = office.start()
    office.publish(tarif__dmn=TABLE.replace(b"50000.50", b"75000"))
    office.complete(case, "isi", umur=20)
    assert office.variables(case)["hasil"] == (Decimal("50000.50") if binding is None else 75000)


@pytest.mark.parametrize(("binding", "newest"), [("latest", True), (None, False)])
def test_a_running_case_takes_the_newest_form_and_called_process_where_its_diagram_says_so(
    office: Office, binding: str | None, newest: bool
) -> None:
    named = element("zeebe:formDefinition", formId="isian", bindingType=binding)
    filled = user("isi", extensions(element("zeebe:userTask"), named))
    called = diagram(start(), user("lama"), end(), path("start lama end"), id="lain")
    office.publish(
        proses=diagram(
            start(), user("awal"), call("panggil", "lain", binding=binding), filled, end(), path("start awal panggil isi end")
        ),
        lain=called,
        isian__form=form("isian", {"type": "textfield", "key": "dulu"}),
    )  # fmt: skip
    case = office.start()
    office.publish(
        lain=called.replace(b"lama", b"baru"),
        isian__form=form("isian", {"type": "textfield", "key": "kini", "validate": {"required": True}}),
    )
    office.complete(case, "awal")
    [inner] = office.rows(tables.ProcessInstance, parent_key=case)
    assert office.open(inner.key) == ["baru" if newest else "lama"]
    office.complete(inner.key, "baru" if newest else "lama")
    if newest:
        with pytest.raises(Invalid):
            office.complete(case, "isi", dulu="x")
    office.complete(case, "isi", **{"kini" if newest else "dulu": "x"})
    assert office.state(case) == "COMPLETED"
