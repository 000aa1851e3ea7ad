"""Keys of rows: ascending numbers that no two processes draw."""

import os
import threading
from typing import Final
from weakref import WeakSet

from sqlalchemy import Engine, Integer, bindparam, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, mapped_column

from server.db.columns import Base, Key
from server.db.connections import write


class KeyBlock(Base):
    """One row: the first key that no process has drawn yet."""

    __tablename__ = "key_block"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    next: Mapped[int] = mapped_column(Key)


# Sixteen digits from the first to the last that an office will ever draw: as texts, keys sort as their numbers do.
FIRST_KEY: Final = 2**51

_TAKE = (
    update(KeyBlock)
    .where(KeyBlock.id == 1)
    .values(next=KeyBlock.next + bindparam("size"))
    .returning(KeyBlock.next)
)
_OPEN = upsert(KeyBlock).values(id=1, next=FIRST_KEY).on_conflict_do_nothing()


class Keys:
    """Ascending 63-bit keys, unique among all processes of a database, drawn from it in blocks.

    Threads share one Keys; a forked process starts with an empty block. Never draw inside `write`: a new block is a
    write transaction of its own.
    """

    _lock: threading.Lock
    _next: int
    _end: int

    def __init__(self, engine: Engine, block: int = 1000) -> None:
        self._engine = engine
        self._size = block
        self.forget()
        _ALL_KEYS.add(self)

    def draw(self, count: int = 1) -> range:
        """The next `count` keys, without a gap between them."""
        with self._lock:
            if self._end - self._next < count:
                self._next, self._end = self._take(max(count, self._size))
            first = self._next
            self._next += count
        return range(first, first + count)

    def _take(self, size: int) -> tuple[int, int]:
        with write(self._engine) as connection:
            end = connection.execute(_TAKE, {"size": size}).scalar()
            if end is None:
                connection.execute(_OPEN)
                end = connection.execute(_TAKE, {"size": size}).scalar_one()
        return end - size, end

    def forget(self) -> None:
        """Gives up what is left of the block."""
        self._lock = threading.Lock()
        self._next = self._end = 0


_ALL_KEYS: Final[WeakSet[Keys]] = WeakSet()


def _forget_blocks() -> None:
    for keys in _ALL_KEYS:
        keys.forget()


os.register_at_fork(after_in_child=_forget_blocks)
