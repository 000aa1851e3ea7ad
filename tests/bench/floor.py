"""What completions are held against: a stock Flask-SQLAlchemy application that does next to nothing.

`python -m tests.bench.floor` serves it on PORT and DATABASE_URL, under the product's own gunicorn settings.
"""

from typing import Any

from flask import Flask, Response
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from server import cli
from server.config import from_environment
from server.db import database_url

COUNTERS = 100


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Counter(Base):
    __tablename__ = "bench_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[int]


class Entry(Base):
    __tablename__ = "bench_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    counter_id: Mapped[int]
    value: Mapped[int]
    text: Mapped[str]


def create_app(url: str) -> Flask:
    """The application: one route that does nothing, and one that gets, adds, updates and commits."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url(url)
    # On SQLite the driver opens its own transactions, as it does by default.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"execution_options": {"begin": None}}
    db.init_app(app)
    app.post("/nothing")(do_nothing)
    app.post("/counters/<int:id>")(count)
    return app


def do_nothing() -> Response:
    return Response(status=204)


def count(id: int) -> Response:
    counter = db.session.get_one(Counter, id)
    counter.value += 1
    db.session.add(Entry(counter_id=id, value=counter.value, text="satu baris lagi"))
    db.session.commit()
    return Response(status=204)


def fill(url: str) -> None:
    """Its tables, with the rows that are counted up."""
    with create_app(url).app_context():
        db.create_all()
        db.session.add_all(Counter(id=id, name=f"penghitung {id}", value=0) for id in range(1, COUNTERS + 1))
        db.session.commit()
        db.engine.dispose()


class Server(cli.Server):
    """The product's server, with this application in it."""

    def load(self) -> Any:
        return create_app(self.settings.database_url)


if __name__ == "__main__":
    Server(from_environment()).run()
