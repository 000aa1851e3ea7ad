"""Builds the house: connects its rooms, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, request
from sqlalchemy import Engine as Database
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from server import api, health, letters, log, personnel, population, web
from server.calendar import Book
from server.clock import Clock
from server.config import Config
from server.db import Keys, database_url, db, make_engine_options, open_engine
from server.engine import Engine, Handlers
from server.gate import Gate
from server.identity import Login, Roles, read_roles


@dataclass(frozen=True)
class House:
    """The parts that every process has: server, worker, command."""

    config: Config
    gate: Gate
    engine: Engine


def roles_of(config: Config) -> Roles:
    """The roles of the book, in the office of the settings."""
    return replace(read_roles((config.book / "bpmn" / "roles.yaml").read_bytes()), kantor=config.office)


def build(config: Config, database: Database | None = None, clock: Clock | None = None) -> House:
    """The house on a database; on its own connection to `config.database_url` where none is given."""
    database = database or open_engine(config.database_url)
    clock = clock or Clock(config.zone)
    book = Book()
    roles = roles_of(config)
    keys = Keys(database)
    paper = letters.stationery(config)
    engine = Engine(
        keys=keys,
        roles=roles,
        handlers=Handlers(
            (
                *personnel.handlers(book.calendar(clock.zone), keys, roles),
                *population.handlers(),
                *letters.handlers(roles, paper),
            ),
            config.job_types,
        ),
        clock=clock,
        book=book,
        letters=frozenset(paper.templates.titles),
    )
    return House(config, Gate(database, clock, Login(roles, demo=config.demo)), engine)


class _Server(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine: Flask need not ask that of every function at every request."""
        return func


def create_app(config: Config) -> Flask:
    """The server."""
    log.configure()
    app = _Server(__name__, static_folder=None)
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, config.proxies, config.proxies)  # type: ignore[method-assign]
    url = database_url(config.database_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = make_engine_options(url)
    db.init_app(app)
    with app.app_context():
        house = build(config, db.engine)
    house.engine.calendar.working_days(house.engine.clock.today().year)  # read now, not in somebody's request
    health.create_health(app, house.gate, house.engine, config)
    web.create_web(app, house.gate, house.engine, config)
    # After the pages: answers are sealed in the other order, and those of the API have a stricter seal of their own.
    api.create_api(app, house.gate, house.engine, config=config)
    app.register_error_handler(Exception, _answer_error)
    return app


def _answer_error(error: Exception) -> Response:
    """Programs are told in JSON, people on a page."""
    return api.answer_error(error) if api.owns(request.path) else web.answer_error(error)
