"""What a DMN file says, as frozen values (DMN 1.5 §6, §7, §8 and §10.5). Nothing here evaluates anything.

Every `line` is the 1-based line of the element in its file. A `type_ref` is as written, a FEEL prefix of DMN 1.1
taken away. References between elements are resolved: a `Ref` names a namespace and an id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import NamedTuple, TypeAlias


class HitPolicy(Enum):
    """Which of the rules that match count (DMN 1.5 §8.2.10)."""

    UNIQUE = "U"
    ANY = "A"
    PRIORITY = "P"
    FIRST = "F"
    RULE_ORDER = "R"
    OUTPUT_ORDER = "O"
    COLLECT = "C"

    @property
    def single(self) -> bool:
        """Whether the table gives one output rather than a list."""
        return self in (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST)


class Aggregation(Enum):
    """What a collecting table makes of its outputs."""

    SUM = "+"
    COUNT = "#"
    MIN = "<"
    MAX = ">"


class Ref(NamedTuple):
    """Points at an element of this file or of an imported one."""

    namespace: str
    id: str


@dataclass(frozen=True)
class Item:
    """A name with a type: a variable, a parameter, a column (information item)."""

    name: str
    type_ref: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Literal:
    """A FEEL text: an expression, or unary tests where a cell stands. `language` is set when it is not FEEL."""

    text: str
    type_ref: str | None = None
    id: str | None = None
    line: int | None = None
    language: str | None = None


@dataclass(frozen=True)
class ContextEntry:
    """One line of a boxed context; the one without a variable is the context's result."""

    variable: Item | None
    value: "Boxed | None"


@dataclass(frozen=True)
class Context:
    """Named values, each of which may use those before it."""

    entries: tuple[ContextEntry, ...]
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Binding:
    """A parameter and what it is given."""

    parameter: Item
    value: "Boxed | None"


@dataclass(frozen=True)
class Invocation:
    """A call with named arguments."""

    function: "Boxed | None"
    bindings: tuple[Binding, ...]
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class ListOf:
    """A boxed list."""

    items: tuple["Boxed", ...]
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Relation:
    """A list of contexts that share their keys."""

    columns: tuple[Item, ...]
    rows: tuple[tuple["Boxed", ...], ...]
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class FunctionDefinition:
    """A function. `kind` is FEEL, Java or PMML; only FEEL is ever run."""

    parameters: tuple[Item, ...]
    body: "Boxed | None"
    kind: str = "FEEL"
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Conditional:
    """if, then, else."""

    condition: "Boxed | None"
    then: "Boxed | None"
    otherwise: "Boxed | None"
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Filter:
    """The items of a collection that match."""

    collection: "Boxed | None"
    match: "Boxed | None"
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Iteration:
    """for, some, every: `kind` says which; `body` is what is returned or must be satisfied."""

    kind: str
    variable: Item
    collection: "Boxed | None"
    body: "Boxed | None"
    type_ref: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Input:
    """A column of conditions."""

    expression: Literal
    values: Literal | None = None
    label: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Output:
    """A column of results."""

    name: str | None = None
    type_ref: str | None = None
    values: Literal | None = None
    default: Literal | None = None
    label: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Rule:
    """One row: a test for each input, an expression for each output, and annotations by column name."""

    tests: tuple[Literal, ...]
    outputs: tuple[Literal, ...]
    annotations: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Table:
    """A decision table."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: Aggregation | None = None
    type_ref: str | None = None
    line: int | None = None
    id: str | None = None


Boxed: TypeAlias = (
    Literal
    | Context
    | Invocation
    | ListOf
    | Relation
    | FunctionDefinition
    | Conditional
    | Filter
    | Iteration
    | Table
)


@dataclass(frozen=True)
class FunctionItem:
    """The signature of a function type."""

    parameters: tuple[Item, ...]
    output: str | None


@dataclass(frozen=True)
class ItemDefinition:
    """A type of the file's own. `allowed` restricts a value (each item of a collection), `constraint` the whole."""

    name: str
    type_ref: str | None = None
    components: tuple["ItemDefinition", ...] = ()
    allowed: Literal | None = None
    constraint: Literal | None = None
    collection: bool = False
    function: FunctionItem | None = None
    line: int | None = None


@dataclass(frozen=True)
class InputData:
    """Something that is given from outside."""

    id: str
    name: str
    variable: Item
    description: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Decision:
    """A question with its logic; it sees only what it requires."""

    id: str
    name: str
    variable: Item
    logic: Boxed | None
    information: tuple[Ref, ...] = ()
    knowledge: tuple[Ref, ...] = ()
    question: str | None = None
    description: str | None = None
    version_tag: str | None = None
    """What its owner calls this version of it (zeebe:versionTag)."""
    line: int | None = None

    @property
    def requirements(self) -> tuple[Ref, ...]:
        """Everything that must be known first."""
        return self.information + self.knowledge


@dataclass(frozen=True)
class BusinessKnowledge:
    """A business knowledge model: a function by name."""

    id: str
    name: str
    variable: Item
    logic: FunctionDefinition | None
    knowledge: tuple[Ref, ...] = ()
    line: int | None = None

    @property
    def requirements(self) -> tuple[Ref, ...]:
        """Everything that must be known first."""
        return self.knowledge


@dataclass(frozen=True)
class DecisionService:
    """Some decisions offered as one function of the input data, then the input decisions (DMN 1.5 §10.4)."""

    id: str
    name: str
    variable: Item
    outputs: tuple[Ref, ...]
    encapsulated: tuple[Ref, ...] = ()
    input_decisions: tuple[Ref, ...] = ()
    input_data: tuple[Ref, ...] = ()
    line: int | None = None

    @property
    def requirements(self) -> tuple[Ref, ...]:
        """Everything that must be known first."""
        return self.outputs + self.encapsulated + self.input_decisions + self.input_data


Element: TypeAlias = InputData | Decision | BusinessKnowledge | DecisionService


@dataclass(frozen=True)
class Import:
    """Another file that this one names."""

    name: str
    namespace: str
    type: str
    location: str | None = None
    line: int | None = None


@dataclass(frozen=True, eq=False)
class Definitions:
    """One DMN file with the files it imports. Two of them are the same only if they are one object."""

    id: str
    name: str
    namespace: str
    elements: tuple[Element, ...] = ()
    items: tuple[ItemDefinition, ...] = ()
    imports: tuple[Import, ...] = ()
    imported: Mapping[str, "Definitions"] = field(default_factory=dict)
    kept: dict[str, object] = field(default_factory=dict, repr=False)
    """What is made of the file once and lives as long as it does (see `program`)."""

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions of this file, in its order."""
        return tuple(element for element in self.elements if isinstance(element, Decision))

    @property
    def inputs(self) -> tuple[InputData, ...]:
        """The input data of this file, in its order."""
        return tuple(element for element in self.elements if isinstance(element, InputData))

    @property
    def takes_anything(self) -> bool:
        """Whether the file declares no input data and imports none, as tables drawn for Camunda often do: then every
        name that nothing else gives is an input."""
        return not self.inputs and not self.imports

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        """The elements of this file by id."""
        return {element.id: element for element in self.elements}

    @cached_property
    def by_name(self) -> Mapping[str, Element]:
        """The elements that can be evaluated by name; of two with one name the first."""
        return {one.name: one for one in reversed(self.elements) if not isinstance(one, InputData)}

    @cached_property
    def family(self) -> Mapping[str, "Definitions"]:
        """This file and all that it imports, directly or not, by namespace."""
        found = {self.namespace: self}
        for other in self.imported.values():
            found.update(other.family)
        return found

    def find(self, ref: Ref) -> Element | None:
        """The element that a reference means, wherever it stands."""
        home = self.family.get(ref.namespace)
        return home.by_id.get(ref.id) if home else None

    def import_name(self, namespace: str) -> str | None:
        """What this file calls another; empty for its own elements and for an import without a name."""
        if namespace == self.namespace:
            return ""
        return next((entry.name for entry in self.imports if entry.namespace == namespace), None)


def parts(boxed: Boxed | None) -> Iterator[Boxed]:
    """The boxed expressions that stand directly in one."""
    match boxed:
        case Context():
            found = [entry.value for entry in boxed.entries]
        case Invocation():
            found = [boxed.function, *(binding.value for binding in boxed.bindings)]
        case ListOf():
            found = list(boxed.items)
        case Relation():
            found = [cell for row in boxed.rows for cell in row]
        case FunctionDefinition():
            found = [boxed.body]
        case Conditional():
            found = [boxed.condition, boxed.then, boxed.otherwise]
        case Filter():
            found = [boxed.collection, boxed.match]
        case Iteration():
            found = [boxed.collection, boxed.body]
        case _:
            found = []
    return (part for part in found if part is not None)
