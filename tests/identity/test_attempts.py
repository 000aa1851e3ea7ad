"""Failed attempts are counted per username and per address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from server.db import read, write
from server.identity import TooManyAttempts
from server.identity.attempts import LIMITS, WINDOW, check_attempts, count_failure, forget_failures
from server.identity.models import FailedLogin

pytestmark = pytest.mark.both_databases


def fail(engine: Engine, times: int, username: str, address: str, at: datetime) -> None:
    with write(engine) as connection:
        for _ in range(times):
            count_failure(connection, username, address, at)


def test_a_username_is_closed_from_every_address_until_its_time_is_over(
    engine: Engine, now: datetime
) -> None:
    fail(engine, LIMITS["user"], "budi", "10.0.0.1", now)
    with read(engine) as connection:
        with pytest.raises(TooManyAttempts) as refused:
            check_attempts(connection, "budi", "10.0.0.2", now + timedelta(seconds=20))
        assert refused.value.retry_after == 280
        check_attempts(connection, "budi", "10.0.0.2", now + WINDOW)


def test_one_failure_less_than_the_limit_is_let_through(engine: Engine, now: datetime) -> None:
    fail(engine, LIMITS["user"] - 1, "budi", "10.0.0.1", now)
    with read(engine) as connection:
        assert check_attempts(connection, "budi", "10.0.0.1", now) is True
        assert check_attempts(connection, "sri", "10.0.0.1", now) is False


def test_an_address_that_tries_many_names_is_closed_for_all_of_them(engine: Engine, now: datetime) -> None:
    for number in range(LIMITS["address"]):
        fail(engine, 1, f"user{number}", "10.0.0.1", now)
    with read(engine) as connection:
        with pytest.raises(TooManyAttempts):
            check_attempts(connection, "budi", "10.0.0.1", now)
        check_attempts(connection, "budi", "10.0.0.2", now)


def test_a_success_clears_the_username_but_not_the_address(engine: Engine, now: datetime) -> None:
    fail(engine, LIMITS["address"], "budi", "10.0.0.1", now)
    with write(engine) as connection:
        forget_failures(connection, "budi")
        assert check_attempts(connection, "budi", "10.0.0.2", now) is False
        with pytest.raises(TooManyAttempts):
            check_attempts(connection, "budi", "10.0.0.1", now)


def test_old_failures_count_no_more_and_are_dropped(engine: Engine, now: datetime) -> None:
    fail(engine, LIMITS["user"], "budi", "10.0.0.1", now)
    fail(engine, 1, "budi", "10.0.0.2", now + WINDOW)
    with read(engine) as connection:
        assert check_attempts(connection, "budi", "10.0.0.2", now + WINDOW) is True
        rows = connection.execute(select(FailedLogin.subject, FailedLogin.failures)).all()
    assert sorted(map(tuple, rows)) == [("address:10.0.0.2", 1), ("user:budi", 1)]


def test_failures_at_the_same_time_are_all_counted(engine: Engine, now: datetime) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: fail(engine, 1, f"user{number % 3}", "10.0.0.1", now), range(40)))
    with read(engine) as connection:
        counted = select(func.sum(FailedLogin.failures)).where(FailedLogin.subject.like("user:%"))
        assert connection.execute(counted).scalar_one() == 40
        of_address = select(FailedLogin.failures).where(FailedLogin.subject == "address:10.0.0.1")
        assert connection.execute(of_address).scalar_one() == 40
