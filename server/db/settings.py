"""What is true of a database as a whole."""

from typing import Any, Final

from sqlalchemy import Connection, String, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from server.db.changes import Effect
from server.db.columns import Base, Json

BACKED_UP: Final = "backed_up"
"""The setting that says when a backup was last taken."""


class Setting(Base):
    """What is true of this database as a whole, such as that it was filled as a demo."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=True)


def get_setting(connection: Connection, name: str) -> Any:
    """The setting's value; None where it was never put."""
    return connection.execute(select(Setting.value).where(Setting.name == name)).scalar()


def put_setting(connection: Connection, name: str, value: object) -> None:
    connection.execute(_PUT_SETTING, {"name": name, "value": value})


_NEW_SETTING = upsert(Setting)
_PUT_SETTING = _NEW_SETTING.on_conflict_do_update(
    index_elements=["name"], set_={"value": _NEW_SETTING.excluded.value}
)


def setting_effect(name: str, value: object) -> Effect:
    """Puts a setting as part of a change."""
    return Effect(_PUT_SETTING, {"name": name, "value": value})
