"""A diagram read as an SOP: who acts, the rows of its table, and what follows what (PermenPAN-RB 35/2012).

A row is what one `langkah` number joins; a person's task without a number is a row of its own, where the flow comes by.
What is neither a person's task nor a decision, an end or the start (automatic steps, parallel gateways, events) is no part
of the table: the flow is followed through it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cached_property

from server.bpmn import in_order, leaves, model


class Kind(StrEnum):
    START = auto()
    ACT = auto()
    DECISION = auto()
    END = auto()


@dataclass(frozen=True)
class Actor:
    """A column of the table: a lane. `role` is None where the lane names none."""

    nama: str
    role: str | None = None


@dataclass(frozen=True)
class Symbol:
    """One thing in the flow. `actor` and `row` count from 0; `text` is a task's name, a decision's question, an end's name.

    A decision or an end stands in the row that leads to it; an end that several lead to is there once for each of them.
    """

    id: str
    kind: Kind
    actor: int
    row: int
    text: str | None = None


@dataclass(frozen=True)
class Way:
    """An arrow from symbol to symbol, by their ids. `hasil` is the result that the diagram names on the way."""

    source: str
    target: str
    label: str | None = None
    hasil: str | None = None


@dataclass(frozen=True)
class Row:
    """A row of the table. `waktu` is an ISO 8601 duration of working time, None where the procedure gives none."""

    nomor: int
    nama: str
    act: str
    """The symbol that bears the row's name; others of the row act with it."""
    uraian: str | None
    kelengkapan: tuple[str, ...]
    waktu: str | None
    output: tuple[str, ...]
    keterangan: str | None


@dataclass(frozen=True)
class Branch:
    """Where a row leads: to the row `to`, or to an end (None). `label` is None where nothing is decided."""

    to: int | None
    label: str | None = None
    hasil: str | None = None


@dataclass(frozen=True)
class Procedure:
    """An SOP. `identity`: the properties of its process; `symbols` in the order of the flow."""

    id: str
    nama: str
    identity: Mapping[str, str]
    documentation: str | None
    actors: tuple[Actor, ...]
    rows: tuple[Row, ...]
    symbols: tuple[Symbol, ...]
    ways: tuple[Way, ...]
    numbered: bool = True
    """Whether its rows bear numbers, as those of a book's SOP do; what such a one calls may have none."""

    def acts(self, row: Row) -> list[Symbol]:
        """The tasks of a row, in the order in which they are done."""
        return [one for one in self._within(row) if one.kind is Kind.ACT]

    def decisions(self, row: Row) -> list[Symbol]:
        """What a row decides, in order."""
        return [one for one in self._within(row) if one.kind is Kind.DECISION]

    def branches(self, row: Row) -> list[Branch]:
        """What follows a row, each once, in the order of the diagram. An answer that leads on to another act of the same row
        leads where that one does; one that leads back within it leads to the row itself.
        """
        own = [way for way in self.ways if self._leaves_from(way, row)]
        inside = {way.target for way in own if way.label and self._stays(way)}
        found: list[Branch] = []
        for way in own:
            if way.source not in inside:
                found += self._outcomes(way, inside)
        return list(dict.fromkeys(found))

    def _outcomes(self, way: Way, inside: Collection[str]) -> Iterator[Branch]:
        """Where a way out of a row's symbol leads in the end; nothing where that is another symbol of the row."""
        waiting, seen = [way], set[Way]()
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            target = self.by_id[one.target]
            label, hasil = way.label or one.label, one.hasil or way.hasil
            if target.kind is Kind.END:
                yield Branch(None, label, hasil)
            elif target.row != self.by_id[way.source].row or (one.label and not self._stays(one)):
                yield Branch(target.row + 1, label, hasil)
            elif target.id in inside:
                waiting += [other for other in self.ways if other.source == target.id]

    def _leaves_from(self, way: Way, row: Row) -> bool:
        source = self.by_id[way.source]
        return source.row == row.nomor - 1 and source.kind is not Kind.START

    def _stays(self, way: Way) -> bool:
        """Whether a way leads on within its row: to something that stands behind its source."""
        source, target = self.by_id[way.source], self.by_id[way.target]
        return source.row == target.row and self._order[source.id] < self._order[target.id]

    @cached_property
    def _order(self) -> dict[str, int]:
        return {symbol.id: index for index, symbol in enumerate(self.symbols)}

    @cached_property
    def by_id(self) -> dict[str, Symbol]:
        return {symbol.id: symbol for symbol in self.symbols}

    def _within(self, row: Row) -> list[Symbol]:
        return [symbol for symbol in self.symbols if symbol.row == row.nomor - 1]


def read_procedure(process: model.Process) -> Procedure:
    """The SOP that a process is. What nobody can reach from its start is left where the file has it."""
    return _Reading(process).procedure()


PLAIN_END = "Selesai"
"""An end of this name has no result of its own."""
NOBODY = Actor("Pelaksana")
"""The column of a diagram without lanes, and of what stands in none."""


@dataclass(frozen=True)
class _Step:
    """A way on from a node: to the next one that the table shows."""

    target: model.Node
    label: str | None
    hasil: str | None
    joined: bool
    """Whether parallel work comes together on the way."""


class _Reading:
    def __init__(self, process: model.Process) -> None:
        self.process = process
        lanes = list(leaves(process.lanes))
        self.columns = {node: index for index, lane in enumerate(lanes) for node in lane.nodes}
        actors = [Actor(lane.name or lane.role or lane.id, lane.role) for lane in lanes]
        order = list(_flattened(process))
        self.acts = [node for node in order if isinstance(node, model.Activity) and _is_act(node)]
        if not lanes or any(self._lane(node) is None for node in self.acts):
            actors.append(NOBODY)
        self.actors = tuple(actors)
        self.nodes = [node for node in order if self._is_shown(node)]
        self.steps = {node.id: list(self._steps(node)) for node in self.nodes}
        self.row_of = self._numbered()

    def procedure(self) -> Procedure:
        process = self.process
        symbols, ways = self._graph()
        return Procedure(
            id=process.id,
            nama=process.name or process.id,
            identity=process.properties,
            documentation=process.documentation,
            actors=self.actors,
            rows=tuple(self._rows()),
            symbols=tuple(symbols),
            ways=tuple(ways),
            numbered=any(_number(node) for node in self.acts),
        )

    # -- nodes

    def _is_shown(self, node: model.Node) -> bool:
        if isinstance(node, model.EndEvent | model.StartEvent):
            return node.id in self.process.nodes
        return _is_act(node) or self._decides(node)

    def _decides(self, node: model.Node) -> bool:
        several = len(self.process.scope_of(node.id).outgoing(node.id)) > 1
        return isinstance(node, model.Gateway) and node.kind is not model.GatewayKind.PARALLEL and several

    def _lane(self, node: model.Node) -> int | None:
        """The column of the lane that a node, or the sub-process around it, lies in."""
        while node.id not in self.columns:
            scope = self.process.scope_of(node.id)
            if not isinstance(scope, model.SubProcess):
                return None
            node = scope
        return self.columns[node.id]

    def _actor(self, node: model.Node, otherwise: int) -> int:
        lane = self._lane(node)
        return otherwise if lane is None else lane

    # -- rows

    def _numbered(self) -> dict[str, int]:
        """The row of each act, from 0: by its own number, else right behind the row that the flow comes from."""
        keys: dict[str, tuple[int, int]] = {}
        last = 0
        for index, node in enumerate(self.acts):
            number = _number(node)
            last = number or last
            keys[node.id] = (last, 0 if number else index + 1)
        rows = {key: index for index, key in enumerate(sorted(set(keys.values())))}
        return {node_id: rows[key] for node_id, key in keys.items()}

    def _rows(self) -> Iterator[Row]:
        members: dict[int, list[model.Activity]] = {}
        for node in self.acts:
            members.setdefault(self.row_of[node.id], []).append(node)
        for row in sorted(members):
            tasks = members[row]
            own = next((task for task in tasks if task.id == f"langkah_{_number(task)}"), tasks[0])
            said = own.mutu_baku
            yield Row(
                nomor=row + 1,
                nama=own.name or own.id,
                act=own.id,
                uraian=said.uraian,
                kelengkapan=said.kelengkapan,
                waktu=said.waktu,
                output=said.output,
                keterangan=said.keterangan,
            )

    # -- flow

    def _graph(self) -> tuple[list[Symbol], list[Way]]:
        """The symbols and ways. Decisions and ends stand in the row, and ends in the column, of what leads to them."""
        placed = self._placed()
        symbols = [placed[node.id] for node in self.nodes if node.id in placed]
        ways: list[Way] = []
        for node in self.nodes:
            if node.id not in placed:
                continue
            for step in self.steps[node.id]:
                target = step.target
                if not isinstance(target, model.EndEvent):
                    if target.id in placed:
                        ways.append(Way(node.id, target.id, step.label, step.hasil))
                    continue
                end = self._end(placed[node.id], step)
                if end not in symbols:
                    symbols.append(end)
                ways.append(Way(node.id, end.id, step.label, step.hasil or _result(target)))
        return symbols, list(dict.fromkeys(ways))

    def _end(self, source: Symbol, step: _Step) -> Symbol:
        if step.joined:
            last = max(
                (s for s in self.nodes if self._leads(s, step.target)), key=lambda s: self.row_of.get(s.id, 0)
            )
            row = self.row_of.get(last.id, source.row)
            return Symbol(
                step.target.id, Kind.END, self._actor(step.target, source.actor), row, step.target.name
            )
        return Symbol(f"{step.target.id} {source.id}", Kind.END, source.actor, source.row, step.target.name)

    def _leads(self, node: model.Node, target: model.Node) -> bool:
        return any(step.target is target for step in self.steps[node.id])

    def _placed(self) -> dict[str, Symbol]:
        """The symbols of acts, of the start that leads to one, and of the decisions behind them."""
        placed: dict[str, Symbol] = {}
        for node in self.nodes:
            if isinstance(node, model.Activity):
                actor = self._actor(node, len(self.actors) - 1)
                placed[node.id] = Symbol(node.id, Kind.ACT, actor, self.row_of[node.id], node.name or node.id)
        waiting = [node for node in self.nodes if isinstance(node, model.Gateway)]
        while found := [(node, before) for node in waiting if (before := self._before(node, placed))]:
            for node, before in found:
                actor = self._actor(node, before.actor)
                placed[node.id] = Symbol(node.id, Kind.DECISION, actor, before.row, node.name)
                waiting.remove(node)
        for node in self.nodes:
            first = next(
                (placed[step.target.id] for step in self.steps[node.id] if step.target.id in placed), None
            )
            if isinstance(node, model.StartEvent) and first:
                placed[node.id] = Symbol(node.id, Kind.START, first.actor, first.row, node.name)
        return placed

    def _before(self, gateway: model.Node, placed: Mapping[str, Symbol]) -> Symbol | None:
        """What leads to a decision: the last of it in the table."""
        found = [placed[one.id] for one in self.nodes if one.id in placed and self._leads(one, gateway)]
        return max(found, key=lambda symbol: symbol.row, default=None)

    def _steps(self, node: model.Node) -> Iterator[_Step]:
        """The ways on from a node, past everything that the table does not show."""
        scope = self.process.scope_of(node.id)
        first = [(flow, flow.name) for flow in scope.outgoing(node.id)]
        for event in scope.boundary_events(node.id):
            first += [(flow, event.name or flow.name) for flow in scope.outgoing(event.id)]
        for flow, label in first:
            yield from self._followed(flow, label, isinstance(node, model.Gateway))

    def _followed(self, flow: model.Flow, label: str | None, decided: bool) -> Iterator[_Step]:
        seen: set[str] = set()
        work: list[tuple[str, str | None, str | None, bool]] = [(flow.target, label, None, False)]
        while work:
            node_id, label, hasil, joined = work.pop()
            if node_id in seen:
                continue
            seen.add(node_id)
            node = self.process.node(node_id)
            if self._is_shown(node):
                yield _Step(node, label, hasil, joined)
                continue
            scope = self.process.scope_of(node_id)
            if isinstance(node, model.ThrowEvent):
                hasil = node.documentation or node.name or hasil
            if isinstance(node, model.CatchEvent) and decided:
                label = label or node.name
            if isinstance(node, model.Gateway) and node.kind is model.GatewayKind.PARALLEL:
                joined = joined or len(scope.incoming(node_id)) > 1
            work += [(target, label, hasil, joined) for target in reversed(self._next(node, scope))]

    def _next(self, node: model.Node, scope: model.Scope) -> list[str]:
        """The nodes right behind one that the table does not show: into a sub-process, and out of it at its end."""
        if isinstance(node, model.SubProcess):
            inside = [one.id for one in node.nodes.values() if not node.incoming(one.id)]
            return [one for one in inside if not isinstance(node.nodes[one], model.BoundaryEvent)]
        if isinstance(node, model.EndEvent) and isinstance(scope, model.SubProcess):
            return [flow.target for flow in self.process.scope_of(scope.id).outgoing(scope.id)]
        return [flow.target for flow in scope.outgoing(node.id)]


def _flattened(scope: model.Scope) -> Iterator[model.Node]:
    """The nodes in the order of the flow, the inside of a sub-process in its place."""
    for node_id in in_order(scope):
        node = scope.nodes[node_id]
        yield node
        if isinstance(node, model.SubProcess):
            yield from _flattened(node)


def _is_act(node: model.Node) -> bool:
    """Whether a person does it, or the diagram counts it as a row."""
    if isinstance(node, model.SubProcess) or not isinstance(node, model.Activity):
        return False
    persons = isinstance(node, model.UserTask | model.ManualTask | model.Task | model.CallActivity)
    return persons or _number(node) is not None


def _number(node: model.Node) -> int | None:
    said = node.properties.get("langkah", "")
    return int(said) if said.isascii() and said.isdigit() and 0 < len(said) < 7 else None


def _result(end: model.Node) -> str | None:
    return None if end.name in (None, PLAIN_END) else end.name
