"""Bytes that are no diagram, or want to be more than one: each a refusal, soon."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server import bpmn
from server.bpmn.markup import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS
from tests.diagrams import (
    definitions,
    diagram,
    element,
    end,
    exclusive,
    flow,
    many,
    parallel,
    path,
    process,
    start,
    sub,
    task,
    user,
)

SMALL = diagram(start(), end(), path("start end"))
LAUGHS = (
    b'<!DOCTYPE d [<!ENTITY a "hahaha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9))
    + b"]>"
)
EXTERNAL = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
ATTRIBUTE = definitions(process(start(), id="&j;")).replace(b"&amp;", b"&")


def refused(data: bytes) -> bpmn.Refused:
    with pytest.raises(bpmn.Refused) as refusal:
        bpmn.read(data)
    return refusal.value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "bukan XML yang utuh"),
        (b"halo", "bukan XML yang utuh"),
        (b"\x00\xff\xfe", "bukan XML yang utuh"),
        (SMALL[:-20], "bukan XML yang utuh"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "simpan sebagai UTF-8"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "simpan sebagai UTF-8"),
        (b"<html/>", "bukan diagram BPMN 2.0: elemen pertamanya <html>"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "tabel keputusan (DMN)"),
        (b'<bpmn:process xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "seharusnya <bpmn:definitions>"),
        (LAUGHS + SMALL, "Hapus deklarasi DOCTYPE"),
        (LAUGHS + ATTRIBUTE, "Hapus deklarasi DOCTYPE"),
        (EXTERNAL + SMALL, "Hapus deklarasi DOCTYPE"),
        (b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">' + SMALL, "Hapus deklarasi DOCTYPE"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, f"batasnya {MAX_DEPTH} tingkat"),
        (definitions("<bpmn:import/>" * MAX_ELEMENTS), "Elemen terlalu banyak"),
        (b" " * (MAX_BYTES + 1), "batasnya 5 MiB"),
        (b"x" * 50_000_000, "batasnya 5 MiB"),
    ],
    ids=range(17),
)  # fmt: skip
def test_what_is_no_diagram_is_refused_with_a_reason(data: bytes, words: str) -> None:
    assert words in refused(data).message


def test_malformed_xml_is_told_with_its_line() -> None:
    (problem,) = refused(SMALL.replace(b"<bpmn:startEvent", b"\n\n<bpmn:startEvent <")).problems
    assert problem.line == 3


def test_other_encodings_are_read() -> None:
    for encoding in ("utf-16", "iso-8859-1"):
        text = f'<?xml version="1.0" encoding="{encoding}"?>' + SMALL.decode()
        assert bpmn.read(text.encode(encoding)) == bpmn.read(SMALL)


NESTED = sub("luar", start("a"), end("b"), path("a b"))
for depth in range(MAX_DEPTH - 5):
    NESTED = sub(f"s{depth}", start(f"a{depth}"), NESTED, end(f"b{depth}"))

CHAIN = [f"t{number}" for number in range(6000)]


def woven(count: int) -> bytes:
    """Parallel gateways that all lead to the next two, and the last ones back."""
    names = [f"g{number}" for number in range(count)]
    flows = [
        flow(a, b) for n, a in enumerate(names) for b in (*names[n + 1 : n + 3], names[n // 2]) if a != b
    ]
    return diagram(
        start(), *map(parallel, names), end(), path(f"start {names[0]}", f"{names[-1]} end"), flows
    )


@pytest.mark.parametrize(
    "data",
    [
        diagram(start(), NESTED, end()),
        diagram(start(), *map(task, CHAIN), end(), path(f"start {' '.join(CHAIN)} end")),
        woven(3000),
        diagram(start(), end(), path("start end"), *(flow("start", "end", id=f"f{n}") for n in range(15_000))),
        diagram(start(), exclusive("x", default="d"), end(), path("start x"), flow("x", "end", "=" + "(" * 10_000 + ")" * 10_000), flow("x", "end", id="d")),
        diagram(start(), user("x", many("=" + "[" * 4_000_000)), end(), path("start x end")),
        diagram(start(), user("x", name="x" * 4_000_000), end(), path("start x end")),
        diagram(start(), user("x", properties={f"p{n}": "; " * 50 for n in range(15_000)}), end(), path("start x end")),
        definitions(element("bpmn:process", "".join(f"<bpmn:laneSet>{element('bpmn:lane', id=f'l{n}')}</bpmn:laneSet>" for n in range(9_000)), id="p")),
    ],
    ids=["nested", "chain", "woven", "flows", "parentheses", "brackets", "name", "properties", "lanes"],
)  # fmt: skip
def test_monstrous_diagrams_are_answered_within_seconds(data: bytes) -> None:
    begun = time.process_time()
    _, problems = bpmn.examine(data)
    assert time.process_time() - begun < 5
    assert len(problems) <= 100


@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    refused(data)


TAGS = (
    *[
        "startEvent",
        "endEvent",
        "task",
        "userTask",
        "serviceTask",
        "businessRuleTask",
        "scriptTask",
        "callActivity",
        "subProcess",
    ],
    *[
        "exclusiveGateway",
        "parallelGateway",
        "boundaryEvent",
        "intermediateCatchEvent",
        "sequenceFlow",
        "laneSet",
        "lane",
    ],
    *[
        "timerEventDefinition",
        "messageEventDefinition",
        "timeDuration",
        "conditionExpression",
        "extensionElements",
    ],
    *[
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "participant",
        "flowNodeRef",
        "process",
    ],
    *["dataInputAssociation", "textAnnotation", "message", "documentation", "collaboration", "childLaneSet"],
)
ZEEBE = [
    "userTask",
    "formDefinition",
    "ioMapping",
    "input",
    "output",
    "properties",
    "property",
    "script",
    "taskDefinition",
    "loopCharacteristics",
]
ATTRIBUTES = (
    *[
        "id",
        "name",
        "sourceRef",
        "targetRef",
        "default",
        "attachedToRef",
        "messageRef",
        "isSequential",
        "processRef",
    ],
    *["inputCollection", "source", "target", "type", "key", "value", "loopMaximum", "triggeredByEvent"],
)
IDS = st.sampled_from(["a", "b", "c", "start", "x", "", " ", "Start", "=a", "=(", "é", "12", "${x}"])


def attributes() -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(ATTRIBUTES), IDS, max_size=4)


def pieces(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def build(tag: str, said: dict[str, str], inner: list[str]) -> str:
        return element(tag, *inner, **said)

    tags = st.sampled_from([f"bpmn:{tag}" for tag in TAGS] + [f"zeebe:{tag}" for tag in ZEEBE])
    return st.builds(build, tags, attributes(), st.lists(children, max_size=6))


XML = st.recursive(st.just("=teks"), pieces, max_leaves=25)


@settings(max_examples=300)
@given(st.lists(XML, max_size=4), st.lists(XML, max_size=2))
def test_random_elements_are_read_or_refused(inside: list[str], beside: list[str]) -> None:
    data = diagram(start(), end(), path("start end"), *inside, beside=beside)
    read, problems = bpmn.examine(data)
    for one in () if problems else read.executable:
        bpmn.plain(one)
    bpmn.svg(bpmn.lay_out(read))
    bpmn.write(read)
