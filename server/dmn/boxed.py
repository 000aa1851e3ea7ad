"""Reads boxed expressions and decision tables out of XML (DMN 1.5 §8.3, §10.5)."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from server.dmn.model import (
    Aggregation,
    Binding,
    Boxed,
    Conditional,
    Context,
    ContextEntry,
    Filter,
    FunctionDefinition,
    HitPolicy,
    Input,
    Invocation,
    Item,
    Iteration,
    ListOf,
    Literal,
    Output,
    Relation,
    Rule,
    Table,
)
from server.dmn.xml import Node
from server.errors import Problem

MAX_DEPTH = 48

POLICIES = {policy.name.replace("_", " "): policy for policy in HitPolicy}
AGGREGATIONS = {aggregation.name: aggregation for aggregation in Aggregation}


class _Common(TypedDict):
    """What every boxed expression has."""

    type_ref: str | None
    line: int | None


class BoxedReader:
    """Turns nodes into boxed expressions; adds what is wrong to `problems`."""

    def __init__(self, problems: list[Problem], namespace: str) -> None:
        self.problems = problems
        self.namespace = namespace
        self.imports: Mapping[str, str] = {}
        self._depth = 0
        self._readers: dict[str, Callable[[Node, str], Boxed]] = {
            "literalExpression": self._literal,
            "context": self._context,
            "invocation": self._invocation,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self.function,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._iteration,
            "some": self._iteration,
            "every": self._iteration,
            "decisionTable": self._table,
        }

    def inside(self, node: Node | None, where: str) -> Boxed | None:
        """The boxed expression that a node holds, if any."""
        found = self._all_inside(node, where) if node is not None else []
        return found[0] if found else None

    def item(self, node: Node) -> Item:
        """A variable, parameter or column."""
        return Item(
            (node.get("name") or "").strip(), self.type_ref(node, node.get("typeRef")), node.get("id")
        )

    def type_ref(self, node: Node, text: str | None) -> str | None:
        """A type's name; prefixes of DMN 1.1 become import names or, for FEEL and this file, fall away."""
        prefix, colon, local = (text or "").strip().partition(":")
        if not colon:
            return prefix or None
        namespace = node.namespace_of(prefix) or ""
        name = self.imports.get(namespace)
        return f"{name}.{local}" if name else local

    def literal_in(self, node: Node, tag: str) -> Literal | None:
        """The text of a child such as allowedValues, when it has one."""
        child = node.first(tag)
        if child is None or not child.text_of("text"):
            return None
        return self._literal(child, "")

    def function(self, node: Node, where: str) -> FunctionDefinition:
        """A function definition, or the encapsulated logic of a knowledge model."""
        return FunctionDefinition(
            parameters=tuple(self.item(parameter) for parameter in node.all("formalParameter")),
            body=self.inside(node, where),
            kind=node.get("kind") or "FEEL",
            **self._common(node),
        )

    def _all_inside(self, node: Node, where: str) -> list[Boxed]:
        if self._depth >= MAX_DEPTH:
            self._problem(f"Kotak bersarang lebih dari {MAX_DEPTH} tingkat.", where, node)
            return []
        self._depth += 1
        found = [
            self._readers[child.tag](child, where) for child in node.children if child.tag in self._readers
        ]
        self._depth -= 1
        return found

    def _common(self, node: Node) -> _Common:
        return {"type_ref": self.type_ref(node, node.get("typeRef")), "line": node.line}

    def _literal(self, node: Node, where: str) -> Literal:
        language = node.get("expressionLanguage") or "FEEL"
        text = node.first("text")
        return Literal(
            text="" if text is None else text.text,
            id=node.get("id"),
            language=None if "feel" in language.lower() else language,
            **self._common(node),
        )

    def _context(self, node: Node, where: str) -> Context:
        return Context(
            tuple(self._entry(entry, where) for entry in node.all("contextEntry")), **self._common(node)
        )

    def _entry(self, node: Node, where: str) -> ContextEntry:
        variable = node.first("variable")
        item = None if variable is None else self.item(variable)
        return ContextEntry(item, self.inside(node, f"{where}, entri “{item.name}”" if item else where))

    def _invocation(self, node: Node, where: str) -> Invocation:
        bindings = tuple(self._binding(binding, where) for binding in node.all("binding"))
        return Invocation(self.inside(node, where), bindings, **self._common(node))

    def _binding(self, node: Node, where: str) -> Binding:
        parameter = node.first("parameter")
        if parameter is None:
            self._problem("Pemanggilan punya argumen tanpa nama parameter.", where, node)
        item = Item("") if parameter is None else self.item(parameter)
        return Binding(item, self.inside(node, f"{where}, argumen “{item.name}”"))

    def _list(self, node: Node, where: str) -> ListOf:
        return ListOf(tuple(self._all_inside(node, where)), **self._common(node))

    def _relation(self, node: Node, where: str) -> Relation:
        columns = tuple(self.item(column) for column in node.all("column"))
        rows = []
        for number, row in enumerate(node.all("row"), 1):
            cells = tuple(self._all_inside(row, f"{where}, baris {number}"))
            if len(cells) != len(columns):
                self._problem(f"Baris {number} berisi {len(cells)} sel, kolomnya {len(columns)}.", where, row)
            rows.append(cells)
        return Relation(columns, tuple(rows), **self._common(node))

    def _conditional(self, node: Node, where: str) -> Conditional:
        return Conditional(
            condition=self.inside(node.first("if"), where),
            then=self.inside(node.first("then"), where),
            otherwise=self.inside(node.first("else"), where),
            **self._common(node),
        )

    def _filter(self, node: Node, where: str) -> Filter:
        collection, match = (self.inside(node.first(tag), where) for tag in ("in", "match"))
        return Filter(collection, match, **self._common(node))

    def _iteration(self, node: Node, where: str) -> Iteration:
        collection = node.first("in")
        variable = Item(
            (node.get("iteratorVariable") or "").strip(),
            None if collection is None else self.type_ref(collection, collection.get("typeRef")),
        )
        if not variable.name:
            self._problem(f"Kotak “{node.tag}” belum menyebut nama variabelnya.", where, node)
        body = node.first("return" if node.tag == "for" else "satisfies")
        return Iteration(
            node.tag, variable, self.inside(collection, where), self.inside(body, where), **self._common(node)
        )

    def _table(self, node: Node, where: str) -> Table:
        inputs = tuple(self._input(column) for column in node.all("input"))
        outputs = tuple(self._output(column) for column in node.all("output"))
        if not outputs:
            self._problem("Tabel keputusan tidak punya kolom hasil.", where, node)
        names = [annotation.get("name") or "" for annotation in node.all("annotation")]
        rules = tuple(
            self._rule(rule, f"{where}, aturan {number}", (len(inputs), len(outputs)), names)
            for number, rule in enumerate(node.all("rule"), 1)
        )
        policy = self._policy(node, where)
        aggregation = self._aggregation(node, where) if policy is HitPolicy.COLLECT else None
        if aggregation and len(outputs) > 1:
            self._problem("Tabel pengumpul dengan agregasi hanya boleh punya satu kolom hasil.", where, node)
        return Table(inputs, outputs, rules, policy, aggregation, id=node.get("id"), **self._common(node))

    def _policy(self, node: Node, where: str) -> HitPolicy:
        text = (node.get("hitPolicy") or "UNIQUE").strip()
        if text not in POLICIES:
            self._problem(f"Kebijakan tabel “{text}” tidak dikenal.", where, node)
        return POLICIES.get(text, HitPolicy.UNIQUE)

    def _aggregation(self, node: Node, where: str) -> Aggregation | None:
        text = node.get("aggregation")
        if text and text not in AGGREGATIONS:
            self._problem(f"Agregasi “{text}” tidak dikenal.", where, node)
        return AGGREGATIONS.get(text or "")

    def _input(self, node: Node) -> Input:
        expression = node.first("inputExpression")
        return Input(
            expression=Literal("") if expression is None else self._literal(expression, ""),
            values=self.literal_in(node, "inputValues"),
            label=node.get("label"),
            id=node.get("id"),
        )

    def _output(self, node: Node) -> Output:
        return Output(
            name=(node.get("name") or "").strip() or None,
            type_ref=self.type_ref(node, node.get("typeRef")),
            values=self.literal_in(node, "outputValues"),
            default=self.literal_in(node, "defaultOutputEntry"),
            label=node.get("label"),
            id=node.get("id"),
        )

    def _rule(self, node: Node, where: str, shape: tuple[int, int], names: list[str]) -> Rule:
        tests = tuple(self._literal(cell, where) for cell in node.all("inputEntry"))
        outputs = tuple(self._literal(cell, where) for cell in node.all("outputEntry"))
        if (len(tests), len(outputs)) != shape:
            self._problem(
                f"Baris ini berisi {len(tests)} sel masukan dan {len(outputs)} sel hasil, kolomnya {shape[0]} dan {shape[1]}.",
                where,
                node,
            )
        return Rule(tests, outputs, self._annotations(node, names), node.get("id"), node.line)

    def _annotations(self, node: Node, names: list[str]) -> Mapping[str, str]:
        """The annotation cells by column; editors that know no columns keep theirs in the rule's description."""
        texts = {
            name: entry.text_of("text") or ""
            for name, entry in zip(names, node.all("annotationEntry"), strict=False)
        }
        description = node.text_of("description")
        return texts if description is None else {**texts, "description": description}

    def _problem(self, message: str, where: str, node: Node) -> None:
        self.problems.append(Problem(message, where or None, node.line))
