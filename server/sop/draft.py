"""A table of an SOP as a diagram: drawn, laid out, and as far as it goes ready to run.

What the table leaves open is decided plainly (the next row follows, the last one ends), what it says unclearly becomes a
problem with the cell it stands in, and the diagram is made all the same: its owner goes on in the modeler.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from server import bpmn
from server.bpmn import model
from server.errors import Problem
from server.identity import Role, Roles
from server.sop.alur import BESIDE, Alur, asked, read_alur, slugs, with_people, with_the_other_answer
from server.sop.procedure import PLAIN_END, Branch
from server.sop.reading import Baris, Mark, Tabel, Text
from server.sop.waktu import NoTime, read_time
from server.sop.workbook import IDENTITY, IF_SAID

LANGKAH = model.Template("tatalaksana.langkah", "1")
PROPERTIES = ("kelengkapan", "output")


@dataclass(frozen=True)
class Draft:
    """A diagram of one process, and what of the table could not be understood."""

    diagram: model.Diagram
    problems: tuple[Problem, ...]


def draft(tabel: Tabel, roles: Roles) -> Draft:
    """The diagram of a table, laid out."""
    drawing = _Drawing(tabel, roles)
    diagram = bpmn.lay_out(drawing.diagram())
    _, faults = bpmn.examine(bpmn.write(diagram))
    return Draft(diagram, tuple(dict.fromkeys([*tabel.problems, *drawing.problems, *faults])))


@dataclass
class _Drawing:
    tabel: Tabel
    roles: Roles
    problems: list[Problem] = field(default_factory=list)
    nodes: dict[str, model.Node] = field(default_factory=dict)
    flows: dict[str, model.Flow] = field(default_factory=dict)
    lane_of: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    """The short name of each row."""

    def diagram(self) -> model.Diagram:
        identity = self.tabel.identity
        name = _line(identity.get("nama", "")) or "SOP baru"
        process_id = _identifier(identity.get("id") or name)
        lanes = self._lanes()
        self._draw()
        process = model.Process(
            id=process_id,
            name=name,
            documentation=identity.get("dokumentasi"),
            properties=self._properties(),
            nodes=self.nodes,
            flows=self.flows,
            lanes=tuple(self._filled(lanes)),
        )
        pool = model.Participant(f"kolam_{process_id}", name, process_id)
        return model.Diagram(f"definisi_{process_id}", (process,), f"kolaborasi_{process_id}", (pool,))

    # -- who

    def _lanes(self) -> list[model.Lane]:
        found: list[model.Lane] = []
        ids: set[str] = set()
        for index, actor in enumerate(self.tabel.actors):
            role = self._role(actor)
            lane_id = f"jalur_{role.id if role else index + 1}"
            lane_id = lane_id if lane_id not in ids else f"jalur_{index + 1}"
            ids.add(lane_id)
            properties = {"role": role.id} if role else {}
            name = role.nama if role else actor.text or f"Pelaksana {index + 1}"
            found.append(model.Lane(lane_id, name, role.id if role else None, properties=properties))
        return found or [model.Lane("jalur_1", "Pelaksana")]

    def _role(self, actor: Text) -> Role | None:
        """The role that a heading names. Of several that share a spelling, those of the field's own name are preferred."""
        if found := self.roles.role_by_lane(actor.text):
            return found
        plain = _plain(actor.text)
        named = [role for role in self.roles.values() if plain in map(_plain, (role.nama, *role.printed))]
        choice = (
            " atau ".join(f"“{role.nama}”" for role in named) if named else "nama peran dari lembar Pelaksana"
        )
        self.problems.append(Problem(f"pelaksana “{actor.text}” tidak jelas; tulis {choice}", actor.where))
        return None

    def _filled(self, lanes: list[model.Lane]) -> Iterator[model.Lane]:
        for index, lane in enumerate(lanes):
            nodes = tuple(node for node, home in self.lane_of.items() if home == index)
            yield model.Lane(lane.id, lane.name, lane.role, nodes, properties=lane.properties)

    def _properties(self) -> dict[str, str]:
        said = self.tabel.identity
        bidang = _plain(said.get("bidang", ""))
        known = {_plain(one.nama): one.id for one in self.roles.bidang.values()}
        ids = {_plain(one): one for one in self.roles.bidang}
        found = {
            key: "; ".join(_items(said.get(key, "")))
            for key, _ in IDENTITY
            if key not in IF_SAID or said.get(key)
        }
        return {**found, "bidang": ids.get(bidang) or known.get(bidang) or found["bidang"]}

    # -- what follows what

    def _draw(self) -> None:
        rows = self.tabel.rows
        ways = [self._way(row) for row in rows]
        entries: dict[int, str] = {}
        exits: dict[int, str] = {}
        start = self._place(
            model.StartEvent(id="mulai", name=_line(self.tabel.identity.get("dimulai", "")) or "Mulai"), 0
        )
        for row in rows:
            entries[row.nomor], exits[row.nomor] = self._row(row)
        self.lane_of[start] = self.lane_of[entries[rows[0].nomor]]
        self._flow(start, entries[rows[0].nomor])
        for row, (question, branches) in zip(rows, ways, strict=True):
            self._lead(row, exits[row.nomor], question, branches, entries)
        aimed = {branch.to for _, branches in ways for branch in branches}
        self.problems += (
            Problem(f"tidak ada langkah yang menuju langkah {row.nomor}", row.where)
            for row in rows[1:]
            if row.nomor not in aimed
        )

    def _way(self, row: Baris) -> tuple[str | None, tuple[Branch, ...]]:
        """The question of a row and where it leads, as its cells say."""
        following = row.nomor + 1 if row.nomor < len(self.tabel.rows) else None
        keys = ("alur",) if self.tabel.has_alur else ("keterangan", "uraian")
        for text in (row.texts[key] for key in keys if key in row.texts):
            alur = read_alur(text.text)
            if alur is None:
                if keys == ("alur",):
                    self.problems.append(Problem(f"alur “{_line(text.text)}” tidak terbaca", text.where))
                continue
            alur = with_people(self._numbered(alur), self._people(alur, row))
            self.problems += (
                Problem(f"“jika {label}” menuju “{word}”: tulis nomor langkahnya", text.where)
                for label, word in alur.people
            )
            branches = tuple(self._known(alur.branches, text))
            if branches:
                return alur.question, with_the_other_answer(branches, following)
        return None, (Branch(following),)

    def _numbered(self, alur: Alur) -> Alur:
        """The flow with rows by their place, where it names them by the numbers that the table prints; a number that it does
        not print is negative."""
        printed = [row.tertulis for row in self.tabel.rows]
        if None in printed or len(set(printed)) < len(printed):
            return alur
        places = {number: place for place, number in enumerate(printed, 1)}
        branches = (
            replace(one, to=places.get(one.to, -one.to) if one.to else one.to) for one in alur.branches
        )
        return replace(alur, branches=tuple(branches))

    def _people(self, alur: Alur, row: Baris) -> Iterator[tuple[str, int]]:
        """For each person that an answer leads to, the last row before this one in which they act, or the next."""
        for _, word in alur.people:
            if word.casefold() in BESIDE:
                yield word, row.nomor + BESIDE[word.casefold()]
                continue
            columns = [
                n for n, actor in enumerate(self.tabel.actors) if _plain(word) in _plain(actor.text).split()
            ]
            acting = [
                one.nomor for one in self.tabel.rows if any(mark.actor in columns for mark in one.marks)
            ]
            before, after = [n for n in acting if n < row.nomor], [n for n in acting if n > row.nomor]
            if before or after:
                yield word, before[-1] if before else after[0]

    def _known(self, branches: Iterable[Branch], text: Text) -> Iterator[Branch]:
        for branch in branches:
            if branch.to is not None and not 1 <= branch.to <= len(self.tabel.rows):
                self.problems.append(Problem(f"tidak ada langkah {abs(branch.to)}", text.where))
            else:
                yield branch

    # -- rows

    def _row(self, row: Baris) -> tuple[str, str]:
        """Draws the tasks of a row; where it is entered, and where it is left."""
        properties = self._facts(row)
        marks = row.marks or [Mark(0)]
        if not row.marks:
            self.problems.append(Problem("pelaksananya tidak ditandai", row.where))
        name = self._name(row)
        own = next((mark for mark in marks if mark.nama is None), marks[0])
        entry = exit_ = ""
        order = {id(mark): mark.order or index + 1 for index, mark in enumerate(marks)}
        ordered = sorted(marks, key=lambda mark: (order[id(mark)], mark is not own))
        for _, group in groupby(ordered, key=lambda mark: order[id(mark)]):
            tasks = [
                self._task(row, mark, name if mark is own else mark.nama or name, mark is own, properties)
                for mark in group
            ]
            first, last = self._together(row, tasks)
            if exit_:
                self._flow(exit_, first)
            entry, exit_ = entry or first, last
        return entry, exit_

    def _task(self, row: Baris, mark: Mark, name: str, own: bool, properties: Mapping[str, str]) -> str:
        lanes = max(len(self.tabel.actors), 1)
        base = f"langkah_{row.nomor}" if own else f"langkah_{row.nomor}_{mark.actor + 1}"
        task = model.UserTask(
            id=self._free(base), name=_line(name)[:200], template=LANGKAH, properties=dict(properties)
        )
        return self._place(task, min(mark.actor, lanes - 1))

    def _together(self, row: Baris, tasks: list[str]) -> tuple[str, str]:
        """Those who act at once, between two parallel gateways."""
        if len(tasks) == 1:
            return tasks[0], tasks[0]
        lane = self.lane_of[tasks[0]]
        gates = [
            self._place(
                model.Gateway(id=self._free(f"{word}_{row.nomor}"), kind=model.GatewayKind.PARALLEL), lane
            )
            for word in ("cabang", "gabung")
        ]
        for task in tasks:
            self._flow(gates[0], task)
            self._flow(task, gates[1])
        return gates[0], gates[1]

    def _facts(self, row: Baris) -> dict[str, str]:
        said = {
            key: row.texts[key].text if key in row.texts else ""
            for key in ("uraian", "keterangan", *PROPERTIES)
        }
        return {
            "langkah": str(row.nomor),
            "uraian": _line(said["uraian"]),
            "kelengkapan": "; ".join(_items(said["kelengkapan"])),
            "waktu": self._time(row.texts.get("waktu")),
            "output": "; ".join(_items(said["output"])),
            "keterangan": _line(said["keterangan"]),
        }

    def _time(self, text: Text | None) -> str:
        if text is None:
            return ""
        try:
            return read_time(text.text) or ""
        except NoTime:
            self.problems.append(
                Problem(f"waktu “{_line(text.text)}” tidak terbaca; tulis seperti “15 menit”", text.where)
            )
            return ""

    def _name(self, row: Baris) -> str:
        """Its own, or the beginning of what it says."""
        if "nama" in row.texts:
            return _line(row.texts["nama"].text)
        text = _line(row.texts["uraian"].text) if "uraian" in row.texts else ""
        if not text:
            self.problems.append(Problem("kegiatannya kosong", row.where))
        return short(text) or f"Langkah {row.nomor}"

    # -- branches

    def _lead(
        self,
        row: Baris,
        source: str,
        question: str | None,
        branches: tuple[Branch, ...],
        entries: Mapping[int, str],
    ) -> None:
        """Draws the ways out of a row: one flow, or a gateway with an answer for each."""
        lane = self.lane_of[source]
        if len(branches) == 1 and branches[0].label is None:
            self._flow(source, self._target(row, 1, branches[0], entries, lane))
            return
        name = question or asked(branches) or f"Hasil langkah {row.nomor}?"
        gate = self._place(
            model.Gateway(id=self._free(f"putusan_{row.nomor}"), kind=model.GatewayKind.EXCLUSIVE, name=name),
            lane,
        )
        self._flow(source, gate)
        labels = [branch.label or "selain itu" for branch in branches]
        for number, (branch, label, slug) in enumerate(zip(branches, labels, slugs(labels), strict=True), 1):
            condition = model.Expression(f'keputusan_{row.nomor} = "{slug}"')
            target = self._target(row, number, branch, entries, lane)
            self._flow(gate, target, label, condition)

    def _target(self, row: Baris, number: int, branch: Branch, entries: Mapping[int, str], lane: int) -> str:
        """Where a branch leads; a result on the way is an event of its own."""
        if branch.to is None:
            name = branch.hasil or PLAIN_END
            end_id = self._free(
                f"selesai_{row.nomor}_{number}" if branch.label or branch.hasil else "selesai"
            )
            return self._place(model.EndEvent(id=end_id, name=name), lane)
        if not branch.hasil:
            return entries[branch.to]
        event = model.ThrowEvent(
            id=self._free(f"hasil_{row.nomor}_{number}"), name=short(branch.hasil), documentation=branch.hasil
        )
        self._place(event, lane)
        self._flow(event.id, entries[branch.to])
        return event.id

    # -- pieces

    def _place(self, node: model.Node, lane: int) -> str:
        self.nodes[node.id] = node
        self.lane_of[node.id] = lane
        return node.id

    def _flow(
        self, source: str, target: str, name: str | None = None, condition: model.Expression | None = None
    ) -> None:
        flow_id = f"alur_{len(self.flows) + 1:02}"
        self.flows[flow_id] = model.Flow(flow_id, source, target, name, condition)

    def _free(self, base: str) -> str:
        number = 2
        name = base
        while name in self.nodes:
            name, number = f"{base}_{number}", number + 1
        return name


def short(text: str, most: int = 6) -> str:
    """The first words of a text, as a task is named."""
    words = re.split(r"[.;:(]", text)[0].split()
    return " ".join(words[:most]).rstrip(",")


def _line(text: str) -> str:
    return " ".join(text.split())


def _items(text: str) -> list[str]:
    """The things of a list, one a line or parted by semicolons, without their bullets and numbers."""
    parts = (
        re.sub(r"^(?:[-–•*●]|\(?(?:\d{1,2}|[a-z])[.)])\s+", "", part.strip())
        for part in re.split(r"\n|;\s", text)
    )
    return [_line(part) for part in parts if part.strip(" -–")]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _identifier(text: str) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:60]
    return name if name and not name[0].isdigit() else f"sop_{name or 'baru'}"
