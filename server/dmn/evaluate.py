"""Evaluates decisions, services and knowledge models of a DMN file, with what was seen and hit on the way."""

from collections.abc import Mapping
from typing import NamedTuple

from server import feel
from server.dmn.errors import NoSuchDecision
from server.dmn.logic import call, conversion
from server.dmn.model import BusinessKnowledge, Decision, DecisionService, Definitions, InputData, Item, Ref
from server.dmn.program import Need, Program, program_of
from server.dmn.requirements import label
from server.dmn.session import MISSING, DecisionTrace, Notice, Session
from server.dmn.types import from_outside
from server.feel.errors import Exhausted
from server.feel.values import Function

Invocable = Decision | DecisionService | BusinessKnowledge

NO_FUNCTIONS: Mapping[str, Function] = {}


class Evaluation(NamedTuple):
    """The answer: its value, the decisions evaluated on the way (each after those it requires), why parts are null, and
    which input data were asked for but not given (they are null)."""

    value: object
    decisions: tuple[DecisionTrace, ...] = ()
    warnings: tuple[Notice, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def values(self) -> Mapping[str, object]:
        """The values of the decisions by name."""
        return {trace.name: trace.value for trace in self.decisions}


def evaluate(
    definitions: Definitions,
    decision: str,
    inputs: Mapping[str, object],
    environment: feel.Environment = feel.DEFAULT,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
) -> Evaluation:
    """Evaluate a decision, decision service or knowledge model, by id or name, on JSON; every value in the answer is JSON.

    Inputs become typed by the typeRef of their input data: ISO texts become dates. Names that nothing asks for are passed
    over. `functions` are the host's, seen everywhere. What cannot be computed is null, with a warning. Raises only NoSuchDecision.
    """
    return _evaluate(
        definitions, decision, Session(environment, inputs, functions, definitions, feel.to_json)
    )


def decide(
    definitions: Definitions,
    decision: str,
    inputs: Mapping[str, object],
    environment: feel.Environment = feel.DEFAULT,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
) -> Evaluation:
    """As `evaluate`, on FEEL values: what comes in may be FEEL's or JSON, what comes out is FEEL's."""
    return _evaluate(definitions, decision, Session(environment, inputs, functions, definitions, _as_it_is))


def _as_it_is(value: object) -> object:
    return value


def _evaluate(definitions: Definitions, decision: str, session: Session) -> Evaluation:
    element = find(definitions, decision)
    program = program_of(definitions)
    program.compile_all()
    session.start()
    value = None
    try:
        value = session.show(_value(element, program, session))
    except RecursionError:
        session.warn("Perhitungan bersarang terlalu dalam, jadi null", label(element))
    except Exhausted as exhausted:
        session.warn(f"{exhausted}, jadi null", label(element))
    return Evaluation(value, tuple(session.traces), tuple(session.notices), tuple(session.missing))


def find(definitions: Definitions, name: str) -> Invocable:
    """The decision, service or knowledge model of that id, or else of that name. Raises NoSuchDecision."""
    element = definitions.by_id.get(name) or definitions.by_name.get(name)
    if element is None or isinstance(element, InputData):
        raise NoSuchDecision(
            name, [one.name for one in definitions.elements if not isinstance(one, InputData)]
        )
    return element


def _value(element: Invocable, program: Program, session: Session) -> object:
    value = program.value(Ref(program.definitions.namespace, element.id), session)
    if isinstance(element, Decision) or not isinstance(value, Function):
        return value
    return _called(element, value, program, session)


def _called(element: Invocable, function: Function, program: Program, session: Session) -> object:
    """The result of a service or knowledge model, its parameters taken from the inputs by name."""
    arguments: dict[str, object] = {}
    if isinstance(element, DecisionService):
        needs = program.taken_by(element)
        arguments = {need.name: _argument(need, session) for need in needs}
    elif isinstance(element, BusinessKnowledge) and element.logic:
        parameters = element.logic.parameters
        arguments = {item.name: _typed(session.inputs.get(item.name), item, program) for item in parameters}
    return call(function, arguments, session, label(element))


def _typed(value: object, item: Item, program: Program) -> object:
    return from_outside(program.types.find(item.type_ref).shape)(value)


def _argument(need: Need, session: Session) -> object:
    """An input of a service: typed as the input data or decision that it stands for."""
    type_ = need.program.types.find(need.element.variable.type_ref)
    given = session.given(need.program.definitions.namespace, need.name)
    value = None if given is MISSING else from_outside(type_.shape)(given)
    return conversion(type_)(value, session, label(need.element))
