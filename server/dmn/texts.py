"""FEEL texts made ready to run, at the place where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from server import feel
from server.dmn.conditions import NotConstant, constant
from server.dmn.model import Literal
from server.dmn.session import Code, Scope, Session
from server.dmn.types import Names, Types
from server.errors import Problem
from server.feel import syntax


@dataclass(frozen=True)
class Site:
    """Where a boxed expression stands: what a person calls the place, the names seen there, the file's types."""

    where: str
    names: Mapping[str, Names | None]
    types: Types
    problems: list[Problem] = field(default_factory=list)
    """Texts that are no FEEL, as they are met."""

    def at(self, where: str) -> "Site":
        """A place within this one."""
        return Site(f"{self.where}, {where}", self.names, self.types, self.problems)

    def seeing(self, names: Mapping[str, Names | None]) -> "Site":
        """The same place with more names."""
        return Site(self.where, {**self.names, **names}, self.types, self.problems)


def nothing(scope: Scope, session: Session) -> object:
    """The logic of what has none."""
    return None


def compile_literal(literal: Literal, site: Site) -> Code:
    """The code of a FEEL text."""
    where = site.where
    if literal.language:
        return _refused(f"Bahasa ungkapan {literal.language} tidak didukung; pakailah FEEL.", literal, site)
    if not literal.text:
        return nothing
    try:
        expression = feel.compile(literal.text, site.names, types=site.types.shapes)
    except feel.InvalidExpression as error:
        return _refused(error.message, literal, site)

    try:
        value = constant(expression.tree)
    except NotConstant:
        pass
    else:
        return lambda scope, session: value

    def code(scope: Scope, session: Session) -> object:
        result = expression.evaluate(scope, session.environment)
        for warning in result.warnings:
            session.warn(str(warning), where)
        return result.value

    if isinstance(expression.tree, syntax.Name):
        return _variable(expression.tree.name, code)
    return code


def _variable(name: str, otherwise: Code) -> Code:
    return lambda scope, session: scope[name] if name in scope else otherwise(scope, session)


def _refused(message: str, literal: Literal, site: Site) -> Code:
    site.problems.append(Problem(message, site.where, literal.line))

    def code(scope: Scope, session: Session) -> object:
        session.warn(message, site.where)
        return None

    return code


def compile_tests(literal: Literal, site: Site) -> feel.UnaryTests | None:
    """The unary tests of a cell; None, and a problem of the site, when they are no FEEL."""
    try:
        return feel.compile_unary_tests(literal.text, site.names, types=site.types.shapes)
    except feel.InvalidExpression as error:
        site.problems.append(Problem(error.message, site.where, literal.line))
        return None
