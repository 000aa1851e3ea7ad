"""bindingType versionTag: called processes, tables and forms in the newest of the versions that bear a tag."""

from decimal import Decimal

import pytest

from server.db import dump_json, load_json
from server.engine import StepFault, Unpublishable, tables
from server.engine.step import UnknownCalled
from tests.diagrams import call, diagram, element, end, extensions, path, rule, start, user, zeebe
from tests.engine.conftest import Office, form
from tests.engine.test_tasks import TABLE


def inner(task: str, tag: str | None = None) -> bytes:
    said = extensions(zeebe("versionTag", value=tag)) if tag else ""
    return diagram(said, start(), user(task), end(), path(f"start {task} end"), id="lain")


def table(tag: str | None, fee: bytes) -> bytes:
    body = TABLE.replace(b"50000.50", fee)
    said = (
        f'<extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>'.encode() if tag else b""
    )
    head, name, rest = body.partition(b'<decision id="tarif"')
    opened, close, logic = rest.partition(b">")
    return head.replace(b"<definitions", b'<definitions xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"', 1) + name + opened + close + said + logic  # fmt: skip


def sheet(key: str, tag: str | None = None) -> bytes:
    made = load_json(form("isian", {"type": "textfield", "key": key}))
    return dump_json(made | ({"versionTag": tag} if tag else {})).encode()


def tagged(piece: str, tag: str) -> str:
    return piece.replace('bindingType="versionTag"', f'bindingType="versionTag" versionTag="{tag}"')


FORM = element("zeebe:formDefinition", formId="isian", bindingType="versionTag")


def outer(tag: str = "2026", process: str = "lain") -> bytes:
    pieces = (
        rule("hitung", "tarif", binding="versionTag"),
        call("panggil", process, binding="versionTag"),
        user("isi", extensions(element("zeebe:userTask"), FORM)),
    )
    return diagram(
        start(), *(tagged(each, tag) for each in pieces), end(), path("start hitung panggil isi end")
    )


def test_a_tag_means_the_newest_of_the_versions_that_bear_it(office: Office) -> None:
    office.publish(
        lain=inner("satu", "2026"), tarif__dmn=table("2026", b"1"), isian__form=sheet("satu", "2026")
    )
    office.publish(
        lain=inner("dua", "2026"), tarif__dmn=table("2026", b"2"), isian__form=sheet("dua", "2026")
    )
    office.publish(lain=inner("tiga", "2027"), tarif__dmn=table(None, b"3"), isian__form=sheet("tiga"))
    office.publish(proses=outer())
    case = office.start(umur=20)
    assert office.variables(case)["hasil"] == Decimal(2)
    [called] = office.rows(tables.ProcessInstance, parent_key=case)
    office.publish(
        lain=inner("empat", "2026"), isian__form=sheet("empat", "2026"), tarif__dmn=table("2026", b"4")
    )
    office.reopen()
    office.complete(called.key, "dua")
    office.complete(case, "isi", dua="x")  # a case keeps what it began with
    assert office.state(case) == "COMPLETED"
    newer = office.start(umur=20)
    assert office.variables(newer)["hasil"] == Decimal(4)
    [called] = office.rows(tables.ProcessInstance, parent_key=newer)
    office.complete(called.key, "empat")
    office.complete(newer, "isi", empat="x")
    tags = {row.version: row.version_tag for row in office.rows(tables.Definition, kind="process", id="lain")}
    assert tags == {1: "2026", 2: "2026", 3: "2027", 4: "2026"}


def test_all_of_a_tag_may_come_in_one_deployment(office: Office) -> None:
    files = {"lain": inner("a", "v"), "tarif__dmn": table("v", b"1"), "isian__form": sheet("a", "v")}
    office.publish(proses=outer("v"), **files)
    case = office.start(umur=20)
    [called] = office.rows(tables.ProcessInstance, parent_key=case)
    office.complete(called.key, "a")
    office.complete(case, "isi", a="x")
    assert office.state(case) == "COMPLETED"


def test_a_tag_that_no_version_bears_is_refused_in_words(office: Office) -> None:
    office.publish(lain=inner("a"), tarif__dmn=table("v1", b"1"), isian__form=sheet("a"))
    with pytest.raises(Unpublishable) as refused:
        office.publish(proses=outer("v2"))
    told = [problem.message for problem in refused.value.problems]
    assert [each.partition(" memakai ")[2].partition(";")[0] for each in told] == [
        "tabel keputusan “tarif” versi bertanda “v2” yang belum ada",
        "formulir “isian” versi bertanda “v2” yang belum ada",
        "proses “lain” versi bertanda “v2” yang belum ada",
    ]
    assert told[0].endswith("dengan versionTag “v2”, atau ganti tandanya.")


def test_a_computed_process_is_the_newest_of_the_tag_when_it_is_called(office: Office) -> None:
    files = {"lain": inner("a", "v"), "tarif__dmn": table("v", b"1"), "isian__form": sheet("a", "v")}
    office.publish(proses=outer("v", "=pilihan"), **files)
    office.publish(lain=inner("b"))
    case = office.start(umur=20, pilihan="lain")
    [called] = office.rows(tables.ProcessInstance, parent_key=case)
    assert office.open(called.key) == ["a"]
    with pytest.raises((UnknownCalled, StepFault), match="“entah” versi bertanda “v”"):
        office.start(umur=20, pilihan="entah")


def test_a_tag_that_is_too_long_is_refused(office: Office) -> None:
    with pytest.raises(Unpublishable, match="perlu diperbaiki") as refused:
        office.publish(isian__form=sheet("a", "x" * 256))
    assert "paling panjang 255 huruf" in refused.value.problems[0].message
