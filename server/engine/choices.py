"""What a task decides: the options that its form offers, and the flow that each of them takes at the gateway behind it.

Every option must be taken by exactly one flow. What else a flow's condition reads is not known before the case runs: such
a condition may be true or not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from server import bpmn, errors, feel, forms
from server.bpmn import graphs, model
from server.feel import syntax

DECISION = "keputusan_"
"""What the variable begins with that takes the decision of a task; the number of its step follows."""
MAX_PASSED = 20

Functions = Mapping[str, feel.Function]
Truth = bool | None
"""None: it depends on more than the option."""


def decision_of(node: model.Node) -> str | None:
    """The variable of what a step of an SOP decides; None for what is no step."""
    langkah = node.mutu_baku.langkah if isinstance(node, model.Activity) else None
    return f"{DECISION}{langkah}" if langkah else None


def asked(process: model.Process, node: model.UserTask, functions: Functions) -> forms.Decision | None:
    """What the gateway behind a step asks of its decision, for a form that is made for it: one answer for each value that
    the flows compare; a flow that compares no value is answered with its own name. None where it asks something else."""
    key, gateway = decision_of(node), _gateway_behind(process, node, None)
    if key is None or gateway is None:
        return None
    labels: dict[str, list[str]] = {}
    for flow in process.scope_of(gateway.id).outgoing(gateway.id):
        condition, name = _condition(flow, functions), flow.name or flow.id
        values = list(_compared(condition.tree, key)) if condition else []
        if condition and not values and _truth(condition, condition.tree, {key: name}, functions) is not True:
            return None
        for value in values or [name]:
            labels.setdefault(value, []).append(name)
    if len(labels) < 2:
        return None
    options = {value: names[0] if len(names) == 1 else _read(value) for value, names in labels.items()}
    returning = {flow.name or flow.id for flow in _back(process, node, gateway)}
    back = [value for value, names in labels.items() if returning & set(names)]
    return forms.Decision(gateway.name or gateway.id, key, options, back)


def is_sent_back_to(process: model.Process, node: model.Node) -> bool:
    """Whether a decision further on may lead straight back to a step."""
    scope = process.scope_of(node.id)
    sources = (scope.nodes[flow.source] for flow in scope.incoming(node.id))
    deciding = {one.id for one in sources if isinstance(one, model.Gateway)}
    return bool(deciding & graphs.reachable([node.id], partial(_following, scope)))


def _back(process: model.Process, node: model.Node, gateway: model.Gateway) -> Iterator[model.Flow]:
    """The flows of a gateway behind a step from which the case comes to that step again."""
    scope = process.scope_of(gateway.id)
    for flow in scope.outgoing(gateway.id):
        if node.id in graphs.reachable([flow.target], partial(_following, scope)):
            yield flow


def _following(scope: model.Scope, node_id: str) -> list[str]:
    return [flow.target for flow in scope.outgoing(node_id)]


def unclear(
    process: model.Process, own_forms: Mapping[str, forms.Form], functions: Functions
) -> Iterator[errors.Problem]:
    """Every option of a task's form that no flow takes, or more than one; `own_forms` are those that tasks name, by id."""
    for node in process.every_node():
        if isinstance(node, model.UserTask) and node.loop is None and not node.outputs:
            if node.form is None:
                yield from _unclear_made(process, node, own_forms, functions)
            elif node.form.id and node.form.id in own_forms:
                for field in own_forms[node.form.id].fields:
                    yield from _unclear_field(process, node, field, functions)


def _unclear_made(
    process: model.Process, node: model.UserTask, own_forms: Mapping[str, forms.Form], functions: Functions
) -> Iterator[errors.Problem]:
    """The same of a form that is made from the diagram."""
    key, decision = decision_of(node), asked(process, node, functions)
    gateway = _gateway_behind(process, node, key)
    if key is None or gateway is None:
        return
    crossing = _Crossing(process, node, gateway, key, functions)
    if decision is not None:
        yield from crossing.problems(decision.options)
    elif crossing.is_read and not _is_written(process, node, key, own_forms):
        yield crossing.problem(
            f"tidak dapat menanyakan {key}: tulis tiap syarat di {bpmn.called(gateway)} seperti {key} = “pilihan”, "
            "atau beri langkah ini formulir sendiri."
        )


def _unclear_field(
    process: model.Process, node: model.UserTask, field: forms.Field | forms.Rows, functions: Functions
) -> Iterator[errors.Problem]:
    if isinstance(field, forms.Rows | forms.Choices) or len(field.path) > 1 or field.lockable:
        return
    gateway = _gateway_behind(process, node, field.key)
    options = _options(field)
    if gateway is None or options is None:
        return
    crossing = _Crossing(process, node, gateway, field.key, functions)
    if not crossing.is_read:
        return
    yield from crossing.problems(options)
    left_empty = isinstance(field, forms.Choice) and field.required is False and not field.hides
    if left_empty and not crossing.has_way(None):
        yield crossing.problem(
            f"boleh diselesaikan tanpa memilih {field.key}, padahal {bpmn.called(gateway)} tidak punya jalan untuk itu; "
            "wajibkan isian itu, atau beri alur bawaan."
        )


@dataclass(frozen=True)
class _Crossing:
    """A task, and the exclusive gateway behind it that reads what was chosen there."""

    process: model.Process
    node: model.UserTask
    gateway: model.Gateway
    key: str
    functions: Functions

    @property
    def flows(self) -> list[model.Flow]:
        return list(self.process.scope_of(self.gateway.id).outgoing(self.gateway.id))

    @property
    def is_read(self) -> bool:
        conditions = (_condition(flow, self.functions) for flow in self.flows)
        return any(condition is not None and self.key in condition.names for condition in conditions)

    def problems(self, options: Iterable[object]) -> Iterator[errors.Problem]:
        for option in options:
            if message := self._unclear(option):
                yield self.problem(message)

    def problem(self, message: str) -> errors.Problem:
        return bpmn.problem(self.node, message)

    def has_way(self, option: object) -> bool:
        """Whether some flow may be taken with this option."""
        return any(truth is not False for truth in self._truths(option).values()) or self._has_default

    @property
    def _has_default(self) -> bool:
        return any(flow.condition is None for flow in self.flows)

    def _truths(self, option: object) -> dict[str, Truth]:
        """Of each flow with a condition, whether it is taken with this option."""
        conditions = {_said(flow): _condition(flow, self.functions) for flow in self.flows}
        return {
            name: _truth(condition, condition.tree, {self.key: option}, self.functions)
            for name, condition in conditions.items()
            if condition is not None
        }

    def _unclear(self, option: object) -> str | None:
        truths = self._truths(option)
        chosen = f"pilihan “{feel.show(feel.from_json(option)).strip(chr(34))}” ({self.key})"
        certain = [name for name, truth in truths.items() if truth]
        open_ = [name for name, truth in truths.items() if truth is None]
        if certain and len(certain) + len(open_) > 1:
            return f"{chosen} ditempuh lebih dari satu alur dari {bpmn.called(self.gateway)}: {', '.join([*certain, *open_])}; bedakan syaratnya."
        if certain or self._has_default or len(open_) > 1:
            return None
        if open_:
            return f"{chosen} hanya ditempuh alur {open_[0]} dari {bpmn.called(self.gateway)} bila syaratnya yang lain terpenuhi; beri jalan untuk selebihnya."
        return f"{chosen} tidak ditempuh alur mana pun dari {bpmn.called(self.gateway)}; beri alur dengan syarat itu, atau hapus pilihannya."


def _gateway_behind(process: model.Process, node: model.Node, key: str | None) -> model.Gateway | None:
    """The exclusive gateway that a task's flow comes to: at once, or with a `key` that nothing on the way writes."""
    scope = process.scope_of(node.id)
    for _ in range(MAX_PASSED):
        following = [scope.nodes[flow.target] for flow in scope.outgoing(node.id)]
        if len(following) != 1:
            return None
        (node,) = following
        if isinstance(node, model.Gateway):
            if node.kind != model.GatewayKind.EXCLUSIVE:
                return None
            if len(list(scope.outgoing(node.id))) > 1:
                return node
        elif key is None or not _lets_pass(node, key):
            return None
    return None


def _lets_pass(node: model.Node, key: str) -> bool:
    """Whether a variable is the same behind a node that does its work by itself."""
    if isinstance(node, model.ScriptTask | model.BusinessRuleTask | model.ServiceTask):
        return key not in set(_written(node))
    return isinstance(node, model.Task | model.ManualTask | model.CatchEvent | model.ThrowEvent)


def _is_written(
    process: model.Process, own: model.Node, key: str, own_forms: Mapping[str, forms.Form]
) -> bool:
    """Whether anything else in the process may write a variable."""
    for node in process.every_node():
        if node is own:
            continue
        form = getattr(node, "form", None)
        if form is not None and form.id in own_forms and key in own_forms[form.id].variables:
            return True
        if key in set(_written(node)) or isinstance(node, model.ServiceTask | model.CatchEvent):
            return True
    return False


def _written(node: model.Node) -> Iterator[str]:
    if isinstance(node, model.Activity | model.Event):
        yield from (output.target.partition(".")[0] for output in node.outputs)
    if isinstance(node, model.ScriptTask) and node.script:
        yield node.script.result
    if isinstance(node, model.BusinessRuleTask) and node.decision:
        yield node.decision.result


def _options(field: forms.Field) -> list[object] | None:
    """What may be chosen in a field; None where the form does not tell beforehand."""
    if isinstance(field, forms.Checkbox):
        return [True] if field.required is True else [True, False]
    if not isinstance(field, forms.Choice):
        return None
    if field.options.values is not None:
        return list(field.options.values)
    return _listed(field.options.expression.tree) if field.options.expression else None


def _listed(tree: syntax.Node) -> list[object] | None:
    """All options that an expression may list; None where it takes them from elsewhere."""
    match tree:
        case syntax.If(_, _, yes, no):
            parts = [_listed(yes), _listed(no)]
        case syntax.ListLiteral(_, items):
            parts = [_option(item) for item in items]
        case _:
            return None
    found: list[object] = []
    for part in parts:
        if part is None:
            return None
        found += [option for option in part if option not in found]
    return found


def _option(item: syntax.Node) -> list[object] | None:
    """The value of an option as an expression writes it: plain, or in an object beside its label."""
    if isinstance(item, syntax.ContextLiteral):
        item = dict(item.entries).get("value", item)
    return [feel.to_json(item.value)] if isinstance(item, syntax.Literal) else None


def _condition(flow: model.Flow, functions: Functions) -> feel.Expression | None:
    return feel.compile(flow.condition.text, functions=functions) if flow.condition else None


def _compared(tree: syntax.Node, key: str) -> Iterator[str]:
    """The texts that a condition compares a variable with."""
    match tree:
        case syntax.Logic(_, _, operands):
            for operand in operands:
                yield from _compared(operand, key)
        case syntax.Comparison(_, "=", syntax.Name(_, name), syntax.Literal(_, str(value))) if name == key:
            yield value
        case syntax.In(_, syntax.Name(_, name), tests) if name == key:
            yield from (
                test.value
                for test in tests
                if isinstance(test, syntax.Literal) and isinstance(test.value, str)
            )


def _truth(
    condition: feel.Expression, tree: syntax.Node, known: Mapping[str, object], functions: Functions
) -> Truth:
    """Whether a condition holds, as far as what is known tells."""
    match tree:
        case syntax.Logic(_, operator, operands):
            truths = [_truth(condition, operand, known, functions) for operand in operands]
            deciding = operator == "or"
            return deciding if deciding in truths else None if None in truths else not deciding
        case syntax.Call(_, syntax.Name(_, "not"), (operand,), None):
            truth = _truth(condition, operand, known, functions)
            return None if truth is None else not truth
    part = feel.part(condition, tree, functions)
    value = part.evaluate(known).value if part.names <= known.keys() else None
    return value if isinstance(value, bool) else None


def _said(flow: model.Flow) -> str:
    return f"“{flow.name}” ({flow.id})" if flow.name else flow.id


def _read(value: str) -> str:
    return value.replace("_", " ")
