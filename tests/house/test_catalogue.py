"""The catalogue in docs/sop-book.md counts what the diagrams hold, and their cases' numbers cannot be taken for each other's."""

import re
from collections import Counter
from pathlib import Path

from server import bpmn
from server.bpmn import model

ROOT = Path(__file__).parents[2]
ENTRY = re.compile(
    r"^\| \[(.+)\]\(\.\./(bpmn/.+\.bpmn)\) \| (.+) \| (\S*) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
)


def processes() -> dict[str, model.Process]:
    """By the file's path."""
    return {
        str(path.relative_to(ROOT)): process
        for path in ROOT.glob("bpmn/**/*.bpmn")
        for process in bpmn.read(path.read_bytes()).executable
    }


def entry(process: model.Process) -> tuple[str, str, str, int, int, int]:
    """Title, what begins it, code, rows of the table, tasks of people, decisions."""
    tasks = [node for node in process.every_node() if isinstance(node, model.UserTask)]
    decisions = [
        node
        for node in process.every_node()
        if isinstance(node, model.Gateway) and node.kind is model.GatewayKind.EXCLUSIVE
    ]
    rows = {task.mutu_baku.langkah for task in tasks} - {None}
    assert process.start is not None
    begin = process.start.name or ""
    return (
        process.name or "",
        begin,
        process.properties.get("kode", ""),
        len(rows),
        len(tasks),
        len(decisions),
    )


def test_the_catalogue_counts_what_the_diagrams_hold() -> None:
    listed = {
        path: (title, begin, code, int(rows), int(tasks), int(decisions))
        for title, path, begin, code, rows, tasks, decisions in ENTRY.findall(
            (ROOT / "docs" / "sop-book.md").read_text()
        )
    }
    assert listed == {path: entry(process) for path, process in processes().items()}


TOTALS = re.compile(r"\*\*(\d+) procedures\*\* \| \| \| \*\*(\d+)\*\* \| \*\*(\d+)\*\* \| \*\*(\d+)\*\*")
TOGETHER = re.compile(
    r"Together (\d+) procedures with (\d+) steps, (\d+) tasks of people and (\d+) decisions"
)


def test_its_totals_are_the_sums_of_what_it_lists() -> None:
    text = (ROOT / "docs" / "sop-book.md").read_text().partition("### Called by")[0]
    found: list[tuple[int, ...]] = []
    for section in text.split("## The catalogue")[1].split("\n### ")[1:]:
        listed = [tuple(map(int, entry[4:])) for entry in ENTRY.findall(section)]
        found.append((len(listed), *(sum(column) for column in zip(*listed, strict=True))))
        (told,) = TOTALS.findall(section)
        assert tuple(map(int, told)) == found[-1], section.partition("\n")[0]
    (together,) = TOGETHER.findall(text)
    assert tuple(map(int, together)) == tuple(sum(column) for column in zip(*found, strict=True))


SHARED_ROW = re.compile(r"^\| ([a-z-]+) \| (\d+) \| (.+\)(?: [¹²])?) \|$", re.MULTILINE)


def test_every_row_in_which_several_act_is_listed_with_its_tasks() -> None:
    """Rows with more than one task that are the book's own way of drafting are told in words."""
    listed = {
        (name, row): sorted(re.sub(r" [¹²]$", "", task) for task in re.split(r" [→∥] ", tasks))
        for name, row, tasks in SHARED_ROW.findall((ROOT / "docs" / "sop-book.md").read_text())
    }
    drawn: dict[tuple[str, str], list[str]] = {}
    for path, process in processes().items():
        for node in process.nodes.values():
            if isinstance(node, model.UserTask) and node.mutu_baku.langkah:
                lane = process.lanes_of(node.id)[0].name
                drawn.setdefault((Path(path).stem, node.mutu_baku.langkah), []).append(
                    f"{node.name} ({lane})"
                )
    shared = {
        row: sorted(tasks) for row, tasks in drawn.items() if len({t.rpartition(" (")[2] for t in tasks}) > 1
    }
    assert listed == shared


FORMS = re.compile(r"(\d+) of the (\d+) tasks of people")


def test_the_page_counts_the_tasks_with_a_form_of_their_own() -> None:
    tasks = [
        node
        for process in processes().values()
        for node in process.every_node()
        if isinstance(node, model.UserTask)
    ]
    told = FORMS.findall((ROOT / "docs" / "sop-book.md").read_text().replace("\n", " "))
    assert told == [(str(sum(task.form is not None for task in tasks)), str(len(tasks)))]


def test_no_two_procedures_share_the_head_of_their_case_numbers() -> None:
    codes = Counter(
        process.properties.get("kode") or process.id.replace("_", "-").upper()
        for process in processes().values()
    )
    assert [code for code, count in codes.items() if count > 1] == []
