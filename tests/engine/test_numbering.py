"""Case numbers: by pattern, code and year, without gaps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from server import engine as verbs
from server.db import Keys
from server.engine import Engine, Handlers, Unpublishable, tables
from server.engine.numbering import next_number, wrong_pattern
from tests.diagrams import diagram, end, extensions, path, props, script, start, user
from tests.engine.conftest import ANYBODY, ROLES, Office

pytestmark = pytest.mark.both_databases


def procedure(id: str = "proses", **properties: str) -> bytes:
    return diagram(
        extensions(props({"kode": "CUTI"} | properties)),
        start(),
        user("isi"),
        end(),
        path("start isi end"),
        id=id,
    )


def numbers(office: Office) -> list[str]:
    return sorted(row.business_id for row in office.rows(tables.ProcessInstance))


def test_numbers_count_by_year(office: Office) -> None:
    office.publish(proses=procedure())
    for _ in range(2):
        office.start()
    office.now = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)  # New Year's morning in the office
    office.start()
    assert numbers(office) == ["CUTI-2026-0001", "CUTI-2026-0002", "CUTI-2027-0001"]


def test_a_process_writes_its_numbers_as_it_says(office: Office) -> None:
    office.publish(proses=procedure(nomor_kasus="800/{urut:3}/{kode}/{bulan_romawi}/{tahun}"))
    office.start()
    office.later(days=40)
    office.start()
    assert numbers(office) == ["800/001/CUTI/III/2026", "800/002/CUTI/IV/2026"]


def test_processes_of_one_code_share_one_count(office: Office) -> None:
    office.publish(proses=procedure(), lain=procedure("lain"))
    office.start()
    office.start("lain")
    assert numbers(office) == ["CUTI-2026-0001", "CUTI-2026-0002"]


@pytest.mark.parametrize(
    "pattern",
    ["{kode}-{urut}", "{kode}-{tahun}", "{urut}{urut}{tahun}", "{tahun}-{urut}-{nama}", "{tahun}{urut}{"],
)
def test_a_pattern_that_would_repeat_itself_is_not_published(office: Office, pattern: str) -> None:
    with pytest.raises(Unpublishable) as refusal:
        office.publish(proses=procedure(nomor_kasus=pattern))
    assert "nomor_kasus" in refusal.value.problems[0].message
    assert wrong_pattern("{kode}-{tahun}-{urut:4}") is None


def test_a_start_that_fails_takes_no_number(office: Office) -> None:
    broken = diagram(
        extensions(props({"kode": "CUTI"})),
        start(),
        script("hitung", "=1 + pagi", "x"),
        end(),
        path("start hitung end"),
        id="rusak",
    )
    office.publish(proses=procedure(), rusak=broken)
    office.start()
    with pytest.raises(verbs.StepFault):
        office.start("rusak")
    office.start()
    assert numbers(office) == ["CUTI-2026-0001", "CUTI-2026-0002"]


def test_concurrent_starts_leave_neither_gap_nor_double(office: Office) -> None:
    office.publish(proses=procedure())
    processes = [Engine(Keys(office.database), ROLES, Handlers(()), office.clock) for _ in range(3)]

    def begin(turn: int) -> None:
        engine = processes[turn % len(processes)]
        office.gate.do(lambda c: verbs.start(engine, c, ANYBODY, "proses", {}))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(16)))
    assert numbers(office) == [f"CUTI-2026-{number:04}" for number in range(1, 17)]


def test_a_change_that_is_prepared_and_dropped_takes_no_number(office: Office) -> None:
    office.publish(proses=procedure())
    now = office.clock.now()
    first, _ = office.gate.ask(lambda c: next_number(c, "proses", {"kode": "CUTI"}, now))
    office.start()
    assert numbers(office) == [first]
