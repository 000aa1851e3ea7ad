"""A diagram is read as the rows of an SOP's table."""

from server.sop.procedure import Branch, Kind
from tests.diagrams import (
    boundary,
    diagram,
    end,
    exclusive,
    flow,
    lane,
    lanes,
    parallel,
    path,
    service,
    start,
    sub,
    timer,
    user,
)
from tests.sop.book import of, procedure


def test_rows_say_who_acts_what_is_decided_and_where_it_leads() -> None:
    leave = procedure("pengajuan-cuti")
    row = leave.rows[1]
    assert (row.nama, row.waktu) == ("Teliti sisa cuti tahunan", "PT45M")
    assert [leave.actors[act.actor].role for act in leave.acts(row)] == ["kasubag_umpeg"]
    assert [one.text for one in leave.decisions(row)] == ["Sisa cuti tahunan masih ada?"]
    refused = Branch(None, "tidak ada", "Permohonan tidak diteruskan; PNS diberi penjelasan")
    assert leave.branches(row) == [Branch(3, "masih ada"), refused]


def test_who_acts_in_another_persons_row_has_no_row_of_their_own() -> None:
    card = procedure("ktp-el-penerbitan")
    row = card.rows[2]
    assert row.nama == "Encode dan cetak KTP-el"
    assert [card.actors[act.actor].role for act in card.acts(row)] == [
        "kepala_seksi",
        "kepala_bidang",
        "petugas_operator",
    ]


def test_automatic_steps_are_followed_through() -> None:
    found = of(diagram(start(), user("a"), service("b", "x.y"), user("c"), end(), path("start a b c end")))
    assert [row.nama for row in found.rows] == ["a", "c"]
    assert found.branches(found.rows[0]) == [Branch(2)]


def test_tasks_without_a_number_stand_where_the_flow_comes_by() -> None:
    numbered = {"langkah": "1"}, {"langkah": "2"}
    found = of(
        diagram(
            start(),
            user("satu", properties=numbered[0]),
            user("sisipan"),
            user("dua", properties=numbered[1]),
            end(),
            path("start satu sisipan dua end"),
        )
    )
    assert [(row.nomor, row.nama) for row in found.rows] == [(1, "satu"), (2, "sisipan"), (3, "dua")]


def test_the_inside_of_a_sub_process_is_part_of_the_table() -> None:
    inner = sub("s", start("si"), user("b"), end("se"), path("si b se"))
    found = of(diagram(start(), user("a"), inner, user("c"), end(), path("start a s c end")))
    assert [row.nama for row in found.rows] == ["a", "b", "c"]
    assert [found.branches(row) for row in found.rows] == [
        [Branch(2)],
        [Branch(3)],
        [Branch(None, None, "end")],
    ]


def test_a_deadline_is_a_branch_with_the_name_of_its_event() -> None:
    late = boundary("lewat", "a", "timer", timer("timeDuration", "PT1H"), name="Lewat waktu")
    found = of(diagram(start(), user("a"), late, user("b"), end(), path("start a end"), path("lewat b end")))
    assert Branch(2, "Lewat waktu") in found.branches(found.rows[0])


def test_rework_within_a_row_leads_to_the_row_itself() -> None:
    row = {"langkah": "1"}
    found = of(
        diagram(
            lanes(lane("A", None, "start a end"), lane("B", None, "b g")),
            start(),
            user("a", properties=row),
            user("b", properties=row),
            exclusive("g", default="g_end"),
            end(name="Selesai"),
            path("start a b g end"),
            flow("g", "a", "=true", name="tidak benar"),
        )
    )
    assert set(found.branches(found.rows[0])) == {Branch(None), Branch(1, "tidak benar")}


def test_parallel_work_that_ends_together_has_one_end() -> None:
    found = of(
        diagram(
            start(),
            parallel("f"),
            user("a"),
            user("b"),
            parallel("j"),
            end(),
            path("start f a j end", "f b j"),
        )
    )
    assert len([symbol for symbol in found.symbols if symbol.kind is Kind.END]) == 1
