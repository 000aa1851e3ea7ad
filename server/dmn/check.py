"""What is wrong with a DMN file that can be read: said at publishing, in words for those who edit tables.

Reading refuses what cannot be evaluated at all; this finds texts that are no FEEL, names that nothing gives, cells that do not
fit their column, and tables that leave gaps, overlap, or hold rules that can never count.
"""

from collections.abc import Iterable, Iterator

from server import feel
from server.dmn.conditions import Condition, condition_of
from server.dmn.coverage import Coverage, Example, Row, cover
from server.dmn.model import Definitions, HitPolicy
from server.dmn.program import Program, program_of
from server.dmn.table import CompiledTable, Line
from server.dmn.texts import Stranger
from server.dmn.types import Type
from server.errors import Problem
from server.feel.types import ANY, PYTHON, conforms
from server.feel.values import kind_of


def check(definitions: Definitions, functions: Iterable[str] = ()) -> tuple[Problem, ...]:
    """Everything found: `check_texts`, then `check_tables`. `functions` are the names of the host's."""
    return (*check_texts(definitions, functions), *check_tables(definitions))


def check_texts(definitions: Definitions, functions: Iterable[str] = ()) -> tuple[Problem, ...]:
    """What cannot work as it is written: texts that are no FEEL, names and types that nothing gives, cells of another type
    than their column or outside its values."""
    program = program_of(definitions)
    findings = program.compile_all()
    known = frozenset(functions)
    found = [
        *findings.problems,
        *(_unknown(stranger) for stranger in findings.strangers if stranger.name not in known),
        *(Problem(f"Tipe “{name}” tidak dikenal.") for name in sorted(program.types.unknown)),
        *(Problem(f"Tipe “{name}” terlalu besar.") for name in sorted(program.types.too_large)),
    ]
    for table in program.tables:
        found += _cells(table, program)
    return tuple(dict.fromkeys(found))


def check_tables(definitions: Definitions) -> tuple[Problem, ...]:
    """What works, but is hardly meant: inputs without a rule, rules that overlap where one should be hit, rules that
    can never be hit."""
    program = program_of(definitions)
    found: list[Problem] = []
    for table in program.tables:
        found += _coverage(table, _input_types(table, program))
    return tuple(dict.fromkeys(found))


def _unknown(stranger: Stranger) -> Problem:
    message = f"Nama “{stranger.name}” tidak dikenal di sini. Hubungkan data masukan atau keputusan yang memberikannya."
    return Problem(message, stranger.where, stranger.line)


def _input_types(table: CompiledTable, program: Program) -> list[Type]:
    return [program.types.find(column.expression.type_ref) for column in table.table.inputs]


def _cells(table: CompiledTable, program: Program) -> Iterator[Problem]:
    inputs = _input_types(table, program)
    outputs = [program.types.find(table.output_type(number)) for number in range(len(table.table.outputs))]
    for line in table.lines:
        yield from _inputs(table, line, inputs)
        yield from _outputs(table, line, outputs)


# ------------------------------------------------------------------------------------------------------ cell by cell


def _inputs(table: CompiledTable, line: Line, types: list[Type]) -> Iterator[Problem]:
    for cell in line.cells:
        if cell.condition is None:
            continue
        column, type_ = table.columns[cell.column], types[cell.column]
        wanted = PYTHON.get(str(type_.shape))
        if wanted is not None and wanted is not cell.condition.kind:
            example = (
                cell.condition.spans[0].low
                if cell.condition.spans[0].low is not None
                else cell.condition.spans[0].high
            )
            message = (
                f"Sel ini berisi {kind_of(example)}, sedangkan kolom “{column.name}” bertipe {type_.name}."
            )
            yield Problem(message, cell.where, line.rule.line)
            continue
        tests = [*(allowed.tests for allowed in type_.tests), column.values and column.values.tests]
        for value in cell.condition.keys or ():
            if any(test and test.test(value).value is not True for test in tests):
                message = f"Nilai {_shown(value)} tidak termasuk yang boleh untuk kolom “{column.name}”."
                yield Problem(message, cell.where, line.rule.line)


def _outputs(table: CompiledTable, line: Line, types: list[Type]) -> Iterator[Problem]:
    for number, (cell, type_) in enumerate(zip(line.outputs, types, strict=True)):
        if not cell.known or cell.value is None:
            continue
        where = f"{table.where}, aturan {line.number}, hasil {number + 1}"
        name = table.names[number]
        if type_.shape != ANY and not conforms(cell.value, type_.shape):
            message = f"Sel ini berisi {kind_of(cell.value)}, sedangkan kolom “{name}” bertipe {type_.name}."
            yield Problem(message, where, line.rule.line)
            continue
        tests = [*(allowed.tests for allowed in type_.tests), table.output_values[number]]
        if any(test and test.test(cell.value).value is not True for test in tests):
            message = f"Nilai {_shown(cell.value)} tidak termasuk yang boleh untuk kolom “{name}”."
            yield Problem(message, where, line.rule.line)


# ---------------------------------------------------------------------------------------------------- the whole table


def _coverage(table: CompiledTable, types: list[Type]) -> Iterator[Problem]:
    kinds = _kinds(table)
    rows = [_row(line, kinds) for line in table.lines]
    if not rows:
        return
    policy = table.table.policy
    found = cover(rows, _domains(table, types, kinds), table.precedence())
    if policy.single and not table.has_default:
        yield from _gaps(table, found)
    if policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
        yield from _overlaps(table, found)
    if found.complete:
        yield from _unreachable(table, found)
    else:
        message = (
            "Tabel terlalu besar untuk diperiksa sampai habis; celah dan tumpang tindih lain mungkin ada."
        )
        yield Problem(message, table.where, table.table.line)


def _gaps(table: CompiledTable, found: Coverage) -> Iterator[Problem]:
    for example in found.gaps:
        message = f"Tidak ada aturan untuk {_example(table, example)}."
        yield Problem(f"{message} Tambahkan aturan atau hasil bawaan.", table.where, table.table.line)


def _overlaps(table: CompiledTable, found: Coverage) -> Iterator[Problem]:
    for (low, high), example in found.overlaps.items():
        first, second = table.lines[low], table.lines[high]
        if table.table.policy is HitPolicy.ANY and _same_outputs(first, second):
            continue
        message = (
            f"Aturan {first.number} dan {second.number} sama-sama cocok untuk {_example(table, example)}."
        )
        yield Problem(message, table.where, second.rule.line)


def _unreachable(table: CompiledTable, found: Coverage) -> Iterator[Problem]:
    reason = _REASONS.get(table.table.policy, "tidak ada nilai yang boleh yang cocok")
    for place, line in enumerate(table.lines):
        if place not in found.reached and all(cell.tests for cell in line.cells):
            message = f"Aturan {line.number} tidak pernah terpilih: {reason}."
            yield Problem(message, table.where, line.rule.line)


_REASONS = {
    HitPolicy.FIRST: "aturan-aturan di atasnya sudah mencakup semuanya",
    HitPolicy.PRIORITY: "aturan yang lebih diutamakan sudah mencakup semuanya",
}


def _kinds(table: CompiledTable) -> dict[int, type]:
    """The kind of the values that each column's cells name, for columns where they agree and can be walked."""
    kinds: dict[int, set[type]] = {}
    for line in table.lines:
        for cell in line.cells:
            if cell.condition is not None:
                kinds.setdefault(cell.column, set()).add(_walkable(cell.condition))
    return {column: found.pop() for column, found in kinds.items() if len(found) == 1 and object not in found}


def _walkable(condition: Condition) -> type:
    """Texts are walked only by equality."""
    ordered = condition.kind is str and not all(span.point for span in condition.spans)
    return object if ordered else condition.kind


def _row(line: Line, kinds: dict[int, type]) -> Row:
    conditions = {
        cell.column: cell.condition for cell in line.cells if cell.condition and cell.column in kinds
    }
    return Row(conditions, certain=len(conditions) == len(line.cells))


def _domains(table: CompiledTable, types: list[Type], kinds: dict[int, type]) -> list[list[Condition]]:
    domains = []
    for number, column in enumerate(table.columns):
        tests = [*(allowed.tests for allowed in types[number].tests), column.values and column.values.tests]
        conditions = [condition_of(test) for test in tests if test]
        domains.append([part for part in conditions if part and part.kind is kinds.get(number)])
    return domains


def _same_outputs(first: Line, second: Line) -> bool:
    """Whether two rules give the same, as far as can be told beforehand."""
    pairs = zip(first.outputs, second.outputs, strict=True)
    return all(not (a.known and b.known) or a.value == b.value for a, b in pairs)


def _example(table: CompiledTable, example: Example) -> str:
    shown = (
        f"{table.columns[column].name} = {_shown(value)}"
        for column, value in sorted(example, key=lambda pair: pair[0])
    )
    return ", ".join(shown) or "masukan apa pun"


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else feel.show(value)
