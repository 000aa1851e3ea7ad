"""A DMN file made ready: for each element, how its value is found from what it requires (DMN 1.5 §6.3, §10.4).

Everything is compiled once, when it is first asked for, and kept with the file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from server.dmn.logic import compile_boxed, compile_function, conversion, item_names, result_type
from server.dmn.model import (
    BusinessKnowledge,
    Decision,
    DecisionService,
    Definitions,
    Element,
    InputData,
    Ref,
    Table,
)
from server.dmn.requirements import label
from server.dmn.session import MISSING, Session, Trail
from server.dmn.table import CompiledTable
from server.dmn.texts import Findings, Site
from server.dmn.types import Names, Types, from_outside
from server.feel.errors import Fault
from server.feel.types import ANY
from server.feel.types import Type as Shape
from server.feel.values import Function

Find = Callable[[Session], object]
"""How the value of an element is found in an evaluation."""

Order = tuple[tuple[Ref, Find], ...]
"""Elements, each after those that it requires, and how their values are found."""


@dataclass(frozen=True)
class Need:
    """One thing that an element requires: the file that holds it, its reference, and its name as seen from here, with the
    import's name before it."""

    program: "Program"
    ref: Ref
    element: Element
    prefix: str

    @cached_property
    def name(self) -> str:
        """The name within its file."""
        return self.element.variable.name


class Program:
    """One file, its elements compiled as they are asked for, with what was found on the way."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.imported: Mapping[str, Program] = {
            namespace: program_of(other) for namespace, other in definitions.imported.items()
        }
        self.types: Types = Types(
            definitions, {name: program.types for name, program in self.imported.items()}
        )
        self.findings = Findings()
        self._compiled = False
        self._found: dict[str, Find] = {}
        self._needs: dict[str, tuple[Need, ...]] = {}
        self._orders: dict[tuple[Ref, frozenset[Ref]], Order] = {}

    def value(self, ref: Ref, session: Session) -> object:
        """The value of an element, found once an evaluation, what it requires first."""
        values = session.values
        for wanted, find in self._order(ref, frozenset(values)):
            values[wanted] = find(session)
        return values[ref]

    def _order(self, ref: Ref, known: frozenset[Ref]) -> Order:
        """What is to be found, one after the other, for an element's value when some are known; told once."""
        if (ref, known) not in self._orders:
            self._orders[ref, known] = tuple(self._walk(ref, set(known)))
        return self._orders[ref, known]

    def _walk(self, ref: Ref, known: set[Ref]) -> Iterator[tuple[Ref, Find]]:
        """Depth first without recursion, since a file may hold a chain of any length."""
        waiting = [(self, ref, False)]
        while waiting:
            program, wanted, ready = waiting.pop()
            if wanted in known:
                continue
            if ready:
                known.add(wanted)
                yield wanted, program.find(wanted.id)
            else:
                waiting.append((program, wanted, True))
                waiting += [(need.program, need.ref, False) for need in reversed(program.needs_of(wanted.id))]

    def needs_of(self, id_: str) -> tuple[Need, ...]:
        """What must be known before an element of this file can be evaluated."""
        if id_ not in self._needs:
            element = self.definitions.by_id[id_]
            refs = element.requirements if isinstance(element, Decision | BusinessKnowledge) else ()
            self._needs[id_] = self.needs(refs)
        return self._needs[id_]

    def find(self, id_: str) -> Find:
        """How the value of an element of this file is found."""
        if id_ not in self._found:
            self._found[id_] = self._compile(self.definitions.by_id[id_])
        return self._found[id_]

    def compile_all(self) -> Findings:
        """Compile every element, of imported files too; gives what was found in this one."""
        if not self._compiled:
            for program in self.imported.values():
                program.compile_all()
            for element in self.definitions.elements:
                self.find(element.id)
            self._compiled = True
        return self.findings

    @property
    def tables(self) -> list[CompiledTable]:
        """Every decision table of the file, compiled."""
        return [table for table in self.compile_all().tables if isinstance(table, CompiledTable)]

    def _compile(self, element: Element) -> Find:
        match element:
            case Decision():
                return self._decision(element)
            case InputData():
                return self._input(element)
            case BusinessKnowledge():
                return self._knowledge(element)
            case DecisionService():
                return self._service(element)

    def needs(self, refs: Iterable[Ref]) -> tuple[Need, ...]:
        """What references mean, seen from this file."""
        return tuple(need for ref in refs if (need := self._need(ref)))

    def _need(self, ref: Ref) -> Need | None:
        home, element = self.definitions.family.get(ref.namespace), self.definitions.find(ref)
        if home is None or element is None:
            return None
        program = self if home is self.definitions else program_of(home)
        return Need(program, ref, element, self.definitions.import_name(ref.namespace) or "")

    def names(self, needs: Iterable[Need]) -> Mapping[str, Names | None]:
        """The names that requirements bring into scope, with the names within each."""
        seen: dict[str, Names | None] = {}
        for need in needs:
            inner = need.program.names_of(need.element)
            if need.prefix:
                seen[need.prefix] = {**(seen.get(need.prefix) or {}), need.name: inner}
            else:
                seen[need.name] = inner
        return seen

    def names_of(self, element: Element) -> Names | None:
        """The names within the value of an element."""
        logic = element.logic if isinstance(element, Decision) else None
        return item_names(element.variable, logic, self.types)

    def taken_by(self, service: DecisionService) -> tuple[Need, ...]:
        """A service's parameters. Input data need not be listed: they follow from the decisions (DMN 1.5 §5.3.3)."""
        data = service.input_data or tuple(self._reached(service))
        return self.needs(data + service.input_decisions)

    def _reached(self, service: DecisionService) -> Iterator[Ref]:
        waiting, seen = list(service.outputs), set(service.input_decisions)
        while waiting:
            ref = waiting.pop(0)
            element = self.definitions.find(ref)
            if ref not in seen and isinstance(element, InputData):
                yield ref
            elif ref not in seen and isinstance(element, Decision):
                waiting += element.information
            seen.add(ref)

    def _decision(self, decision: Decision) -> Find:
        needs = self.needs_of(decision.id)
        where = label(decision)
        site = Site(where, self.names(needs), self.types, self.findings, open=self.definitions.takes_anything)
        code = compile_boxed(decision.logic, site)
        convert = conversion(self.types.find(decision.variable.type_ref))

        taken = self._named_in_tables() if self.definitions.takes_anything else None

        def find(session: Session) -> object:
            scope = scope_of(needs, session)
            if taken is not None:
                scope = {**_everything(session, taken), **scope}
            outer, session.trail = session.trail, Trail()
            value = convert(code(scope, session), session, where)
            trail, session.trail = session.trail, outer
            session.trace(decision, value, trail)
            return value

        return find

    def _input(self, data: InputData) -> Find:
        type_ = self.types.find(data.variable.type_ref)
        shape = self._named_in_tables().get(data.variable.name, ANY) if type_.free else type_.shape
        read, convert, where = from_outside(shape), conversion(type_), label(data)
        namespace, name = self.definitions.namespace, data.variable.name

        def find(session: Session) -> object:
            given = session.given(namespace, name)
            if given is MISSING:
                session.missing.append(name)
                return None
            return convert(read(given), session, where)

        return find

    def _named_in_tables(self) -> Mapping[str, Shape]:
        """The types that tables give to inputs which have none of their own, as many editors write them."""
        tables = (
            decision.logic for decision in self.definitions.decisions if isinstance(decision.logic, Table)
        )
        columns = (
            column.expression for table in tables for column in table.inputs if column.expression.type_ref
        )
        return {column.text: self.types.find(column.type_ref).shape for column in columns}

    def _knowledge(self, knowledge: BusinessKnowledge) -> Find:
        needs = self.needs_of(knowledge.id)
        if knowledge.logic is None:
            return lambda session: None
        name = knowledge.variable.name
        names = {**self.names(needs), name: None}
        site = Site(label(knowledge), names, self.types, self.findings)
        result = result_type(knowledge.variable, self.types)
        make = compile_function(knowledge.logic, site, name, result)

        def find(session: Session) -> object:
            scope = scope_of(needs, session)
            function = make(scope, session)
            scope[name] = function  # a knowledge model may call itself
            return function

        return find

    def _service(self, service: DecisionService) -> Find:
        """A function of the input data, then the input decisions (DMN 1.5 §10.4)."""
        takes = self.taken_by(service)
        outputs = self.needs(service.outputs)
        types = tuple(need.program.types.find(need.element.variable.type_ref) for need in takes)
        convert = conversion(result_type(service.variable, self.types))
        where = label(service)

        def run(session: Session, given: Mapping[Ref, object]) -> object:
            with session.afresh(given):
                values = {need.name: need.program.value(need.ref, session) for need in outputs}
            value = next(iter(values.values())) if len(values) == 1 else values
            return convert(value, session, where)

        def find(session: Session) -> object:
            def call(*arguments: object) -> object:
                with session.deeper() as allowed:
                    if not allowed:
                        raise Fault("Pemanggilan bersarang terlalu dalam")
                    return run(
                        session, {need.ref: value for need, value in zip(takes, arguments, strict=True)}
                    )

            shapes = tuple(type_.shape for type_ in types)
            return Function(service.name, tuple(need.name for need in takes), call, types=shapes)

        return find


def program_of(definitions: Definitions) -> Program:
    """The file made ready; made once."""
    if "program" not in definitions.kept:
        definitions.kept["program"] = Program(definitions)
    return cast(Program, definitions.kept["program"])


def scope_of(needs: Iterable[Need], session: Session) -> dict[str, object]:
    """What an element sees: its requirements by name, imported ones in a context by the import's name."""
    scope = dict(session.functions)
    for need in needs:
        value = session.values[need.ref]
        if need.prefix:
            scope[need.prefix] = {**cast(dict[str, object], scope.get(need.prefix) or {}), need.name: value}
        else:
            scope[need.name] = value
    return scope


def _everything(session: Session, shapes: Mapping[str, Shape]) -> Mapping[str, object]:
    """All that was given, for a file that does not say what it takes."""
    return {name: from_outside(shapes.get(name, ANY))(value) for name, value in session.inputs.items()}
