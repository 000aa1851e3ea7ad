"""The database's ground, on a real database."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError, StatementError

from server.db import (
    Base,
    Change,
    Clash,
    Day,
    Effect,
    Gathered,
    Instant,
    Json,
    Key,
    Keys,
    database_url,
    dump_json,
    get_setting,
    load_json,
    open_engine,
    put_setting,
    read,
    write,
)

pytestmark = pytest.mark.both_databases

METADATA = MetaData(naming_convention=Base.metadata.naming_convention)
THING = Table(
    "thing",
    METADATA,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("body", Json),
    Column("at", Instant),
    Column("day", Day),
)
PART = Table(
    "part",
    METADATA,
    Column("name", String(20), primary_key=True),
    Column("thing", Key, ForeignKey("thing.key")),
)

MORNING = datetime(2026, 1, 5, 7, 30, tzinfo=timezone(timedelta(hours=7)))


@pytest.fixture
def tables(engine: Engine) -> Iterator[Engine]:
    METADATA.create_all(engine)
    yield engine
    METADATA.drop_all(engine)


def put(engine: Engine, *rows: dict[str, Any]) -> None:
    with write(engine) as connection:
        connection.execute(insert(THING), [{"body": None, "at": None, "day": None} | row for row in rows])


def keys_in(engine: Engine) -> list[int]:
    with read(engine) as connection:
        return list(connection.execute(select(THING.c.key).order_by(THING.c.key)).scalars())


# --- column types


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "true",
        "0",
        "-7",
        "1.50",
        "0.1",
        "1E+400",
        "123456789012345678901234567890.000001",
        '"añ≤"',
        '{"b":1,"a":[{},[]]}',
    ],
)
def test_json_text_comes_back_as_it_was_written(text: str) -> None:
    assert dump_json(load_json(text)) == text


def test_fractions_are_read_as_decimal_and_whole_numbers_as_int() -> None:
    assert [type(value) for value in load_json("[1.0, 1, 10000000000000000000000]")] == [Decimal, int, int]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_json_refuses_what_is_not_a_number(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json(value)


def test_every_column_type_comes_back_as_it_was_written(tables: Engine) -> None:
    row = {
        "key": 2**63 - 1,
        "body": {"z": Decimal("2.50"), "a": [None]},
        "at": MORNING,
        "day": date(2026, 2, 28),
    }
    put(tables, row)
    with read(tables) as connection:
        assert connection.execute(select(THING)).mappings().one() == row


def test_an_instant_is_read_in_utc(tables: Engine) -> None:
    put(tables, {"key": 1, "at": MORNING})
    with read(tables) as connection:
        found = connection.execute(select(THING.c.at)).scalar_one()
    assert (found.hour, found.utcoffset()) == (0, timedelta(0))


def test_nothing_is_null_in_every_column_type(tables: Engine) -> None:
    put(tables, {"key": 1})
    with read(tables) as connection:
        assert connection.execute(select(THING).where(THING.c.body.is_(None))).one() == (1, None, None, None)


def test_instants_sort_and_compare_as_time_does_whatever_their_zone(tables: Engine) -> None:
    tokyo = timezone(timedelta(hours=9))
    second = datetime(2026, 1, 5, 0, 0, 0, tzinfo=UTC)
    instants = [second, (second + timedelta(microseconds=1)).astimezone(tokyo), second + timedelta(seconds=1)]
    put(tables, *({"key": 3 - place, "at": at} for place, at in enumerate(instants)))
    with read(tables) as connection:
        in_order = connection.execute(select(THING.c.key).order_by(THING.c.at)).scalars().all()
        later = connection.execute(
            select(THING.c.key).where(THING.c.at > instants[0].astimezone(tokyo))
        ).scalars()
        assert (in_order, set(later)) == ([3, 2, 1], {1, 2})


def test_an_instant_without_a_zone_is_refused(tables: Engine) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        put(tables, {"key": 1, "at": datetime(2026, 1, 5)})


# --- engines and connections


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg"),
        ("sqlite:////tmp/x.db", "sqlite"),
    ],
)
def test_urls_name_their_driver(text: str, driver: str) -> None:
    assert database_url(text).drivername == driver


def test_sqlite_survives_a_power_cut_and_lets_readers_read(tmp_path: Path) -> None:
    with read(open_engine(f"sqlite:///{tmp_path}/office.db")) as connection:
        pragmas = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert found == ["wal", 2, 10_000, 1]


@pytest.mark.parametrize("opened", [write, Engine.begin])
def test_a_transaction_that_raises_leaves_nothing(
    tables: Engine, opened: Callable[[Engine], AbstractContextManager[Connection]]
) -> None:
    def insert_and_fail() -> None:
        with opened(tables) as connection:
            connection.execute(insert(THING), {"key": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        insert_and_fail()
    assert keys_in(tables) == []


def test_foreign_keys_are_kept(tables: Engine) -> None:
    with pytest.raises(IntegrityError), write(tables) as connection:
        connection.execute(insert(PART), {"name": "tail", "thing": 404})


def test_a_reader_neither_blocks_a_writer_nor_keeps_an_old_picture(tables: Engine) -> None:
    with read(tables) as connection:
        count = select(func.count()).select_from(THING)
        before = connection.execute(count).scalar()
        put(tables, {"key": 1})
        assert (before, connection.execute(count).scalar()) == (0, 1)


def test_writers_wait_for_each_other_and_lose_no_update(tables: Engine) -> None:
    put(tables, {"key": 1, "body": 0})

    def add(_round: int) -> None:
        with write(tables) as connection:
            connection.execute(select(THING.c.key).with_for_update()).all()
            seen = connection.execute(select(THING.c.body)).scalar_one()
            connection.execute(update(THING).values(body=seen + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(40)))
    with read(tables) as connection:
        assert connection.execute(select(THING.c.body)).scalar_one() == 40


def test_a_turn_to_write_that_nobody_gives_back_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/a.db")
    with write(engine) as connection:
        METADATA.create_all(connection)
    monkeypatch.setattr("server.db.connections.TURN_SECONDS", 0.05)
    with open(f"{tmp_path}/a.db-queue", "ab") as stuck:
        fcntl.flock(stuck, fcntl.LOCK_EX)
        with write(engine) as connection:
            connection.execute(insert(THING), {"key": 1})
    with read(engine) as connection:
        assert connection.execute(select(THING.c.key)).scalars().all() == [1]


def test_constraints_have_names_that_migrations_can_find() -> None:
    assert [constraint.name for constraint in sorted(PART.constraints, key=lambda one: str(one.name))] == [
        "fk_part_thing",
        "pk_part",
    ]


# --- settings


def test_a_setting_is_what_was_put_last(engine: Engine) -> None:
    with write(engine) as connection:
        assert get_setting(connection, "demo") is None
        put_setting(connection, "demo", {"sejak": 1})
        put_setting(connection, "demo", [True])
        assert get_setting(connection, "demo") == [True]


# --- keys


def test_keys_ascend_without_gaps_within_a_draw(engine: Engine) -> None:
    keys = Keys(engine, block=10)
    drawn = [list(keys.draw(count)) for count in (1, 3, 25, 2)]
    assert all(run == list(range(run[0], run[0] + len(run))) for run in drawn)
    assert [len(run) for run in drawn] == [1, 3, 25, 2]
    flat = [key for run in drawn for key in run]
    assert flat == sorted(set(flat))


def test_keys_of_two_processes_never_meet(engine: Engine) -> None:
    first, second = Keys(engine, block=5), Keys(engine, block=5)
    drawn = [key for _ in range(20) for keys in (first, second) for key in keys.draw(2)]
    assert len(set(drawn)) == len(drawn) == 80


def test_keys_of_many_threads_never_meet(engine: Engine) -> None:
    keys, start = Keys(engine, block=7), threading.Barrier(4)

    def draw(_thread: int) -> list[int]:
        start.wait()
        return [key for _ in range(200) for key in keys.draw()]

    with ThreadPoolExecutor(4) as pool:
        drawn = [key for run in pool.map(draw, range(4)) for key in run]
    assert len(set(drawn)) == len(drawn) == 800


def test_a_forked_process_draws_from_a_block_of_its_own(engine: Engine) -> None:
    keys = Keys(engine, block=100)
    before = keys.draw()[0]
    reading, writing = os.pipe()
    if not os.fork():
        engine.dispose(close=False)
        os.write(writing, str(keys.draw()[0]).encode())
        os._exit(0)
    os.wait()
    theirs = int(os.read(reading, 40))
    assert theirs > before + 99
    assert keys.draw()[0] == before + 1


def test_keys_sort_as_texts_as_they_do_as_numbers(engine: Engine) -> None:
    assert len(str(Keys(engine).draw()[0])) == len(str(2**53 - 1)) == 16


# --- changes

DEFAULTS = Table(
    "defaults",
    METADATA,
    Column("key", Key, primary_key=True, autoincrement=False),
    Column("count", Key, default=7),
)
RENAME = (
    update(THING).where(THING.c.key == bindparam("_key")).values(body=bindparam("body"), day=MORNING.date())
)


def make(engine: Engine, *effects: Effect) -> None:
    with write(engine) as connection:
        Change(effects, None).apply(connection)


def test_an_effect_keeps_values_as_their_columns_do(tables: Engine) -> None:
    row = {"key": 2**62, "body": {"jumlah": Decimal("0.10")}, "at": MORNING, "day": date(2026, 1, 5)}
    make(tables, Effect(insert(THING), [row, row | {"key": 1}]))
    with read(tables) as connection:
        assert list(connection.execute(select(THING).order_by(THING.c.key.desc())).mappings()) == [
            row,
            row | {"key": 1},
        ]


def test_an_effect_fills_in_constants_and_defaults(tables: Engine) -> None:
    put(tables, {"key": 1})
    make(tables, Effect(RENAME, {"_key": 1, "body": "baru"}, expect=1), Effect(insert(DEFAULTS), {"key": 1}))
    with read(tables) as connection:
        assert tuple(connection.execute(select(THING.c.body, THING.c.day)).one()) == ("baru", MORNING.date())
        assert connection.execute(select(DEFAULTS.c.count)).scalar_one() == 7


def test_a_change_that_meets_other_rows_than_expected_is_a_clash_and_leaves_nothing(tables: Engine) -> None:
    added = Effect(insert(THING), {"key": 5, "body": None, "at": None, "day": None})
    with pytest.raises(Clash):
        make(tables, Effect(RENAME, {"_key": 4, "body": "?"}, expect=1), added)
    assert keys_in(tables) == []


def test_a_change_that_the_database_refuses_leaves_nothing(tables: Engine) -> None:
    put(tables, {"key": 1})
    rows = [{"key": key, "body": None, "at": None, "day": None} for key in (2, 1, 3)]
    with pytest.raises(IntegrityError):
        make(tables, *(Effect(insert(THING), row) for row in rows))
    assert keys_in(tables) == [1]
    make(tables, Effect(insert(THING), rows[0]))
    assert keys_in(tables) == [1, 2]


PUT_RIGHT = update(THING).where(THING.c.key == bindparam("_key")).values(body=bindparam("body"))
PART_OF_MANY = insert(PART).from_select(
    ["name", "thing"], select(func.max(THING.c.body), func.count()).where(THING.c.key > 0)
)


def things(engine: Engine) -> dict[int, Any]:
    with read(engine) as connection:
        return {row.key: row.body for row in connection.execute(select(THING.c.key, THING.c.body))}


@pytest.mark.parametrize(
    ("effects", "after"),
    [
        (
            [
                Effect(insert(THING), {"key": 2, "body": "a"}),
                Effect(PUT_RIGHT, {"_key": 2, "body": "b"}, expect=1),
            ],
            {1: "lama", 2: "b"},
        ),
        (
            [
                Effect(PUT_RIGHT, {"_key": 1, "body": "a"}),
                Effect(PUT_RIGHT, {"_key": 1, "body": "b"}, expect=1),
            ],
            {1: "b"},
        ),
        ([Effect(PUT_RIGHT, [{"_key": 1, "body": "a"}, {"_key": 1, "body": "b"}], expect=1)], {1: "b"}),
        (
            [
                Effect(delete(THING).where(THING.c.key == bindparam("_key")), {"_key": 1}, expect=1),
                Effect(insert(THING), {"key": 1, "body": "baru"}),
            ],
            {1: "baru"},
        ),
        (
            [
                Effect(update(THING).values(key=THING.c.key + 1), {}, expect=1),
                Effect(insert(THING), {"key": 1, "body": "baru"}),
            ],
            {1: "baru", 2: "lama"},
        ),
        (
            [
                Effect(insert(THING), [{"key": key, "body": key} for key in range(2, 130)]),
                Effect(PUT_RIGHT, [{"_key": key, "body": None} for key in range(2, 130)], expect=1),
            ],
            {1: "lama", **dict.fromkeys(range(2, 130))},
        ),
    ],
    ids=["a new row", "a row twice", "a row twice in one", "a key again", "a key moved", "many rows"],
)
def test_each_effect_meets_what_those_before_it_left(
    tables: Engine, effects: list[Effect], after: dict[int, Any]
) -> None:
    put(tables, {"key": 1, "body": "lama"})
    with read(tables) as connection:
        Change(tuple(effects), None).carry_out(connection)
    assert things(tables) == after


def test_an_effect_reads_what_those_before_it_wrote(tables: Engine) -> None:
    put(tables, {"key": 1, "body": "x"})
    new = Effect(insert(THING), [{"key": key, "body": "x"} for key in (2, 3)])
    with read(tables) as connection:
        Change((new, Effect(PART_OF_MANY)), None).carry_out(connection)
        assert connection.execute(select(PART.c.thing)).scalar_one() == 3


def test_what_is_no_plain_insert_does_what_it_says(tables: Engine) -> None:
    put(tables, {"key": 1, "body": "lama"})
    added = upsert(THING)
    kept = added.on_conflict_do_update(index_elements=["key"], set_={"body": added.excluded.body})
    rows = [{"key": key, "body": "baru"} for key in (1, 2)]
    named = Effect(insert(THING).values(body="tetap"), {"key": 3})
    with read(tables) as connection:
        Change((Effect(kept, rows, expect=1), named), None).carry_out(connection)
    assert things(tables) == {1: "baru", 2: "baru", 3: "tetap"}


@pytest.mark.parametrize("count", [1, 2])
def test_a_change_of_its_own_that_clashes_leaves_nothing_and_the_connection_goes_on(
    tables: Engine, count: int
) -> None:
    put(tables, {"key": 1, "body": "lama"})
    right = Effect(PUT_RIGHT, {"_key": 1, "body": "baru"}, expect=1)
    wrong = Effect(PUT_RIGHT, {"_key": 9, "body": "baru"}, expect=1)
    with read(tables) as connection:
        with pytest.raises(Clash):
            Change((right, wrong)[-count:], None).carry_out(connection)
        assert things(tables) == {1: "lama"}
        Change((right,), None).carry_out(connection)
    assert things(tables) == {1: "baru"}


def test_nothing_to_write_is_no_fault(tables: Engine) -> None:
    with read(tables) as connection:
        Change((), None).carry_out(connection)
    assert things(tables) == {}


def test_rows_that_belong_to_a_row_come_with_it(tables: Engine) -> None:
    put(tables, {"key": 1}, {"key": 2**62})
    with write(tables) as connection:
        connection.execute(insert(PART), [{"name": "ekor", "thing": 2**62}, {"name": 'añ"≤', "thing": 2**62}])
    parts = select(Gathered(PART.c.name, PART.c.thing)).where(PART.c.thing == THING.c.key)
    with read(tables) as connection:
        found = connection.execute(select(THING.c.key, parts.scalar_subquery()).order_by(THING.c.key))
        assert [(key, sorted(rows)) for key, rows in found] == [
            (1, []),
            (2**62, [['añ"≤', 2**62], ["ekor", 2**62]]),
        ]
