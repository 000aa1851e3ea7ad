"""Reads a DMN file (1.1 to 1.5) into the model. It opens nothing but the bytes it is given, and what `imports` gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import urldefrag

from server.dmn import requirements
from server.dmn.boxed import BoxedReader
from server.dmn.errors import Unreadable
from server.dmn.model import (
    BusinessKnowledge,
    Decision,
    DecisionService,
    Definitions,
    Element,
    FunctionDefinition,
    FunctionItem,
    Import,
    InputData,
    Item,
    ItemDefinition,
    Ref,
    Table,
)
from server.dmn.xml import Node, parse
from server.errors import NotFound, Problem

Imports = Callable[[str], bytes]

MAX_IMPORT_DEPTH = 8


def read(data: bytes, imports: Imports | None = None) -> Definitions:
    """The model of a DMN file and of the files it imports.

    `imports` gives the bytes of the file of a namespace, or raises errors.NotFound. Raises Unreadable with every
    problem of structure found: no XML, another namespace, a reference to nothing, a circle of requirements. FEEL texts are
    not judged here: see `check`.
    """
    return _read(data, _Library(imports), ())


def _read(data: bytes, library: "_Library", above: tuple[str, ...]) -> Definitions:
    reader = _Reader(parse(data), library)
    definitions = reader.definitions(above)
    problems = [*reader.problems, *requirements.problems(definitions)]
    if problems:
        raise Unreadable(problems)
    return definitions


class _Library:
    """The files that may be imported, each read once however many others import it."""

    def __init__(self, imports: Imports | None) -> None:
        self._imports = imports
        self._read: dict[str, Definitions] = {}

    def open(self, namespace: str, above: tuple[str, ...]) -> Definitions:
        """The file of a namespace. Raises NotFound or Unreadable."""
        if self._imports is None:
            raise NotFound("tidak ada berkas lain yang boleh dibuka")
        if namespace not in self._read:
            self._read[namespace] = _read(self._imports(namespace), self, above)
        return self._read[namespace]


class _Reader:
    """Reads one file; keeps the problems met on the way."""

    def __init__(self, root: Node, library: _Library) -> None:
        self.root = root
        self.library = library
        self.namespace = root.get("namespace") or ""
        self.problems: list[Problem] = []
        self.boxed = BoxedReader(self.problems, self.namespace)

    def definitions(self, above: tuple[str, ...]) -> Definitions:
        """The file as a model; problems are added to the list."""
        entries = tuple(self._import(node) for node in self.root.all("import"))
        self.boxed.imports = {entry.namespace: entry.name for entry in entries}
        elements = tuple(element for node in self.root.children if (element := self._element(node)))
        return Definitions(
            id=self.root.get("id") or self.namespace,
            name=self.root.get("name") or "",
            namespace=self.namespace,
            elements=elements,
            items=tuple(self._item_definition(node) for node in self.root.all("itemDefinition")),
            imports=entries,
            imported=self._imported(entries, (*above, self.namespace)),
        )

    def _import(self, node: Node) -> Import:
        return Import(
            name=node.get("name") or "",
            namespace=node.get("namespace") or "",
            type=node.get("importType") or "",
            location=node.get("locationURI"),
            line=node.line,
        )

    def _imported(self, entries: Iterable[Import], above: tuple[str, ...]) -> Mapping[str, Definitions]:
        found: dict[str, Definitions] = {}
        for entry in entries:
            if "/DMN/" not in entry.type:
                continue
            if entry.namespace in above or len(above) > MAX_IMPORT_DEPTH:
                self._problem("Impor berputar: berkas ini mengimpor dirinya sendiri.", entry.name, entry.line)
            elif imported := self._open(entry, above):
                found[entry.namespace] = imported
        return found

    def _open(self, entry: Import, above: tuple[str, ...]) -> Definitions | None:
        try:
            return self.library.open(entry.namespace, above)
        except (NotFound, Unreadable) as error:
            self._problem(
                f"Berkas yang diimpor ({entry.namespace}) tidak dapat dibuka: {error.message}",
                entry.name,
                entry.line,
            )
            return None

    def _element(self, node: Node) -> Element | None:
        match node.tag:
            case "inputData":
                return InputData(
                    *self._identity(node), self._variable(node), node.text_of("description"), node.line
                )
            case "decision":
                return self._decision(node)
            case "businessKnowledgeModel":
                return self._knowledge(node)
            case "decisionService":
                return self._service(node)
        return None

    def _identity(self, node: Node) -> tuple[str, str]:
        name = (node.get("name") or node.get("id") or "").strip()
        if not name:
            self._problem("Elemen ini belum diberi nama.", node.tag, node.line)
        return node.get("id") or name, name

    def _variable(self, node: Node) -> Item:
        variable = node.first("variable")
        if variable is None:
            return Item(self._identity(node)[1], node.get("typeRef"))
        item = self.boxed.item(variable)
        return item if item.name else Item(self._identity(node)[1], item.type_ref, item.id)

    def _decision(self, node: Node) -> Decision:
        id_, name = self._identity(node)
        where = f"Keputusan “{name}”"
        required = list(node.all("informationRequirement"))
        return Decision(
            id=id_,
            name=name,
            variable=self._variable(node),
            logic=self.boxed.inside(node, where),
            information=self._refs(required, "requiredDecision") + self._refs(required, "requiredInput"),
            knowledge=self._refs(node.all("knowledgeRequirement"), "requiredKnowledge"),
            question=node.text_of("question"),
            description=node.text_of("description"),
            version_tag=node.extension("versionTag", "value"),
            line=node.line,
        )

    def _knowledge(self, node: Node) -> BusinessKnowledge:
        id_, name = self._identity(node)
        logic = node.first("encapsulatedLogic")
        function = None if logic is None else self.boxed.function(logic, f"Model pengetahuan “{name}”")
        return BusinessKnowledge(
            id=id_,
            name=name,
            variable=self._variable(node),
            logic=None if function is None else _with_parameters(function),
            knowledge=self._refs(node.all("knowledgeRequirement"), "requiredKnowledge"),
            line=node.line,
        )

    def _service(self, node: Node) -> DecisionService:
        id_, name = self._identity(node)
        return DecisionService(
            id=id_,
            name=name,
            variable=self._variable(node),
            outputs=self._refs([node], "outputDecision"),
            encapsulated=self._refs([node], "encapsulatedDecision"),
            input_decisions=self._refs([node], "inputDecision"),
            input_data=self._refs([node], "inputData"),
            line=node.line,
        )

    def _refs(self, nodes: Iterable[Node], tag: str) -> tuple[Ref, ...]:
        return tuple(self._ref(target) for node in nodes for target in node.all(tag))

    def _ref(self, node: Node) -> Ref:
        base, fragment = urldefrag(node.get("href") or "")
        if not fragment:
            self._problem("Rujukan tanpa “#id”.", node.tag, node.line)
        return Ref(base or self.namespace, fragment)

    def _item_definition(self, node: Node) -> ItemDefinition:
        function = node.first("functionItem")
        return ItemDefinition(
            name=(node.get("name") or "").strip(),
            type_ref=self.boxed.type_ref(node, node.text_of("typeRef") or node.get("typeRef")),
            components=tuple(self._item_definition(part) for part in node.all("itemComponent")),
            allowed=self.boxed.literal_in(node, "allowedValues"),
            constraint=self.boxed.literal_in(node, "typeConstraint"),
            collection=node.get("isCollection") == "true",
            function=None if function is None else self._function_item(function),
            line=node.line,
        )

    def _function_item(self, node: Node) -> FunctionItem:
        parameters = tuple(self.boxed.item(parameter) for parameter in node.all("parameters"))
        return FunctionItem(parameters, self.boxed.type_ref(node, node.get("outputTypeRef")))

    def _problem(self, message: str, where: str | None, line: int | None) -> None:
        self.problems.append(Problem(message, where or None, line))


def _with_parameters(function: FunctionDefinition) -> FunctionDefinition:
    """A knowledge model that names no parameters but is a table takes its input expressions for them (DMN 1.5 §10.2.2.7)."""
    table = function.body
    if function.parameters or not isinstance(table, Table):
        return function
    inputs = (column.expression for column in table.inputs)
    return replace(function, parameters=tuple(Item(text.text, text.type_ref) for text in inputs))
