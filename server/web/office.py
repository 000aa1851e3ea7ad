"""How views reach the gate and the engine, and learn who is calling."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import current_app, g
from sqlalchemy import Connection

from server.config import Config
from server.db import Change
from server.engine import Engine
from server.gate import Gate
from server.identity import Actor, Provider, Visitor
from server.web.assets import Assets

Answer = TypeVar("Answer")
Given = ParamSpec("Given")
Question = Callable[Concatenate[Engine, Connection, Actor, Given], Answer]

EXTENSION = "tatalaksana-web"


@dataclass(frozen=True)
class Office:
    """What the pages stand before. `provider`: through whom people may log in besides by password."""

    gate: Gate
    engine: Engine
    config: Config
    assets: Assets
    provider: Provider | None = None


def office() -> Office:
    """That of the application at hand."""
    return cast(Office, current_app.extensions[EXTENSION])


def visitor() -> Visitor:
    """Whose session it is; known before any view runs that is not for anybody."""
    return cast(Visitor, g.visitor)


def actor() -> Actor:
    """Who is calling."""
    return visitor().actor


def ask(question: Question[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """The answer to a question of the engine, asked by the caller."""
    at, who = office(), actor()
    return at.gate.ask(lambda connection: question(at.engine, connection, who, *args, **kwargs))


def do(verb: Question[Given, Change[Answer]], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """Does a verb of the engine, as the caller."""
    at, who = office(), actor()
    return at.gate.do(lambda connection: verb(at.engine, connection, who, *args, **kwargs))


def change(verb: Question[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """Does a verb that writes what it is told, as the caller."""
    at, who = office(), actor()
    return at.gate.change(lambda connection: verb(at.engine, connection, who, *args, **kwargs))
