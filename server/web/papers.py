"""The papers of a case: what has been attached, who added it and when, and what the viewer may take out again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from server.engine import Engine, documents
from server.identity import Actor, names_of


@dataclass(frozen=True)
class Paper:
    """An attachment as the pages show it. `removable`: by the viewer, now."""

    id: str
    name: str
    size: int
    by: str
    at: datetime
    removable: bool


def papers_of(engine: Engine, connection: Connection, who: Actor, case: int) -> list[Paper]:
    """Those of a case that one may see, the newest first."""
    found = documents.of_case(engine, connection, who, case)
    names = names_of(connection, {each["created_by"] for each in found})
    return [
        Paper(
            id=each["document_id"],
            name=each["name"],
            size=each["size"],
            by=names.get(each["created_by"]) or each["created_by"],
            at=each["created_at"],
            removable=documents.is_removable(connection, who, each),
        )
        for each in found
    ]
