"""What a login asks the database, counted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import ClauseElement, Connection, Engine, event

from server.db import fetch
from server.identity import login


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that run in the block."""
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    def noted(connection: Connection, statement: ClauseElement, parameters: Mapping[str, Any]) -> list[Any]:
        statements.append(str(statement))
        return fetch(connection, statement, parameters)

    event.listen(engine, "before_cursor_execute", note)
    with patch.object(login, "fetch", noted):
        yield statements
    event.remove(engine, "before_cursor_execute", note)
