"""The picture is well-formed SVG of what is drawn, and no text of the diagram becomes markup."""

from lxml import etree

from server import bpmn
from tests.bpmn.test_layout import procedure
from tests.bpmn.test_writer import WHOLE
from tests.diagrams import diagram, end, lane, lanes, path, start, user

SVG = "{http://www.w3.org/2000/svg}"


def drawn(data: bytes, **fills: str) -> etree._Element:
    return etree.fromstring(bpmn.svg(bpmn.lay_out(bpmn.examine(data)[0]), fills))


def texts(picture: etree._Element) -> str:
    return " ".join(str(text) for element in picture.iter(f"{SVG}text") for text in element.itertext())


def test_names_of_lanes_tasks_events_and_flows_are_in_the_picture() -> None:
    data = diagram(
        lanes(lane("Kasubag Umum", None, "start a end")),
        start(name="Mulai"), user("a", name="Periksa surat pengantar cuti"), end(name="Selesai"), path("start a end"),
    )  # fmt: skip
    said = texts(drawn(data))
    for name in ("Kasubag Umum", "Mulai", "Periksa surat", "Selesai"):
        assert name in said


def test_every_element_can_be_found_by_its_id() -> None:
    picture = drawn(diagram(start(), user("a"), end(), path("start a end")))
    found = [group.get("data-id") for group in picture.iter(f"{SVG}g")]
    assert sorted(map(str, found)) == ["a", "a_end", "end", "start", "start_a"]


def test_text_is_escaped() -> None:
    name = '<script>alert("1")</script>&amp;'
    picture = drawn(diagram(start(), user("a", name=name), end(), path("start a end")), a='"/><script>')
    assert picture.find(f".//{SVG}script") is None
    assert name.replace(" ", "") in texts(picture).replace(" ", "")


def test_fills_colour_elements() -> None:
    picture = drawn(diagram(start(), user("a"), end(), path("start a end")), a="#ffcc00")
    (group,) = (group for group in picture.iter(f"{SVG}g") if group.get("data-id") == "a")
    assert group[0].get("style") == "fill:#ffcc00"


def test_every_kind_of_element_can_be_drawn() -> None:
    drawn(WHOLE)
    etree.fromstring(bpmn.svg(bpmn.examine(WHOLE)[0]))


def test_diagram_without_a_drawing_gives_an_empty_picture() -> None:
    picture = etree.fromstring(bpmn.svg(bpmn.read(diagram(start(), end(), path("start end")))))
    assert texts(picture) == ""


def test_random_procedures_give_pictures() -> None:
    for seed in range(20):
        etree.fromstring(bpmn.svg(bpmn.lay_out(procedure(seed))))
