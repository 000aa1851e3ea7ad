"""The service tasks of personnel's procedures."""

from collections.abc import Callable
from typing import Any, Final

from server import errors
from server.calendar import Calendar
from server.db import Keys
from server.engine.handlers import Call, Handler, Outcome
from server.identity import Roles
from server.personnel import discipline, leave_book, sk
from server.personnel.leave_book import TAHUNAN, Entry
from server.personnel.leave_facts import leave_facts, read_request
from server.personnel.models import LeaveStatus

EMPLOYEE: Final = (
    '{nama: "Siti Rahayu", nip: "198703152010012008", jabatan: "Pranata Komputer", unit: "Sekretariat"}'
)
LEAVE_EXAMPLE: Final = f"""{{catatan_cuti: {{
    tahun: date(mulai).year, pegawai: {EMPLOYEE}, mulai_kerja: "2010-01-01",
    lama_hk: jumlah_hk(mulai, selesai),
    lama_hari: (date(selesai) - date(mulai)) / duration("P1D") + 1,
    pakai_n: 0, cuti_besar_n: false, cuti_bersama_tidak_diberi: 0, ditangguhkan: 0,
    tercatat_1: true, pakai_1: 12, dari_bawaan_1: 0, cuti_besar_1: false,
    tercatat_2: true, pakai_2: 12, dari_bawaan_2: 0, cuti_besar_2: false,
    diajukan_belum_putus: 0, bentrok: 0, pegawai_unit: 30, tidak_hadir_unit: 0
}}}}"""
DISCIPLINE_EXAMPLE: Final = (
    f'{{perkara_disiplin: {{pegawai: {EMPLOYEE}, atasan: [{{kelompok: "sekretaris", jabatan: "Sekretaris", '
    f'nama: "Budi Santoso", nip: "197001011995031001"}}], riwayat: []}}, langkah: "{discipline.EVALUASI}"}}'
)


class NoEmployee(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Kasus cuti ini tidak menyebut pegawainya. Mulailah kasus baru atas nama pegawai.")


class NotExamined(errors.Invalid):
    """The decision `penelitian_cuti` has no result in the case."""

    def __init__(self) -> None:
        super().__init__(
            "Saldo cuti belum dihitung dalam kasus ini. Pasang tabel keputusan “penelitian_cuti” sebelum langkah ini."
        )


def handlers(calendar: Calendar, keys: Keys, roles: Roles) -> tuple[Handler, ...]:
    """All handlers of personnel, counting days by `calendar`; what takes an entry back bears a key of `keys`."""
    return (
        Handler(
            "cuti.catat_permohonan",
            "Catat permohonan cuti",
            "inside",
            _enter_by(calendar),
            example=LEAVE_EXAMPLE,
            undo=lambda call: Outcome(effects=leave_book.withdraw(call.case.key)),
        ),
        Handler(
            "cuti.tolak",
            "Catat penolakan cuti",
            "inside",
            _reject,
            undo=lambda call: Outcome(effects=leave_book.reopen(call.case.key)),
        ),
        Handler(
            "cuti.potong_saldo",
            "Potong saldo cuti",
            "inside",
            _book,
            undo=lambda call: Outcome(effects=leave_book.release(call.case.key)),
        ),
        Handler(
            "disiplin.catat_perkara",
            "Buka perkara di buku disiplin",
            "inside",
            lambda call: _open_discipline(roles, call),
            example=DISCIPLINE_EXAMPLE,
        ),
        Handler(
            "disiplin.catat_langkah",
            "Catat langkah di buku disiplin",
            "inside",
            _note_rung,
            recount=_note_watch,
        ),
        Handler("disiplin.catat_putusan", "Catat putusan di buku disiplin", "inside", _note_verdict),
        Handler(
            "pegawai.catat_riwayat",
            "Catat SK di berkas pegawai",
            "inside",
            sk.enter,
            undo=lambda call: sk.take_back(call, keys),
        ),
    )


def _enter_by(calendar: Calendar) -> Callable[[Call], Outcome]:
    """Enters the request of the case's subject and hands the facts about it to the case as `catatan_cuti`."""

    def enter(call: Call) -> Outcome:
        username, request = _employee(call), read_request(call.variables)
        # Read before the facts, so that whoever changes them meanwhile is noticed.
        seen = leave_book.page(call.connection, username, request.tahun)
        facts = leave_facts(call.connection, calendar, username, request, call.case.key)
        length = facts["lama_hk"] if request.jenis == TAHUNAN else facts["lama_hari"]
        asked = Entry(
            username,
            request.tahun,
            request.jenis,
            request.mulai,
            request.selesai,
            length,
            LeaveStatus.DIAJUKAN,
        )
        effects = leave_book.enter(call.connection, call.case.key, asked, seen, call.now)
        return Outcome({"catatan_cuti": facts}, effects)

    return enter


def _reject(call: Call) -> Outcome:
    return Outcome(effects=leave_book.reject(call.connection, call.case.key, call.now))


def _book(call: Call) -> Outcome:
    balance = _balance(call)
    pagu, bawaan = int(balance["pagu"]), int(balance["bawaan"])
    return Outcome(effects=leave_book.book(call.connection, call.case.key, pagu, bawaan, call.now))


def _employee(call: Call) -> str:
    if call.case.subject is None:
        raise NoEmployee
    return call.case.subject


def _balance(call: Call) -> dict[str, Any]:
    """The annual leave of the year as `penelitian_cuti` found it."""
    found = call.variables.get("penelitian_cuti")
    balance = found.get("saldo") if isinstance(found, dict) else None
    if not isinstance(balance, dict) or None in (balance.get("pagu"), balance.get("bawaan")):
        raise NotExamined
    return balance


def _open_discipline(roles: Roles, call: Call) -> Outcome:
    """The subject is whom the case is about; nobody opens one about themselves."""
    case = call.case
    if case.subject is None or case.subject == case.started_by:
        raise discipline.NobodyExamined
    about = (case.root, case.number, case.subject)
    return Outcome(*discipline.opened(call.connection, roles, *about, call.now, call.today))


def _note_rung(call: Call) -> Outcome:
    rung, watch = str(call.variables.get("langkah")), call.variables.get("pengawasan")
    return Outcome(effects=discipline.rung_reached(call.connection, call.case.root, call.key, rung, watch))


def _note_watch(call: Call) -> Outcome:
    watch = call.variables.get("pengawasan")
    return Outcome(effects=discipline.watch_moved(call.case.root, call.key, watch))


def _note_verdict(call: Call) -> Outcome:
    verdict = str(call.variables.get("putusan_pengawasan"))
    found = call.variables.get("fakta_baru")
    return Outcome(
        effects=discipline.watch_ended(
            call.connection, call.case.root, verdict, str(found) if found is not None else None
        )
    )
