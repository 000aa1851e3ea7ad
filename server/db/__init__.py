"""The database's ground: the declarative base, column types, keys, and the ways to read and to write.

SQLite and PostgreSQL give the same promises here.
"""

from server.db.changes import Change, Clash, Effect
from server.db.columns import (
    Base,
    Day,
    Gathered,
    Instant,
    Json,
    Key,
    append_only,
    db,
    dump_json,
    load_json,
    refusals,
)
from server.db.connections import (
    database_url,
    for_reading,
    make_engine_options,
    open_engine,
    read,
    snapshot,
    write,
)
from server.db.keys import KeyBlock, Keys
from server.db.settings import BACKED_UP, Setting, get_setting, put_setting, setting_effect
from server.db.statements import AnyRow, fetch

__all__ = [
    "BACKED_UP",
    "AnyRow",
    "Base",
    "Change",
    "Clash",
    "Day",
    "Effect",
    "Gathered",
    "Instant",
    "Json",
    "Key",
    "KeyBlock",
    "Keys",
    "Setting",
    "append_only",
    "database_url",
    "db",
    "dump_json",
    "fetch",
    "for_reading",
    "get_setting",
    "load_json",
    "make_engine_options",
    "open_engine",
    "put_setting",
    "read",
    "refusals",
    "setting_effect",
    "snapshot",
    "write",
]
