"""The server reads a form as form-js's viewer does: what is shown, what is wrong, and what is sent in the end."""

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from server import bpmn, feel, forms
from server.bpmn import model
from server.calendar import Calendar, feel_functions
from server.clock import Clock
from server.config import ROOT
from server.engine import choices
from tests.conftest import CHROMIUM
from tests.forms.sampling import sample

ESBUILD = ROOT / "node_modules" / ".bin" / "esbuild"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
    pytest.mark.skipif(not ESBUILD.exists(), reason="node_modules is missing: run npm ci --ignore-scripts"),
]
NOON = datetime(2026, 11, 27, 5, tzinfo=UTC)
CALENDAR = Calendar()
FUNCTIONS = feel_functions(CALENDAR)
ENVIRONMENT = feel.Environment(clock=Clock("Asia/Jakarta", lambda: NOON))
FREE = {year: [day.isoformat() for day in CALENDAR.holidays(year)] for year in range(2015, 2028)}
SAMPLES = {"drawn": 1, "made": 2}
Fill = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def made() -> Iterator[tuple[str, dict[str, Any]]]:
    """Of the forms that are made for tasks, one of each shape."""
    shapes: set[str] = set()
    for path in sorted(ROOT.glob("bpmn/**/*.bpmn")):
        for process in bpmn.read(path.read_bytes()).executable:
            for node in process.every_node():
                row = node.mutu_baku if isinstance(node, model.UserTask) and node.form is None else None
                if row is None or row.langkah is None or not isinstance(node, model.UserTask):
                    continue
                decision = choices.asked(process, node, FUNCTIONS)
                again = choices.is_sent_back_to(process, node)
                shape = (
                    f"{len(row.kelengkapan)} {len(row.output)} {decision and len(decision.options)} {again}"
                )
                if shape not in shapes:
                    shapes.add(shape)
                    name = node.name or node.id
                    yield (
                        f"{process.id}/{node.id}",
                        forms.generate(
                            node.id,
                            name,
                            row.uraian or "",
                            row.kelengkapan,
                            row.output,
                            decision,
                            again=again,
                        ),
                    )


DRAWN = {
    str(path.relative_to(ROOT)): json.loads(path.read_text()) for path in sorted(ROOT.glob("forms/**/*.form"))
}


@pytest.fixture(scope="module")
def fill(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Fill]:
    """Fills in sheets in a browser, at noon."""
    script = tmp_path_factory.mktemp("viewer") / "viewer.js"
    source = Path(__file__).with_name("viewer.mjs")
    subprocess.run(
        [ESBUILD, source, "--bundle", f"--outfile={script}", "--log-level=error"], cwd=ROOT, check=True
    )
    page = browser.new_context(timezone_id="Asia/Jakarta").new_page()
    page.set_default_timeout(120_000)
    page.set_content("<!doctype html><body></body>")
    page.add_script_tag(path=script)
    yield lambda sheets: page.evaluate(
        "([sheets, now]) => fillAll(sheets, now)", [sheets, NOON.timestamp() * 1000]
    )
    page.context.close()


def sheets(schemas: Mapping[str, Any], samples: int) -> Iterator[tuple[str, forms.Form, dict[str, Any]]]:
    for name, schema in schemas.items():
        form = forms.read(json.dumps(schema).encode(), FUNCTIONS)
        for n in range(samples):
            variables, answers = sample(form, schema, random.Random(f"{name} {n}"))
            yield (
                f"{name} #{n}",
                form,
                {"schema": schema, "variables": variables, "answers": answers, "free": FREE},
            )


NO_LIMIT = "batasnya tidak terhitung"
"""Where a limit cannot be computed the viewer has none, and the server takes no value."""


def judged(
    form: forms.Form, sheet: Mapping[str, Any], sent: Any
) -> tuple[dict[str, str], dict[str, Any] | None]:
    """What the server finds wrong, and what it keeps where nothing is."""
    data = json.loads(json.dumps(sent))
    try:
        return {}, form.check(data, sheet["variables"], ENVIRONMENT)
    except forms.Rejected as rejected:
        return {str(problem.where): problem.message for problem in rejected.problems}, None


def settled(form: forms.Form, told: Mapping[str, str], wrong: set[str]) -> set[str]:
    """Of the places that are wrong those that both sides can judge: not where a condition or limit reads another wrong value,
    which the viewer takes as it stands and the server for none."""
    unlike = {where for where, message in told.items() if NO_LIMIT in message}
    roots = {root(where) for where in wrong}
    for field in form.fields:
        inner = field.row.fields if isinstance(field, forms.Rows) else ()
        beside = [field, *(one for one in inner if isinstance(one, forms.Field))]
        names = {name for one in beside for name in reads(one)}
        if names & roots or ("this" in names and field.path[0] in roots):
            unlike |= {where for where in wrong if root(where) == field.path[0]}
    return wrong - unlike


def root(where: str) -> str:
    return re.split(r"[.\[]", where)[0]


def reads(field: forms.Field | forms.Rows) -> set[str]:
    limits = [getattr(field, name, None) for name in ("minimum", "maximum")]
    return {name for one in (*field.hides, *limits) if isinstance(one, feel.Expression) for name in one.names}


def plain(value: Any) -> Any:
    """Values as far as both sides mean the same by them: what is empty is left out, and 1 is 1.0."""
    if isinstance(value, dict):
        return {key: inner for key, each in value.items() if (inner := plain(each)) not in (None, {}, [])}
    if isinstance(value, list):
        return [inner for each in value if (inner := plain(each)) is not None]
    if isinstance(value, str):
        return value.strip() or None
    return None if value is False or value is None else value if isinstance(value, bool) else float(value)


def lists(form: forms.Form) -> set[str]:
    """A list without rows sends nothing."""
    return {field.path[0] for field in form.fields if isinstance(field, forms.Rows)}


def locked(form: forms.Form) -> set[str]:
    return {field.path[0] for field in form.fields if isinstance(field, forms.Field) and field.lockable}


@pytest.mark.parametrize("kind", ["drawn", "made"])
def test_the_server_reads_every_form_as_the_viewer_does(fill: Fill, kind: str) -> None:
    asked = list(sheets(DRAWN if kind == "drawn" else dict(made()), SAMPLES[kind]))
    differences = {}
    for (name, form, sheet), seen in zip(asked, fill([sheet for _, _, sheet in asked]), strict=True):
        told, kept = judged(form, sheet, seen["data"])
        wrong = set(told) | set(seen["wrong"])
        ours, theirs = (settled(form, told, wrong) & each for each in (set(told), set(seen["wrong"])))
        if ours != theirs:
            differences[name] = ("wrong", ours, theirs, sheet["variables"], seen["data"])
        elif kept is not None:
            own = {key: value for key, value in kept.items() if key not in locked(form)}
            sent = {key: value for key, value in seen["data"].items() if key not in locked(form)}
            if plain(own) != plain(sent) or set(own) - lists(form) != set(sent) - lists(form):
                differences[name] = ("kept", own, sent, sheet["variables"])
    assert differences == {}
    assert len(asked) > 20


@pytest.mark.parametrize("before", ["lama", None])
@pytest.mark.parametrize("jenis", ["x", "y"])
def test_a_hidden_field_keeps_what_the_case_holds_and_is_not_sent(
    fill: Fill, jenis: str, before: str | None
) -> None:
    """As in Camunda: what is hidden is not sent, its variable stays, and other conditions go on reading it."""
    fields = [
        {
            "type": "select",
            "key": "jenis",
            "id": "a",
            "values": [{"value": "x", "label": "x"}, {"value": "y", "label": "y"}],
        },
        {"type": "textfield", "key": "sebab", "id": "b", "conditional": {"hide": '=jenis != "x"'}},
        {"type": "textfield", "key": "lanjutan", "id": "c", "conditional": {"hide": '=sebab != "lama"'}},
    ]
    schema = {"type": "default", "schemaVersion": 19, "components": fields}
    variables = {"sebab": before} if before else {}
    answers = {"jenis": jenis, "lanjutan": "isi"}
    (seen,) = fill([{"schema": schema, "variables": variables, "answers": answers, "free": FREE}])
    assert plain(forms.read(schema).check(seen["data"], variables, ENVIRONMENT)) == plain(seen["data"])
    assert ("sebab" in seen["shown"], "lanjutan" in seen["shown"]) == (jenis == "x", before == "lama")


def test_a_form_counts_working_days_as_the_server_does(fill: Fill) -> None:
    counts = [
        "hk_setelah(hari, n)",
        "hk_sebelum(hari, n)",
        "jumlah_hk(hari, hari2)",
        "hk_setelah(today(), n)",
        "hk_setelah(n: n, tanggal: hari)",
    ]
    fields = [
        {
            "type": "expression",
            "key": f"k{n}",
            "id": f"k{n}",
            "expression": f"=string({count})",
            "computeOn": "change",
        }
        for n, count in enumerate(counts)
    ]
    schema = {"type": "default", "schemaVersion": 19, "components": fields}
    form = forms.read(schema, FUNCTIONS)
    cases = [
        {"hari": hari, "hari2": "2026-12-31", "n": n}
        for hari in ("2026-11-23", "2026-03-13", "2026-12-24", "2026-08-15")
        for n in (0, 1, 7, 15, 30)
    ]
    seen = fill([{"schema": schema, "variables": case, "answers": {}, "free": FREE} for case in cases])
    assert [each["data"] for each in seen] == [form.check({}, case, ENVIRONMENT) for case in cases]


def test_what_the_calendar_does_not_know_is_nothing(fill: Fill) -> None:
    text = {
        "type": "text",
        "id": "t",
        "text": '{{if hk_setelah(hari, 3) = null then "tidak diketahui" else "x"}}',
    }
    schema = {"type": "default", "schemaVersion": 19, "components": [text]}
    for hari in ("2040-01-01", "kapan", None):
        (seen,) = fill([{"schema": schema, "variables": {"hari": hari}, "answers": {}, "free": FREE}])
        assert seen["texts"] == ["tidak diketahui\n"]
