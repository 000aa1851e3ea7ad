"""A discipline case through the years: every rung with its watch, its end by improvement, and the law's way past the ladder."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from server import calendar, errors
from server.calendar import Holiday
from server.db import read
from server.engine import due_dates, tables
from server.identity import demo_people, read_roles, trail
from server.notify.models import Notification
from server.personnel import appeals, deadlines, discipline, register
from server.personnel.models import DisciplineCase, DisciplineStep
from tests.walks.conftest import ROOT, Office

RUNGS = ("lisan", "sp_1", "sp_2", "sp_3", "tidak_puas", "tunda_kgb", "tunda_kp")
WATCHES = {"lisan": 30, "sp_1": 33, "sp_2": 33, "sp_3": 33, "tidak_puas": 95, "tunda_kgb": 368}
"""Days after which a watch is certainly over."""


EVERYBODY = demo_people(read_roles((ROOT / "bpmn" / "roles.yaml").read_bytes()))
OFFICERS = {
    one.role if one.bidang is None else f"{one.role}@{one.bidang}": one.person.username for one in EVERYBODY
}
ACTING = {"kasubag_umpeg", "sekretaris", "kepala_dinas", "staf_keuangan"}
STAFF = iter([one.person.username for one in EVERYBODY if one.person.username not in ACTING])
"""Whoever serves a punishment begins elsewhere: each case is about another one."""


@pytest.fixture
def office(one_office: Office) -> Office:
    """The shared office, on its first day again."""
    one_office.first_day()
    return one_office


class Ladder:
    """One case about somebody of the office, with its people doing what the book says of them."""

    def __init__(self, office: Office, absent: int = 1, subject: str | None = None, **found: object) -> None:
        self.office = office
        self.absent = absent
        self.subject = subject or next(STAFF)
        self.case = office.start("penanganan_disiplin", "kasubag_umpeg", self.subject)
        facts = {**self.facts(), "jabatan_terhukum": "pelaksana", "bukti": "Rekap", "uraian_fakta": "Alpa."}
        self.kasubag("langkah_1", **{**facts, **found})

    def kasubag(self, task: str, **values: object) -> None:
        self.office.complete(self.case, task, "kasubag_umpeg", values)

    def today(self) -> str:
        return self.office.now.date().isoformat()

    def facts(self) -> dict[str, object]:
        past = {"hari_tmk_tercatat": self.absent, "menit_tmk": 0, "tmk_berturut": 1, "dampak": "tidak_ada"}
        return {"tanggal_perbuatan": self.today(), **past}

    def warn(self) -> None:
        """The Sekretaris agrees, and the Kasubag warns."""
        self.office.complete(self.case, "langkah_2", "sekretaris", {"keputusan_2": "setuju"})
        self.kasubag("langkah_3", tanggal_diserahkan=self.today(), catatan_lisan="Diingatkan.")

    def observe(self, absent: int = 0) -> None:
        """What the Kasubag found while watching: so many more days of absence."""
        self.absent += absent
        found = {"hari_tmk_baru": absent, "temuan_baru": 0, "menit_baru": 0, "menit_dasar": 0}
        named = {"fakta_baru": "Alpa lagi."} if absent else {}
        self.kasubag("pantau", **self.facts(), **found, **named)

    def decide(self, verdict: str) -> None:
        self.kasubag("putuskan", putusan_pengawasan=verdict)

    def rise(self, rung: str) -> None:
        """From the decision to rise until the rung is handed over: `rung` is the one that is reached."""
        if rung in ("tidak_puas", "tunda_kgb", "tunda_kp"):
            self.examine()
        if rung.startswith("sp"):
            self.warn_in_writing("langkah_3_draf" if rung == "sp_1" else "langkah_7_draf_sp")
        elif rung == "tidak_puas":
            self.sign("langkah_7_draf_tidak_puas", 8, 9, "langkah_10")
        else:
            self.sign("langkah_11_draf", 12, 13, "langkah_14")

    def warn_in_writing(self, draft: str) -> None:
        self.sign(draft, 4, 5, "langkah_6")

    def sign(self, draft: str, check: int, signature: int, handing: str) -> None:
        self.kasubag(draft, isi_surat="Surat.")
        self.office.complete(self.case, f"langkah_{check}", "sekretaris", {f"keputusan_{check}": "setuju"})
        self.office.complete(
            self.case, f"langkah_{signature}", "kepala_dinas", {f"keputusan_{signature}": "setuju"}
        )
        self.kasubag(handing, **self.handed())

    def examine(self) -> None:
        """Summoned in time, and present."""
        day = (self.office.now.date() + timedelta(days=30)).isoformat()
        summons = {"tempat_pemeriksaan": "Ruang rapat", "nama_pemeriksa": "Kasi"}
        self.superior("panggil_1", tanggal_pemeriksaan=day, **summons)
        self.kasubag("serahkan_panggilan_1", **self.handed())
        self.superior("periksa_1", hadir="hadir", berita_acara="Tanya jawab.")
        self.superior("lapor", laporan_pemeriksaan="Terbukti.", pasal_dilanggar="ps. 4 huruf f")

    def superior(self, task: str, **values: object) -> None:
        """What the direct superior does: the officer to whom the task is offered."""
        (found,) = self.office.open_tasks(self.case)
        self.office.complete(self.case, task, OFFICERS[found.candidate_group], values)

    def handed(self) -> dict[str, object]:
        return {"tanggal_diserahkan": self.today(), "penerimaan": "ditandatangani"}

    def row(self) -> Any:
        (row,) = self.office.rows(DisciplineCase, case_key=self.case)
        return row

    def steps(self) -> list[Any]:
        return sorted(self.office.rows(DisciplineStep, case_key=self.case), key=lambda row: int(row.key))

    def watch(self) -> dict[str, Any]:
        """The variables of the watch that is under way."""
        (task,) = self.office.open_tasks(self.case)
        return self.office.variables(task.process_instance_key)


def timers(office: Office, ladder: Ladder) -> list[Any]:
    return [
        row
        for key in office.with_called(ladder.case)
        for row in office.rows(tables.Timer, process_instance_key=key)
    ]


def new_year(ladder: Ladder) -> None:
    """Days of absence are counted from 1 January on."""
    ladder.absent = 0


@pytest.mark.slow
def test_a_case_goes_through_every_rung_in_three_years_whatever_process_serves_it(office: Office) -> None:
    began = office.now
    ladder = Ladder(office)
    ladder.warn()
    for rung, following in pairwise(RUNGS):
        assert (ladder.row().langkah, ladder.row().hasil) == (rung, None)
        office.restart()
        office.later(WATCHES[rung])
        assert ladder.watch()["masa_habis"] is True
        assert [task.element_id for task in office.open_tasks(ladder.case)] == ["pantau"]
        office.restart()
        office.later(20)
        new_year(ladder)
        ladder.observe(absent=1)
        office.restart()
        ladder.decide("belum_ada_perubahan")
        ladder.rise(following)
    assert (office.state(ladder.case), office.passed(ladder.case)[-1]) == ("COMPLETED", "selesai_14")
    steps = ladder.steps()
    assert [step.langkah for step in steps] == list(RUNGS)
    assert [step.hasil for step in steps] == ["belum_ada_perubahan"] * 6 + [None]
    office.later(400)
    assert office.now - began > timedelta(days=3 * 365)
    assert steps[-1].sampai < office.now.date()


@pytest.mark.slow
@pytest.mark.parametrize("rung", RUNGS[:-1])
def test_improvement_ends_the_case_at_each_rung(office: Office, rung: str) -> None:
    ladder = Ladder(office, absent=0)
    ladder.warn()
    for following in RUNGS[1 : RUNGS.index(rung) + 1]:
        new_year(ladder)
        ladder.observe(absent=1)
        ladder.decide("belum_ada_perubahan")
        ladder.rise(following)
    office.later(WATCHES[rung])
    office.restart()
    new_year(ladder)
    ladder.observe()
    ladder.decide("ada_perubahan")
    assert office.state(ladder.case) == "COMPLETED"
    assert (ladder.row().langkah, ladder.row().hasil) == (rung, "ada_perubahan")


def test_the_law_takes_a_case_past_the_ladder(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    office.restart()
    ladder.observe(absent=11)
    found = ladder.watch()["penilaian"]
    assert (found["tindakan"], found["yang_berat"], found["hukum"]["jenis_efektif"]) == (
        "LOMPAT",
        "hukum",
        "tunda_kgb",
    )
    with pytest.raises(errors.Invalid):
        ladder.decide("ada_perubahan")
    ladder.decide("hukum_menuntut_lebih_berat")
    office.restart()
    ladder.rise("tunda_kgb")
    assert [step.langkah for step in ladder.steps()] == ["lisan", "tunda_kgb"]
    assert ladder.row().sampai == (office.now + timedelta(days=365)).date()
    assert_the_ways_against_it_are_told(office, ladder)


def assert_the_ways_against_it_are_told(office: Office, ladder: Ladder) -> None:
    """By the rows of the table and the office's calendar, each with what it rests on."""
    house, keeper = office.house, office.actor("kasubag_umpeg")
    file = house.gate.do(lambda c: register.opened(house.engine, c, keeper, ladder.case))
    first, second = house.gate.ask(lambda c: appeals.appeals(house.engine, c, file))
    received = office.now.date()
    last = house.engine.calendar.hk_setelah(received, 14)
    assert (first.kejadian, first.langkah, first.diterima) == ("keberatan", "tunda_kgb", received)
    assert (first.n, first.satuan, first.batas) == (14, "hari kerja", last)
    assert (second.sesudah, second.batas) == ("keberatan", house.engine.calendar.hk_setelah(last, 21))
    assert "PP 79/2021" in first.dasar
    assert (first.sisa_hari_kerja, second.dugaan, second.sisa_hari_kerja) == (14, True, None)
    asked = f"/api/discipline/{ladder.case}/appeals"
    filed = {"langkah": "tunda_kgb", "kejadian": "keberatan", "tanggal": received.isoformat()}
    for wrong in ({"kejadian": "banding"}, {"tanggal": "2099-01-05"}, {"tanggal": "2020-01-06"}):
        assert office.call("kasubag_umpeg", "POST", asked, filed | wrong).status_code == 400
    assert office.call(ladder.subject, "POST", asked, filed).status_code == 404
    office.ask("kasubag_umpeg", "POST", asked, filed)
    first, second = office.ask("kasubag_umpeg", "GET", f"/api/discipline/{ladder.case}")["upaya"]
    assert (first["ditempuh"], first["sisaHariKerja"]) == (received.isoformat(), None)
    assert second["batas"] == house.engine.calendar.hk_setelah(received, 21).isoformat()
    assert (second["dugaan"], second["sisaHariKerja"]) == (False, 21)


def test_a_rejected_draft_brings_neither_a_second_warning_nor_a_new_watch(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    until = ladder.row().sampai
    ladder.observe(absent=1)
    ladder.decide("belum_ada_perubahan")
    for _ in range(2):
        ladder.kasubag("langkah_3_draf", isi_surat="Surat.")
        refused = {"keputusan_4": "tidak_setuju", "catatan_pemeriksa": "Sebut tanggalnya."}
        office.complete(ladder.case, "langkah_4", "sekretaris", refused)
    passed = office.passed(ladder.case)
    assert (passed.count("langkah_3"), passed.count("langkah_3_pantau")) == (1, 1)
    assert [(step.langkah, step.sampai) for step in ladder.steps()] == [("lisan", until)]


def test_a_fact_from_before_the_watch_is_punished_no_second_time(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    ladder.absent += 1
    old = {
        "tanggal_perbuatan": (office.now.date() - timedelta(days=1)).isoformat(),
        "fakta_baru": "Alpa kemarin.",
    }
    counts = {"hari_tmk_baru": 1, "temuan_baru": 0, "menit_baru": 0, "menit_dasar": 0}
    ladder.kasubag("pantau", **{**ladder.facts(), **counts, **old})
    found = ladder.watch()["penilaian"]
    assert (found["tindakan"], found["fakta_lama"]) == ("TUNGGU", True)
    assert any("tidak dihukum dua kali" in rule for rule in found["pagar"])
    assert [task.element_id for task in office.open_tasks(ladder.case)] == ["pantau"]


def test_a_breach_that_comes_again_is_punished_more_heavily(office: Office) -> None:
    ladder = Ladder(office, absent=0, dampak="unit_kerja", hukuman_sama_sebelumnya=3)
    found = office.variables(ladder.case)["penilaian"]
    assert (found["hukum"]["rank"], found["hukum"]["tingkat"], found["langkah_berikut"]) == (
        4,
        "sedang",
        "tunda_kgb",
    )


def test_ten_days_in_a_row_stop_the_pay_from_the_next_month(office: Office) -> None:
    ladder = Ladder(office, absent=10, tmk_berturut=10)
    found = office.variables(ladder.case)["penilaian"]
    assert (found["tindakan"], found["gaji_dihentikan_mulai"]) == ("RUJUK_BERAT", "2026-07-01")
    assert "dibebaskan sementara" in found["susunan_pemeriksa"]
    assert [step["siapa"] for step in found["urutan_henti_gaji"]][:4] == [
        "Atasan langsung",
        "BKPSDM",
        "BKPSDM",
        "KPA",
    ]


def test_who_is_no_pns_is_referred_beyond_the_ladder(office: Office) -> None:
    ladder = Ladder(office, absent=12, status_pegawai="PPPK")
    found = office.variables(ladder.case)["penilaian"]
    assert (found["rezim"], found["langkah_berikut"], found["pejabat"]) == ("PP_49_2018", "rujuk", "bupati")
    assert "PPPK" in found["alasan_tinjau"]


def test_what_the_letter_says_of_its_effect_comes_from_the_table_of_deadlines(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    ladder.observe(absent=11)
    ladder.decide("hukum_menuntut_lebih_berat")
    ladder.examine()
    deadline = office.variables(ladder.case)["tenggat"]
    assert (deadline["berlaku"]["n"], deadline["berlaku"]["satuan"], deadline["pengiriman"]["n"]) == (
        15,
        "hari kerja",
        3,
    )


def test_a_watch_without_news_goes_on_to_the_same_end(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    (before,) = timers(office, ladder)
    office.later(3)
    ladder.observe()
    (after,) = timers(office, ladder)
    assert after.due_at == before.due_at
    assert len(ladder.steps()) == 1


def test_a_new_holiday_lengthens_a_watch_of_working_days_in_timer_task_and_register(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    until, (before,) = ladder.row().sampai, timers(office, ladder)
    holiday = Holiday(office.now.date() + timedelta(days=2), "Libur daerah", "libur lokal")

    def after(change: Callable[..., None], what: Any) -> tuple[date, datetime, datetime]:
        office.house.gate.change(lambda c: change(c, what, office.now))
        due_dates.recount_open(office.house.engine, office.house.gate.do)
        (watch,), (task,) = timers(office, ladder), office.open_tasks(ladder.case)
        assert ladder.steps()[-1].sampai == ladder.row().sampai
        return ladder.row().sampai, watch.due_at, task.due_at

    day = timedelta(days=1)
    try:
        assert after(calendar.put_day, holiday) == (until + day, before.due_at + day, before.due_at + day)
        assert ladder.watch()["pengawasan"]["sampai"] == (until + day).isoformat()
    finally:
        assert after(calendar.remove_day, holiday.tanggal) == (until, before.due_at, before.due_at)


def test_who_serves_a_postponed_promotion_is_referred_with_the_next_fact(office: Office) -> None:
    first = Ladder(office)
    first.warn()
    for rung in RUNGS[1:]:
        new_year(first)
        first.observe(absent=1)
        first.decide("belum_ada_perubahan")
        first.rise(rung)
    second = Ladder(office, subject=first.subject)
    found = office.variables(second.case)
    assert found["langkah"] == "tunda_kp"
    assert len(found["perkara_disiplin"]["riwayat"]) == len(RUNGS)


# --- the register


def tracked(office: Office, ladder: Ladder, username: str) -> list[register.Tracked]:
    house, who = office.house, office.actor(username)
    found = house.gate.do(lambda c: register.listed(house.engine, c, who, limit=1000))
    return [each for each in found.items if each.case_key == ladder.case]


def test_the_kasubag_sees_each_case_with_what_is_due(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    (found,) = tracked(office, ladder, "kasubag_umpeg")
    assert (found.langkah, found.sejak, found.terbuka) == ("lisan", office.now.date(), True)
    (waiting,) = found.menunggu
    assert waiting.nama == "Pantau perkembangan PNS"
    assert waiting.tenggat is not None
    assert found.sampai is not None
    local = waiting.tenggat.astimezone(office.house.engine.clock.zone)
    assert local == datetime.combine(found.sampai + timedelta(days=1), datetime.min.time(), local.tzinfo)
    assert not waiting.terlambat
    office.later(60)
    assert tracked(office, ladder, "kasubag_umpeg")[0].menunggu[0].terlambat


def test_the_laws_deadlines_are_the_tasks_due_dates(office: Office) -> None:
    office.now = datetime(2026, 11, 23, 3, 0, tzinfo=office.now.tzinfo)
    ladder = Ladder(office)
    ladder.warn()
    ladder.observe(absent=11)
    ladder.decide("hukum_menuntut_lebih_berat")
    ladder.examine()
    ladder.kasubag("langkah_11_draf", isi_surat="SK.")
    office.complete(ladder.case, "langkah_12", "sekretaris", {"keputusan_12": "setuju"})
    office.complete(ladder.case, "langkah_13", "kepala_dinas", {"keputusan_13": "setuju"})
    (waiting,) = tracked(office, ladder, "kasubag_umpeg")[0].menunggu
    assert waiting.tenggat is not None
    assert waiting.tenggat.astimezone(office.house.engine.clock.zone).date() == date(2026, 12, 11)


def test_a_register_shows_nobody_their_own_case_nor_strangers_anything(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    assert tracked(office, ladder, ladder.subject) == []
    assert tracked(office, ladder, "staf_keuangan") == []
    assert len(tracked(office, ladder, "sekretaris")) == 1  # who acted in it


def test_every_read_is_noted(office: Office) -> None:
    ladder = Ladder(office)
    tracked(office, ladder, "kasubag_umpeg")
    house = office.house
    for username in ("kasubag_umpeg", ladder.subject):
        who = office.actor(username)
        with nullcontext() if username == "kasubag_umpeg" else pytest.raises(discipline.NoSuchCase):
            house.gate.do(lambda c, who=who: register.opened(house.engine, c, who, ladder.case))
    with read(office.house.gate.database) as connection:
        noted = trail(connection, f"discipline:{ladder.case}")
    assert [(entry.actor, entry.verb) for entry in noted] == [("kasubag_umpeg", "discipline.read")] * 2


def test_a_case_names_somebody_else_than_who_opens_it(office: Office) -> None:
    for subject in (None, "kasubag_umpeg"):
        with pytest.raises(errors.Invalid, match="menyebut pegawai yang diperiksa"):
            office.start("penanganan_disiplin", "kasubag_umpeg", subject)


def test_a_postponement_blocks_pay_rise_and_promotion_for_its_term(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    ladder.observe(absent=11)
    ladder.decide("hukum_menuntut_lebih_berat")
    ladder.rise("tunda_kgb")
    with read(office.house.gate.database) as connection:
        until = discipline.serving_until(connection, ladder.subject, office.now.date())
        assert until == ladder.row().sampai
        assert (
            discipline.serving_until(connection, ladder.subject, office.now.date() + timedelta(days=400))
            is None
        )


def test_the_keeper_is_told_before_a_watch_ends_and_every_day_after_it(office: Office) -> None:
    ladder = Ladder(office)
    ladder.warn()
    until = ladder.row().sampai
    house = office.house

    def told() -> list[tuple[str, str, str]]:
        house.gate.do(lambda c: deadlines.remind(house.engine, c, by_mail=False))
        subjects = [f"discipline:{task.key}:" for task in office.open_tasks(ladder.case)]
        rows = sorted(office.rows(Notification, process_instance_key=ladder.case), key=lambda row: row.key)
        found = [row for row in rows if any(row.subject.startswith(each) for each in subjects)]
        return [(row.username, row.occasion, row.subject.rpartition(":")[2]) for row in found]

    assert told() == []
    office.later((until - office.now.date()).days)
    assert told() == told() == [("kasubag_umpeg", "segera", "near")]
    office.later(2)
    day = office.now.date().isoformat()
    assert told()[1:] == [("kasubag_umpeg", "terlambat", day)]
    office.later(1)
    assert len(told()) == 3
    (found,) = tracked(office, ladder, "kasubag_umpeg")
    law = found.menunggu[0].hukum
    assert law is not None
    assert (law.batas, law.apa) == (until, "Masa pengawasan 15 hari kerja")
    assert "Buku" in law.dasar


def test_a_deadline_of_the_law_names_its_article(office: Office) -> None:
    office.now = datetime(2026, 11, 23, 3, 0, tzinfo=office.now.tzinfo)
    ladder = Ladder(office)
    ladder.warn()
    ladder.observe(absent=11)
    ladder.decide("hukum_menuntut_lebih_berat")
    summons = {"tempat_pemeriksaan": "Ruang rapat", "nama_pemeriksa": "Kasi"}
    ladder.superior("panggil_1", tanggal_pemeriksaan="2026-12-21", **summons)
    ladder.kasubag("serahkan_panggilan_1", **ladder.handed())
    ladder.superior("periksa_1", hadir="tidak_hadir")
    (waiting,) = tracked(office, ladder, "kasubag_umpeg")[0].menunggu
    assert waiting.hukum is not None
    assert "PP 94/2021 ps. 26 ayat (3)" in waiting.hukum.dasar
    house, who = office.house, office.actor("kasubag_umpeg")
    until = date(2027, 2, 1)
    found = house.gate.do(lambda c: register.deadlines(house.engine, c, who, until))
    assert [each.hukum for each in found if each.case_key == ladder.case] == [waiting.hukum]
