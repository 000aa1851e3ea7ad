"""User tasks: who gets them, who may take and complete them, and what a completion does."""

from decimal import Decimal

import pytest

from server import engine as verbs
from server import forms
from server.db import Change, Clash, read
from server.engine import StepFault, tables
from server.engine.tasks import NotForYou, TaskIsHeld, TaskIsOver, UnknownTask
from server.errors import Invalid
from server.identity import Permission
from tests.diagrams import diagram, end, exclusive, flow, lane, lanes, path, rule, start, user
from tests.engine.conftest import ANYBODY, Office, form, person

pytestmark = pytest.mark.both_databases

BUDI = person("budi", "staf_umpeg")
CITRA = person("citra", "staf_umpeg")
DEWI = person("dewi", "kasubag_umpeg")
BOSS = person("bos", may=(Permission.ASSIGN, Permission.SEE_ALL))

TYPED = diagram(
    lanes(lane("Staf", "staf_umpeg", "start ketik end")),
    start(),
    user("ketik", form="ketik", properties={"langkah": "1", "waktu": "PT30M"}),
    end(),
    path("start ketik end"),
    id="proses",
)
FORM = form(
    "ketik",
    {"type": "textfield", "key": "nomor", "label": "Nomor", "validate": {"required": True, "maxLength": 10}},
    {"type": "number", "key": "halaman", "label": "Halaman"},
)


@pytest.fixture
def case(office: Office) -> int:
    office.publish(proses=TYPED, ketik__form=FORM)
    return office.start(actor=BUDI)


def test_a_task_is_offered_to_its_lanes_role(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    assert (task.candidate_group, task.assignee) == ("staf_umpeg", None)


def test_a_task_is_due_after_its_standard_time_in_office_hours(office: Office, case: int) -> None:
    # 2 March 2026 is a Monday; 09:00 in Jakarta.
    assert office.task(case, "ketik").due_at.isoformat() == "2026-03-02T02:30:00+00:00"


def test_a_completion_keeps_only_what_the_form_says(office: Office, case: int) -> None:
    office.complete(case, "ketik", BUDI, nomor="12/2026", halaman=3)
    assert office.variables(case) == {"nomor": "12/2026", "halaman": 3}
    assert office.state(case) == "COMPLETED"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"halaman": 1}, "nomor"),
        ({"nomor": "12345678901"}, "nomor"),
        ({"nomor": 5}, "nomor"),
        ({"nomor": "1", "halaman": "tiga"}, "halaman"),
        ({"nomor": "1", "gaji": 5}, "gaji"),
    ],
    ids=["missing", "too long", "wrong type", "not a number", "unknown"],
)
def test_wrong_values_are_refused_by_field_and_change_nothing(
    office: Office, case: int, values: dict[str, object], field: str
) -> None:
    with pytest.raises(forms.Rejected) as refusal:
        office.complete(case, "ketik", BUDI, **values)
    assert [problem.where for problem in refusal.value.problems] == [field]
    assert office.open(case) == ["ketik"]
    assert office.variables(case) == {}


def test_a_completion_sent_again_changes_nothing_and_is_no_error(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    for _ in range(2):
        office.do(lambda c: verbs.complete(office.engine, c, BUDI, task.key, {"nomor": "1"}))
    assert office.events(case) == ["STARTED", "TASK_COMPLETED"]


@pytest.mark.parametrize(
    ("actor", "nomor"), [(BUDI, "2"), (CITRA, "1")], ids=["other answer", "other person"]
)
def test_another_completion_of_a_completed_task_is_refused(
    office: Office, case: int, actor: object, nomor: str
) -> None:
    task = office.task(case, "ketik")
    office.do(lambda c: verbs.complete(office.engine, c, BUDI, task.key, {"nomor": "1"}))
    with pytest.raises(TaskIsOver):
        office.do(lambda c: verbs.complete(office.engine, c, actor, task.key, {"nomor": nomor}))


def test_a_task_that_one_may_not_see_is_unknown(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    for key in (task.key, 12345):
        with pytest.raises(UnknownTask):
            office.do(lambda c, key=key: verbs.complete(office.engine, c, DEWI, key, {"nomor": "1"}))


def test_who_sees_a_case_may_not_work_on_its_tasks(office: Office, case: int) -> None:
    with pytest.raises(NotForYou):
        office.complete(case, "ketik", BOSS, nomor="1")


def test_a_claimed_task_is_completed_by_nobody_else(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    office.do(lambda c: verbs.assign(office.engine, c, CITRA, task.key, "citra"))
    with pytest.raises(TaskIsHeld):
        office.complete(case, "ketik", BUDI, nomor="1")
    office.complete(case, "ketik", CITRA, nomor="1")


def test_of_two_who_claim_at_once_one_is_told_who_has_it(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    beaten: list[Change[None]] = []

    def claim(connection: object) -> Change[None]:
        change = verbs.assign(office.engine, connection, CITRA, task.key, "citra")  # type: ignore[arg-type]
        if not beaten:
            beaten.append(change)
            office.do(lambda c: verbs.assign(office.engine, c, BUDI, task.key, "budi"))
        return change

    with pytest.raises(TaskIsHeld, match="budi"):
        office.do(claim)


def test_a_task_is_given_to_another_only_by_who_may(office: Office, case: int) -> None:
    office.hire("citra")
    task = office.task(case, "ketik")
    with pytest.raises(NotForYou):
        office.do(lambda c: verbs.assign(office.engine, c, BUDI, task.key, "citra"))
    office.do(lambda c: verbs.assign(office.engine, c, BOSS, task.key, "citra"))
    assert office.task(case, "ketik").assignee == "citra"


def test_a_claimed_task_goes_back_to_its_group(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    office.do(lambda c: verbs.assign(office.engine, c, CITRA, task.key, "citra"))
    with pytest.raises(NotForYou):
        office.do(lambda c: verbs.unassign(office.engine, c, BUDI, task.key))
    office.do(lambda c: verbs.unassign(office.engine, c, CITRA, task.key))
    assert office.task(case, "ketik").assignee is None
    assert office.events(case) == ["STARTED", "TASK_ASSIGNED", "TASK_UNASSIGNED"]


@pytest.mark.parametrize("first", ["draft", "completion"])
def test_no_draft_outlives_its_task_however_close_they_are(office: Office, case: int, first: str) -> None:
    """Both are prepared; then one lands, and then the other."""
    task = office.task(case, "ketik")
    with read(office.database) as connection:
        draft = verbs.save_draft(office.engine, connection, BUDI, task.key, {"nomor": "1"})
        completion = verbs.complete(office.engine, connection, BUDI, task.key, {"nomor": "2"})
    one, other = (draft, completion) if first == "draft" else (completion, draft)
    with read(office.database) as connection:
        one.carry_out(connection)
        with pytest.raises(Clash):
            other.carry_out(connection)


def test_a_draft_is_kept_until_the_task_is_completed(office: Office, case: int) -> None:
    task = office.task(case, "ketik")
    for text in ("setengah", "lebih"):
        office.do(lambda c, text=text: verbs.save_draft(office.engine, c, BUDI, task.key, {"nomor": text}))
    assert [row.values for row in office.rows(tables.Draft)] == [{"nomor": "lebih"}]
    office.complete(case, "ketik", BUDI, nomor="1")
    assert office.rows(tables.Draft) == []


def test_a_completion_is_kept_in_the_history_with_its_values_apart(office: Office, case: int) -> None:
    office.complete(case, "ketik", BUDI, nomor="1")
    _, completed = sorted(office.rows(tables.History), key=lambda row: row.key)
    [values] = office.rows(tables.HistoryValues)
    assert (completed.actor, completed.event, completed.element_id) == ("budi", "TASK_COMPLETED", "ketik")
    assert (values.history_key, values.values) == (completed.key, '{"nomor":"1","halaman":null}')


def test_a_task_without_form_takes_no_variables_in_the_offices_own_procedures(office: Office) -> None:
    procedure = diagram(
        lanes(lane("Staf", "staf_umpeg", "start tugas lain end")),
        start(),
        user("tugas"),
        user("lain", properties={"langkah": "2"}),
        end(),
        path("start tugas lain end"),
    )
    office.publish(proses=procedure)
    case = office.start(actor=person("budi", "staf_umpeg", may=tuple(Permission)))
    with pytest.raises(Invalid, match="kosong"):
        office.complete(case, "tugas", person("budi", "staf_umpeg", may=tuple(Permission)), apa=1)


CHOICE = diagram(
    start(),
    user("isi"),
    exclusive("gerbang", default="gerbang_e2"),
    end("e1"),
    end("e2"),
    path("start isi gerbang"),
    flow("gerbang", "e1", "=setuju"),
    flow("gerbang", "e2"),
)


@pytest.mark.parametrize("values", [{}, {"setuju": "ya"}, {"setuju": 1}, {"setuju": None}], ids=str)
def test_a_condition_that_is_neither_true_nor_false_stops_the_step_and_says_where(
    office: Office, values: dict[str, object]
) -> None:
    case = office.run(CHOICE)
    before = office.rows(tables.ProcessInstance, key=case)
    with pytest.raises(StepFault) as fault:
        office.complete(case, "isi", **values)
    assert (fault.value.element_id, fault.value.expression) == ("gerbang", "setuju")
    assert office.open(case) == ["isi"]
    assert office.rows(tables.ProcessInstance, key=case) == before


def test_a_gateway_without_a_way_out_stops_the_step(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            user("isi"),
            exclusive("gerbang"),
            end("e1"),
            end("e2"),
            path("start isi gerbang"),
            flow("gerbang", "e1", "=n = 1"),
            flow("gerbang", "e2", "=n = 2"),
        )
    )
    with pytest.raises(Invalid, match="gerbang"):
        office.complete(case, "isi", n=3)
    office.complete(case, "isi", n=2)
    assert office.state(case) == "COMPLETED"


TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="uji">
<decision id="tarif" name="Tarif"><variable name="Tarif" typeRef="number"/>
<informationRequirement><requiredInput href="#umur"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input id="i"><inputExpression typeRef="number"><text>umur</text></inputExpression></input>
<output id="o" name="tarif" typeRef="number"/><annotation name="pasal"/>
<rule id="anak"><inputEntry id="a1"><text>&lt; 17</text></inputEntry><outputEntry id="b1"><text>0</text></outputEntry>
<annotationEntry><text>ps. 1</text></annotationEntry></rule>
<rule id="dewasa"><inputEntry id="a2"><text>&gt;= 17</text></inputEntry><outputEntry id="b2"><text>50000.50</text></outputEntry>
<annotationEntry><text>ps. 2</text></annotationEntry></rule>
</decisionTable></decision><inputData id="umur" name="umur"><variable name="umur" typeRef="number"/></inputData></definitions>"""


def test_a_business_rule_task_puts_the_tables_answer_into_the_case_and_keeps_why(office: Office) -> None:
    office.publish(
        proses=diagram(
            start(), rule("hitung", "tarif", "biaya"), user("lihat"), end(), path("start hitung lihat end")
        ),
        tarif__dmn=TABLE,
    )
    case = office.start(umur=20)
    assert office.variables(case)["biaya"] == Decimal("50000.50")
    [evaluation] = office.rows(tables.DecisionInstance)
    [rule_hit] = evaluation.trace[0]["rules"]
    assert rule_hit["annotations"] == {"pasal": "ps. 2"}


def test_a_table_that_gives_nothing_stops_the_step(office: Office) -> None:
    office.publish(
        proses=diagram(start(), user("isi"), rule("hitung", "tarif"), end(), path("start isi hitung end")),
        tarif__dmn=TABLE,
    )
    case = office.start()
    with pytest.raises(StepFault, match="tarif"):
        office.complete(case, "isi", umur="tua")
    assert office.open(case) == ["isi"]


def test_the_subject_of_a_case_receives_the_tasks_of_its_role(office: Office) -> None:
    office.publish(
        proses=diagram(
            lanes(lane("PNS", "pns", "start ajukan end")),
            start(),
            user("ajukan"),
            end(),
            path("start ajukan end"),
        )
    )
    case = office.start(actor=person("eka", "pns"))
    assert (office.task(case, "ajukan").assignee, office.task(case, "ajukan").candidate_group) == (
        "eka",
        None,
    )


def test_nobody_but_holders_of_the_first_lanes_role_starts(office: Office) -> None:
    office.publish(proses=TYPED, ketik__form=FORM)
    from server.engine.instances import NotAStarter

    with pytest.raises(NotAStarter):
        office.start(actor=DEWI)


def test_a_case_is_started_for_another_only_by_who_may(office: Office) -> None:
    office.publish(
        proses=diagram(
            lanes(lane("PNS", "pns", "start ajukan end")),
            start(),
            user("ajukan"),
            end(),
            path("start ajukan end"),
        )
    )
    from server.errors import Forbidden

    office.hire("fajar")
    with pytest.raises(Forbidden):
        office.start(actor=person("eka", "pns"), subject="fajar")
    case = office.start(actor=ANYBODY, subject="fajar")
    assert office.task(case, "ajukan").assignee == "fajar"


def test_a_task_without_form_asks_what_its_row_says_and_its_gateway_compares(office: Office) -> None:
    row = {
        "langkah": "4",
        "uraian": "Kasubag memeriksa surat.",
        "kelengkapan": "Surat; Blanko",
        "output": "Surat",
    }
    procedure = diagram(
        lanes(lane("Kasubag", "kasubag_umpeg", "start periksa setuju kirim end")),
        start(), user("periksa", properties=row), exclusive("setuju", name="Surat disetujui?"), end("e1"), end("e2"),
        path("start periksa setuju"),
        flow("setuju", "e1", '=keputusan_4 = "setuju"', name="setuju"),
        flow("setuju", "e2", '=keputusan_4 = "tidak_setuju"', name="tidak setuju"),
    )  # fmt: skip
    office.publish(proses=procedure)
    case = office.start(actor=DEWI)
    for wrong in ({}, {"keputusan_4": "mungkin"}):
        with pytest.raises(forms.Rejected):
            office.complete(case, "periksa", DEWI, **wrong)
    office.complete(case, "periksa", DEWI, keputusan_4="tidak_setuju", kelengkapan_periksa=["Surat"])
    assert "e2" in office.elements(case)
