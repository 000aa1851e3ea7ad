"""FEEL texts made ready to run, at the place where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server import feel
from server.dmn.conditions import Condition, NotConstant, condition_of, constant, impossible
from server.dmn.model import Literal
from server.dmn.session import Code, Scope, Session
from server.dmn.types import Names, Types
from server.errors import Problem
from server.feel import syntax


@dataclass(frozen=True)
class Stranger:
    """A name that nothing gives, in the text that uses it."""

    name: str
    where: str
    line: int | None


@dataclass(frozen=True)
class Findings:
    """What is met while a file is compiled: texts that are no FEEL, names that nothing gives, and the tables."""

    problems: list[Problem] = field(default_factory=list)
    strangers: list[Stranger] = field(default_factory=list)
    tables: list[object] = field(default_factory=list)
    """Each a table.CompiledTable, which is made of texts itself."""


@dataclass(frozen=True)
class Site:
    """Where a boxed expression stands: what a person calls the place, the names seen there, the file's types."""

    where: str
    names: Mapping[str, Names | None]
    types: Types
    findings: Findings
    open: bool = False
    """Whether names may come from values that nobody typed, as in a filter."""
    _expressions: dict[str, feel.Expression] = field(default_factory=dict)
    _tests: dict[str, tuple[feel.UnaryTests, Condition | None]] = field(default_factory=dict)

    def at(self, where: str) -> "Site":
        """A place within this one."""
        where = f"{self.where}, {where}"
        return Site(where, self.names, self.types, self.findings, self.open, self._expressions, self._tests)

    def seeing(self, names: Mapping[str, Names | None], open_: bool = False) -> "Site":
        """The same place with more names."""
        seen = {**self.names, **names}
        return Site(self.where, seen, self.types, self.findings, self.open or open_)

    def expression(self, literal: Literal) -> feel.Expression:
        """The expression of a text; compiled once for all places that see the same names. Raises InvalidExpression."""
        text = literal.text
        if text not in self._expressions:
            self._expressions[text] = feel.compile(text, self.names, types=self.types.shapes)
        self._note_strangers(self._expressions[text].required, literal)
        self._note_impossible(self._expressions[text].tree, literal)
        return self._expressions[text]

    def constant(self, literal: Literal) -> object:
        """The value of a text that depends on nothing else. Raises NotConstant, InvalidExpression."""
        value = feel.plain_literal(literal.text, self.names)
        return constant(self.expression(literal).tree) if value is None else value

    def tests(self, literal: Literal) -> tuple[feel.UnaryTests | None, Condition | None]:
        """The unary tests of a cell, and what they say where that is known; None, and a problem, when they are no FEEL."""
        text = literal.text
        try:
            if text not in self._tests:
                tests = feel.compile_unary_tests(text, self.names, types=self.types.shapes)
                self._tests[text] = tests, condition_of(tests)
        except feel.InvalidExpression as error:
            self.problem(error.message, literal.line)
            return None, None
        found = self._tests[text]
        self._note_strangers(found[0].required, literal)
        self._note_impossible(found[0].tree, literal)
        return found

    def problem(self, message: str, line: int | None) -> None:
        """Keep a problem of this place."""
        self.findings.problems.append(Problem(message, self.where, line))

    def _note_impossible(self, tree: syntax.Node, literal: Literal) -> None:
        for written in impossible(literal.text, tree):
            self.problem(f"Tidak ada tanggal, waktu atau lama seperti {written}.", literal.line)

    def _note_strangers(self, names: frozenset[str], literal: Literal) -> None:
        if names and not self.open:
            strangers = (
                Stranger(name, self.where, literal.line) for name in sorted(names - self.names.keys())
            )
            self.findings.strangers.extend(strangers)


def nothing(scope: Scope, session: Session) -> object:
    """The logic of what has none."""
    return None


def compile_literal(literal: Literal, site: Site) -> Code:
    """The code of a FEEL text; null with a warning, and a problem of the site, when it is none."""
    if literal.language:
        return _refused(f"Bahasa ungkapan {literal.language} tidak didukung; pakailah FEEL", literal, site)
    if not literal.text:
        return nothing
    try:
        value = site.constant(literal)
    except NotConstant:
        return _evaluated(site.expression(literal), site.where)
    except feel.InvalidExpression as error:
        return _refused(error.message, literal, site)
    return lambda scope, session: value


def _evaluated(expression: feel.Expression, where: str) -> Code:
    def code(scope: Scope, session: Session) -> object:
        session.check_time()
        result = expression.evaluate(scope, session.environment)
        for warning in result.warnings:
            session.warn(str(warning), where)
        return result.value

    if not isinstance(expression.tree, syntax.Name):
        return code
    name = expression.tree.name
    return lambda scope, session: scope[name] if name in scope else code(scope, session)


def _refused(message: str, literal: Literal, site: Site) -> Code:
    site.problem(message, literal.line)
    where = site.where

    def code(scope: Scope, session: Session) -> object:
        session.warn(message, where)
        return None

    return code
