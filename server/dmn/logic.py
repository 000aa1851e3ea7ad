"""Makes boxed expressions ready to run: FEEL texts compiled once, boxes turned into closures (DMN 1.5 §10.2.2)."""

from collections.abc import Callable, Mapping

from server import feel
from server.dmn.model import (
    Boxed,
    Conditional,
    Context,
    Filter,
    FunctionDefinition,
    Invocation,
    Item,
    Iteration,
    ListOf,
    Literal,
    Relation,
    Table,
    parts,
)
from server.dmn.session import Code, Scope, Session
from server.dmn.table import compile_table
from server.dmn.texts import Site, compile_literal, nothing
from server.dmn.types import ANYTHING, Names, Type, Types, breach, coerce, names_within
from server.feel.environment import Run
from server.feel.errors import Fault
from server.feel.functions import invoke
from server.feel.types import PYTHON, FunctionOf
from server.feel.values import Function

BRANCH = feel.compile("if condition then true else false")
ITEMS = feel.compile("for each in collection return each")


def compile_boxed(boxed: Boxed | None, site: Site) -> Code:
    """The code of a boxed expression. A text that is no FEEL becomes null with a warning, and a problem of the site."""
    match boxed:
        case None:
            return nothing
        case Literal():
            return compile_literal(boxed, site)
        case Table():
            return compile_table(boxed, site)
        case Context():
            return _context(boxed, site)
        case Invocation():
            return _invocation(boxed, site)
        case ListOf():
            return _list(boxed, site)
        case Relation():
            return _relation(boxed, site)
        case FunctionDefinition():
            return compile_function(boxed, site, "")
        case Conditional():
            return _conditional(boxed, site)
        case Filter():
            return _filter(boxed, site)
        case Iteration():
            return _ITERATIONS[boxed.kind](boxed, site)


def names_given(boxed: Boxed | None, types: Types) -> Names | None:
    """The names within the values that a boxed expression gives, as far as its form tells them."""
    match boxed:
        case Context():
            if boxed.entries and boxed.entries[-1].variable is None:
                return names_given(boxed.entries[-1].value, types)
            return {
                entry.variable.name: item_names(entry.variable, entry.value, types)
                for entry in boxed.entries
                if entry.variable
            }
        case Relation():
            return {column.name: names_within(types.find(column.type_ref).shape) for column in boxed.columns}
        case Table() if len(boxed.outputs) > 1:
            return {output.name or "": None for output in boxed.outputs}
        case Filter():
            return names_given(boxed.collection, types)
        case Iteration(kind="for"):
            return names_given(boxed.body, types)
        case Conditional():
            return {**(names_given(boxed.then, types) or {}), **(names_given(boxed.otherwise, types) or {})}
        case ListOf():
            found = [names_given(item, types) or {} for item in boxed.items]
            return {name: inner for names in found for name, inner in names.items()}
    return None


def item_names(item: Item, value: Boxed | None, types: Types) -> Names | None:
    """The names within a variable: by its type, or else by the form of its logic."""
    return names_within(types.find(item.type_ref).shape) or names_given(value, types)


def conversion(type_: Type) -> Callable[[object, Session, str], object]:
    """How a value is bound to a variable of a type."""
    if type_.free:
        return lambda value, session, where: value
    kind = PYTHON.get(str(type_.shape)) if not type_.tests else None

    def convert(value: object, session: Session, where: str) -> object:
        if value is None or type(value) is kind:
            return value
        return coerce(value, type_, session.environment, lambda message: session.warn(message, where))

    return convert


def _context(boxed: Context, site: Site) -> Code:
    steps: list[tuple[str | None, Code, Callable[[object, Session, str], object], str]] = []
    for entry in boxed.entries:
        variable = entry.variable
        inner = site if variable is None else _entry_site(variable, entry.value, site)
        type_ = site.types.find(variable.type_ref if variable else None)
        code = compile_boxed(entry.value, inner)
        steps.append((variable.name if variable else None, code, conversion(type_), inner.where))
        if variable:
            site = site.seeing({variable.name: item_names(variable, entry.value, site.types)})

    def run(scope: Scope, session: Session) -> object:
        seen, entries = dict(scope), {}
        for name, code, convert, where in steps:
            value = code(seen, session)
            if name is None:
                return value
            entries[name] = seen[name] = convert(value, session, where)
        return entries

    return run


def _entry_site(variable: Item, value: Boxed | None, site: Site) -> Site:
    """Where an entry stands; a function sees its own name, so that it can call itself."""
    inner = site.at(f"entri “{variable.name}”")
    function = isinstance(value, FunctionDefinition) or (
        isinstance(value, Literal) and value.text.lstrip().startswith("function")
    )
    return inner.seeing({variable.name: None}) if function else inner


def _invocation(boxed: Invocation, site: Site) -> Code:
    function = compile_boxed(boxed.function, site)
    bindings = [
        (binding.parameter.name, compile_boxed(binding.value, site.at(f"argumen “{binding.parameter.name}”")))
        for binding in boxed.bindings
    ]

    def run(scope: Scope, session: Session) -> object:
        called = function(scope, session)
        arguments = {name: code(scope, session) for name, code in bindings}
        if not isinstance(called, Function):
            session.warn("Yang dipanggil bukan fungsi, jadi null", site.where)
            return None
        return call(called, arguments, session, site.where)

    return run


def call(function: Function, arguments: Mapping[str, object], session: Session, where: str) -> object:
    """The result of a function for named arguments; null with a warning where they do not fit it."""
    run = Run(session.environment)
    try:
        value = invoke(run, function, list(arguments.values()), list(arguments))
    except Fault as fault:
        session.warn(f"{fault}, jadi null", where)
        value = None
    for warning in run.warnings:
        session.warn(warning.message, where)
    return value


def _list(boxed: ListOf, site: Site) -> Code:
    codes = [compile_boxed(item, site.at(f"unsur {number}")) for number, item in enumerate(boxed.items, 1)]
    return lambda scope, session: [code(scope, session) for code in codes]


def _relation(boxed: Relation, site: Site) -> Code:
    columns = [(column.name, conversion(site.types.find(column.type_ref))) for column in boxed.columns]
    rows = []
    for number, row in enumerate(boxed.rows, 1):
        cells = []
        for (name, convert), cell in zip(columns, row, strict=True):
            inner = site.at(f"baris {number}, kolom “{name}”")
            cells.append((name, compile_boxed(cell, inner), convert, inner.where))
        rows.append(cells)

    def run(scope: Scope, session: Session) -> object:
        return [
            {name: convert(code(scope, session), session, where) for name, code, convert, where in cells}
            for cells in rows
        ]

    return run


def compile_function(boxed: FunctionDefinition, site: Site, name: str, result: Type = ANYTHING) -> Code:
    """The code of a function definition: its value is a function that sees what is in scope where it is defined."""
    parameters = tuple(parameter.name for parameter in boxed.parameters)
    types = tuple(site.types.find(parameter.type_ref) for parameter in boxed.parameters)
    shapes = tuple(type_.shape for type_ in types)
    where = site.where
    if boxed.kind != "FEEL":
        site.problem(f"Fungsi luar ({boxed.kind}) tidak didukung; tulislah dalam FEEL.", boxed.line)
    names = {
        item.name: names_within(type_.shape) for item, type_ in zip(boxed.parameters, types, strict=True)
    }
    body = compile_boxed(boxed.body, site.seeing(names)) if boxed.kind == "FEEL" else nothing
    convert_result = conversion(result)

    def make(scope: Scope, session: Session) -> object:
        def call(*arguments: object) -> object:
            if boxed.kind != "FEEL":
                raise Fault(f"Fungsi luar ({boxed.kind}) tidak didukung")
            for type_, argument in zip(types, arguments, strict=True):
                if found := breach(argument, type_, session.environment):
                    raise Fault(found)
            given = dict(zip(parameters, arguments, strict=True))
            with session.deeper() as allowed:
                if not allowed:
                    raise Fault("Pemanggilan bersarang terlalu dalam")
                return convert_result(body({**scope, **given}, session), session, where)

        return Function(name, parameters, call, types=shapes, result=result.shape)

    return make


def result_type(variable: Item, types: Types) -> Type:
    """What the variable of a knowledge model or service says of results: newer files name a function type, older ones the
    result's own."""
    type_ = types.find(variable.type_ref)
    if isinstance(type_.shape, FunctionOf):
        return Type(str(type_.shape.result), type_.shape.result)
    return type_


def _conditional(boxed: Conditional, site: Site) -> Code:
    condition = compile_boxed(boxed.condition, site.at("jika"))
    branches = {
        True: compile_boxed(boxed.then, site.at("maka")),
        False: compile_boxed(boxed.otherwise, site.at("selain itu")),
        None: nothing,
    }

    def run(scope: Scope, session: Session) -> object:
        chosen = BRANCH.evaluate({"condition": condition(scope, session)}, session.environment).value
        return branches[chosen is True if chosen is not None else None](scope, session)

    return run


def _filter(boxed: Filter, site: Site) -> Code:
    collection = compile_boxed(boxed.collection, site)
    within = names_given(boxed.collection, site.types) or {}
    match = compile_boxed(
        boxed.match, site.seeing({**within, "item": within}, open_=not within).at("saringan")
    )

    def run(scope: Scope, session: Session) -> object:
        items = collection(scope, session)
        if items is None:
            return None
        kept = []
        for item in items if isinstance(items, list) else [items]:
            session.check_time()
            inner = {**scope, **item, "item": item} if isinstance(item, dict) else {**scope, "item": item}
            answer = match(inner, session)
            if not isinstance(answer, bool):
                session.warn("Saringan tidak menghasilkan benar atau salah, jadi null", site.where)
                return None
            if answer:
                kept.append(item)
        return kept

    return run


def _rounds(boxed: Iteration, site: Site) -> tuple[Callable[[Scope, Session], list[object] | None], Code]:
    """The items to go round, and the code of one round."""
    collection = compile_boxed(boxed.collection, site.at(f"“{boxed.variable.name}” dalam"))
    within = names_given(boxed.collection, site.types)
    inner = site.seeing({boxed.variable.name: within, "partial": None})
    body = compile_boxed(boxed.body, inner.at("hasil" if boxed.kind == "for" else "syarat"))

    def items(scope: Scope, session: Session) -> list[object] | None:
        value = collection(scope, session)
        if isinstance(value, list):
            return value
        result = ITEMS.evaluate({"collection": value}, session.environment)
        for warning in result.warnings:
            session.warn(f"{warning.message}, jadi null", site.where)
        return result.value if isinstance(result.value, list) else None

    return items, body


def _for(boxed: Iteration, site: Site) -> Code:
    items, body = _rounds(boxed, site)
    name, looks_back = boxed.variable.name, _mentions(boxed.body, "partial")

    def run(scope: Scope, session: Session) -> object:
        found = items(scope, session)
        if found is None:
            return None
        results: list[object] = []
        for item in found:
            session.check_time()
            round_ = {**scope, name: item, "partial": list(results)} if looks_back else {**scope, name: item}
            results.append(body(round_, session))
        return results

    return run


def _mentions(boxed: Boxed | None, word: str) -> bool:
    """Whether a word stands in any text of a boxed expression."""
    if isinstance(boxed, Literal):
        return word in boxed.text
    return isinstance(boxed, Table) or any(_mentions(part, word) for part in parts(boxed))


def _quantified(boxed: Iteration, site: Site) -> Code:
    """`some` is decided by a true, `every` by a false; an answer that is neither spoils both."""
    items, body = _rounds(boxed, site)
    name, deciding = boxed.variable.name, boxed.kind == "some"

    def run(scope: Scope, session: Session) -> object:
        found = items(scope, session)
        if found is None:
            return None
        answers = []
        for item in found:
            session.check_time()
            answers.append(body({**scope, name: item}, session))
        if any(answer is not None and not isinstance(answer, bool) for answer in answers):
            session.warn("Syarat tidak menghasilkan benar atau salah, jadi null", site.where)
            return None
        if deciding in answers:
            return deciding
        return None if None in answers else not deciding

    return run


_ITERATIONS: Mapping[str, Callable[[Iteration, Site], Code]] = {
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
