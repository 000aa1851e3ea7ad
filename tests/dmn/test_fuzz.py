"""Whatever the bytes and the inputs: a file is refused or read, and then nothing raises."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server import dmn
from server.dmn.model import InputData
from tests.dmn.files import imported

FILES = {name: imported(f"urn:uji:{name}") for name in ("kebijakan", "kebutuhan", "kotak", "lama")}
PIECES = [
    b"<", b">", b"</text>", b'""', b"#", b"\xff", b"]]>", b"<list>", b"<context/>", b"null", b"(", b"[1..", b"-",
    b"hari", b"partial", b"item", b"?", b"9 ** 99999999", b"function(x) x", b"@", b"{a: 1}", b"for i in [1] return i",
    b'typeRef="date"', b'typeRef="tPegawai"', b'typeRef="tAngka"', b"<decisionTable/>", b"<inputData/>",
]  # fmt: skip

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-22", "P1Y", "III/a", Decimal("1e6144")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["hari", "n", "Pegawai", "Hari ini", "Angka", "Lepas", "Jabatan", "lama", "Umur", "kiri", "siapa"]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file with a few pieces cut, doubled or put in."""
    data = FILES[draw(st.sampled_from(sorted(FILES)))]
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 40))
        piece = draw(st.sampled_from(PIECES) | st.just(data[start : start + length]))
        data = data[:start] + piece + data[start + draw(st.sampled_from([0, length])) :]
    return data


@settings(max_examples=150)
@given(mutated(), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_a_mutated_file_is_refused_or_evaluated(data, inputs):
    try:
        definitions = dmn.read(data, imported)
    except dmn.Unreadable:
        return
    dmn.check(definitions)
    for element in definitions.elements:
        if not isinstance(element, InputData):
            dmn.evaluate(definitions, element.id, inputs)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=40)
@given(inputs=st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_input_gives_an_answer(name, inputs):
    definitions = dmn.read(FILES[name], imported)
    for decision in definitions.decisions:
        dmn.evaluate(definitions, decision.id, inputs)


@settings(max_examples=200)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_of_examples_are_refused_or_read(data):
    try:
        dmn.read_examples(data)
    except dmn.UnreadableExamples:
        return
