"""How often one may ask."""

import pytest

from server.api.office import EXTENSION
from server.api.office import Office as Behind
from server.api.rates import MOST_BUCKETS, SAME_ADDRESS, Rates, TooManyRequests
from server.db import load_json
from tests.api.conftest import Office

TOPOLOGY = "/v2/topology"


class Stopwatch:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def strict(office: Office, stopwatch: Stopwatch) -> Office:
    """An office in which everybody may ask three times a minute."""
    behind: Behind = office.app.extensions[EXTENSION]
    rates = Rates(3, stopwatch)
    office.app.extensions[EXTENSION] = Behind(behind.gate, behind.engine, behind.examine, rates)
    return office


def test_who_asks_too_often_is_told_when_to_come_again(strict: Office, stopwatch: Stopwatch) -> None:
    pns, kasubag = strict.caller("pns"), strict.caller("kasubag_umpeg")
    assert [pns.call("GET", TOPOLOGY).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = pns.call("GET", TOPOLOGY)
    assert refused.headers["Retry-After"] == "20"
    assert "20 detik" in load_json(refused.data)["detail"]
    assert kasubag.call("GET", TOPOLOGY).status_code == 200
    stopwatch.seconds += 20
    assert [pns.call("GET", TOPOLOGY).status_code for _ in range(2)] == [200, 429]


def test_an_address_is_counted_before_anybody_is_known(strict: Office) -> None:
    stranger = strict.anybody()
    answers = [stranger.call("GET", TOPOLOGY).status_code for _ in range(3 * SAME_ADDRESS + 1)]
    assert answers == [401] * 3 * SAME_ADDRESS + [429]


def test_without_a_limit_nobody_is_refused() -> None:
    rates = Rates(0)
    for _ in range(1000):
        rates.admit_caller("pns")


def test_many_addresses_do_not_fill_the_memory(stopwatch: Stopwatch) -> None:
    rates = Rates(1, stopwatch)
    for number in range(MOST_BUCKETS + 10):
        rates.admit_address(str(number))
    assert len(rates._buckets) <= MOST_BUCKETS


def test_full_buckets_are_forgotten_first(stopwatch: Stopwatch) -> None:
    rates = Rates(1, stopwatch)
    for number in range(MOST_BUCKETS - 1):
        rates.admit_address(str(number))
    stopwatch.seconds += 61
    rates.admit_caller("pns")
    rates.admit_caller("lain")
    with pytest.raises(TooManyRequests):
        rates.admit_caller("pns")
