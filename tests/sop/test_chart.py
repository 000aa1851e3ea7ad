"""The flow in the columns of actors: no symbol on another, no arrow through a symbol or along another arrow."""

from random import Random

import pytest

from server.sop.chart import Form, draw, faults
from server.sop.procedure import Actor, Kind, Procedure, Row, Symbol, Way
from tests.sop.book import NAMES, procedure


@pytest.mark.parametrize("name", NAMES)
def test_the_flow_of_every_procedure_is_drawn_cleanly(name: str) -> None:
    assert list(faults(draw(procedure(name)))) == []


def test_the_first_and_the_last_act_are_capsules_and_what_decides_is_a_diamond() -> None:
    forms = {shape.id: shape.form for shape in draw(procedure("pengajuan-cuti")).shapes}
    assert forms["langkah_1"] == forms["langkah_10"] == Form.CAPSULE
    assert forms["langkah_2"] == forms["langkah_4"] == Form.DIAMOND
    assert forms["langkah_3"] == Form.BOX
    assert "putusan_2" not in forms


def test_who_acts_at_once_shares_a_level() -> None:
    shapes = {shape.id: shape.level for shape in draw(procedure("ktp-asing-penerbitan")).shapes}
    assert shapes["langkah_2_petugas_perekaman"] == shapes["langkah_2_pemohon"] == shapes["langkah_2"] + 1


def woven(seed: int) -> Procedure:
    """A random procedure: a chain through the columns with decisions that lead back or ahead."""
    random = Random(seed)
    columns, size = random.randint(1, 7), random.randint(2, 15)
    symbols = [Symbol(f"a{n}", Kind.ACT, random.randrange(columns), n, f"a{n}") for n in range(size)]
    ways: list[Way] = []
    for n in range(size - 1):
        decides = random.random() < 0.35
        ways.append(Way(f"a{n}", f"a{n + 1}", "ya" if decides else None))
        if decides:
            ways.append(Way(f"a{n}", f"a{random.randrange(size)}", "tidak"))
    rows = tuple(Row(n + 1, f"a{n}", f"a{n}", None, (), None, (), None) for n in range(size))
    actors = tuple(Actor(f"P{n}") for n in range(columns))
    return Procedure("p", "P", {}, None, actors, rows, tuple(symbols), tuple(dict.fromkeys(ways)))


def test_random_procedures_are_nearly_always_drawn_cleanly() -> None:
    """Columns have room for so many arrows; a table in which more lead back than that stays readable, if not clean."""
    spoilt = [seed for seed in range(60) if list(faults(draw(woven(seed))))]
    assert len(spoilt) <= 1, spoilt
