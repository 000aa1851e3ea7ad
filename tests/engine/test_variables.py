"""The variable model: scopes outside the tokens, shared by all branches (docs/decisions/0003-variables.md)."""

import pytest

from tests.diagrams import (
    diagram,
    end,
    exclusive,
    flow,
    many,
    parallel,
    path,
    script,
    start,
    sub,
    user,
)
from tests.engine.conftest import Office

pytestmark = pytest.mark.both_databases

TWO_BRANCHES = diagram(
    start(),
    parallel("bagi"),
    user("kiri"),
    user("kanan"),
    parallel("temu"),
    user("akhir"),
    end(),
    path("start bagi kiri temu akhir end", "bagi kanan temu"),
)


def test_of_two_branches_that_write_one_name_the_last_wins(office: Office) -> None:
    case = office.run(TWO_BRANCHES)
    office.complete(case, "kiri", nilai="kiri")
    office.complete(case, "kanan", nilai="kanan")
    assert office.variables(case) == {"nilai": "kanan"}
    assert office.open(case) == ["akhir"]


def test_branches_keep_what_only_one_of_them_wrote(office: Office) -> None:
    case = office.run(TWO_BRANCHES)
    office.complete(case, "kanan", a=1)
    office.complete(case, "kiri", b=2)
    assert office.variables(case) == {"a": 1, "b": 2}


def test_a_branch_tests_what_another_one_wrote_after_the_fork(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            parallel("bagi"),
            user("tulis"),
            user("tunggu"),
            exclusive("uji", default="uji_tidak"),
            user("ya"),
            user("tidak"),
            end("e1"),
            end("e2"),
            end("e3"),
            path("start bagi tulis e1", "bagi tunggu uji", "ya e2", "tidak e3"),
            flow("uji", "ya", "=setuju"),
            flow("uji", "tidak", id="uji_tidak"),
        )
    )
    office.complete(case, "tulis", setuju=True)
    office.complete(case, "tunggu")
    assert office.open(case) == ["ya"]


def test_numbers_keep_every_digit(office: Office) -> None:
    from decimal import Decimal

    case = office.run(TWO_BRANCHES)
    office.complete(case, "kiri", uang=Decimal("1234567890123456789.10"))
    assert str(office.variables(case)["uang"]) == "1234567890123456789.10"


def test_true_does_not_become_one(office: Office) -> None:
    case = office.run(TWO_BRANCHES)
    office.complete(case, "kiri", x=1)
    office.complete(case, "kanan", x=True)
    assert office.variables(case)["x"] is True


@pytest.mark.parametrize(
    ("mappings", "instance", "local"),
    [
        ({}, {"a": 1, "hasil": 5}, {}),
        ({"inputs": {"masuk": "=a"}}, {"a": 1, "hasil": 5}, {"masuk": 1}),
        ({"inputs": {"hasil": "=a"}}, {"a": 1}, {"hasil": 5}),
        ({"outputs": {"keluar": "=hasil + a"}}, {"a": 1, "keluar": 6}, {"hasil": 5}),
        ({"outputs": {"orang.umur": "=hasil"}}, {"a": 1, "orang": {"umur": 5}}, {"hasil": 5}),
        (
            {"inputs": {"b": "=a"}, "outputs": {"keluar": "=b + hasil"}},
            {"a": 1, "keluar": 6},
            {"b": 1, "hasil": 5},
        ),
    ],
    ids=["none", "input", "input hides the result", "output", "output path", "both"],
)
def test_mappings_decide_where_a_result_goes(
    office: Office, mappings: dict[str, dict[str, str]], instance: dict[str, object], local: dict[str, object]
) -> None:
    case = office.run(
        diagram(
            start(),
            user("awal"),
            user("tugas", **mappings),
            user("akhir"),
            end(),
            path("start awal tugas akhir end"),
        )
    )
    office.complete(case, "awal", a=1)
    office.complete(case, "tugas", hasil=5)
    assert office.variables(case) == instance
    assert office.locals(case).get("tugas", {}) == local


def test_a_shadowed_name_stays_as_it_was_outside(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            sub("dalam", start("ds"), user("tulis"), end("de"), path("ds tulis de"), inputs={"x": "=x + 1"}),
            user("akhir"),
            end(),
            path("start dalam akhir end"),
        ),
        x=1,
    )
    office.complete(case, "tulis", x=10, y=2)
    assert office.variables(case) == {"x": 1, "y": 2}
    assert office.locals(case) == {"dalam": {"x": 10}}
    assert office.open(case) == ["akhir"]


def test_an_output_of_a_sub_process_reads_its_local_names(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            sub(
                "dalam",
                start("ds"),
                user("tulis"),
                end("de"),
                path("ds tulis de"),
                inputs={"x": "=1"},
                outputs={"luar": "=x * 2"},
            ),
            user("akhir"),
            end(),
            path("start dalam akhir end"),
        )
    )
    office.complete(case, "tulis", x=21)
    assert office.variables(case) == {"luar": 42}


@pytest.mark.parametrize("sequential", [True, False])
def test_each_round_has_its_item_and_gives_its_result(office: Office, sequential: bool) -> None:
    loop = many("=orang", "seorang", sequential=sequential, output="nilai", each="=angka * 10")
    case = office.run(
        diagram(
            start(), user("nilai_orang", loop), user("akhir"), end(), path("start nilai_orang akhir end")
        ),
        orang=["ani", "budi", "cici"],
    )
    seen = []
    for number in (1, 2, 3):
        assert len(office.open(case)) == (1 if sequential else 4 - number)
        task = office.task(case, "nilai_orang")
        scope = {
            row.name: row.value for row in office.rows(_variables(), scope_key=task.element_instance_key)
        }
        seen.append((scope["seorang"], scope["loopCounter"]))
        office.complete(case, "nilai_orang", angka=number)
    assert seen == [('"ani"', "1"), ('"budi"', "2"), ('"cici"', "3")]
    assert office.variables(case)["nilai"] == [10, 20, 30]
    assert office.open(case) == ["akhir"]


def test_rounds_of_a_sub_process_do_not_see_each_other(office: Office) -> None:
    inner = sub(
        "dalam",
        many("=[1, 2]", "n", output="semua", each="=hasil"),
        start("ds"),
        user("tulis", outputs={"hasil": "=n * 100 + angka"}),
        end("de"),
        path("ds tulis de"),
        inputs={"hasil": "=null"},
    )
    case = office.run(diagram(start(), inner, user("akhir"), end(), path("start dalam akhir end")))
    office.complete(case, "tulis", angka=1)
    office.complete(case, "tulis", angka=2)
    assert office.variables(case)["semua"] == [101, 202]
    assert office.open(case) == ["akhir"]


def test_a_completion_condition_ends_the_remaining_rounds(office: Office) -> None:
    loop = many("=[1, 2, 3]", "n", until="=cukup or numberOfCompletedInstances = 2")
    case = office.run(
        diagram(start(), user("nilai", loop), user("akhir"), end(), path("start nilai akhir end"))
    )
    office.complete(case, "nilai", cukup=False)
    assert office.open(case) == ["nilai", "nilai"]
    office.complete(case, "nilai", cukup=False)
    assert office.open(case) == ["akhir"]


def test_no_items_means_no_rounds(office: Office) -> None:
    loop = many("=[]", "n", output="hasil", each="=n")
    case = office.run(
        diagram(start(), user("nilai", loop), user("akhir"), end(), path("start nilai akhir end"))
    )
    assert office.open(case) == ["akhir"]
    assert office.variables(case) == {"hasil": []}


def test_a_script_writes_where_the_name_is(office: Office) -> None:
    case = office.run(
        diagram(
            start(), script("hitung", "=a + 1", "a"), user("akhir"), end(), path("start hitung akhir end")
        ),
        a=1,
    )
    assert office.variables(case) == {"a": 2}


def _variables() -> type:
    from server.engine.tables import Variable

    return Variable
