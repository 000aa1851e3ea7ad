"""How views reach the gate and the engine, and learn who is calling."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import current_app, g
from sqlalchemy import Connection

from server.api.rates import Rates
from server.api.waiting import WaitingRoom
from server.config import Config
from server.db import Change
from server.engine import Engine
from server.engine.trial import Examine, Read, read_apart
from server.gate import Gate
from server.identity import Actor
from server.letters import Letterhead, Templates, letterhead, templates

Answer = TypeVar("Answer")
Given = ParamSpec("Given")
Question = Callable[Concatenate[Engine, Connection, Actor, Given], Answer]

EXTENSION = "tatalaksana"


@dataclass(frozen=True)
class Office:
    """What the API stands before. `examine` reads files that somebody wants to publish, `read` such as are not ready yet."""

    gate: Gate
    engine: Engine
    examine: Examine
    rates: Rates = field(default_factory=Rates)
    letterhead: Letterhead = field(default_factory=lambda: letterhead(Config()))
    public_url: str = ""
    """Where applicants reach the server, if that is settled."""
    read: Read = read_apart
    templates: Templates = field(default_factory=templates)
    """Of letters."""
    waiting: WaitingRoom = field(default_factory=WaitingRoom)


def office() -> Office:
    """That of the application at hand."""
    return cast(Office, current_app.extensions[EXTENSION])


def actor() -> Actor:
    """Who is calling; known before any view runs."""
    return cast(Actor, g.actor)


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
