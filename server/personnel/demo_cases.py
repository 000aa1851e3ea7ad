"""The demo office's cases of personnel: four under discipline, on different rungs, and requests for leave, taken through the engine."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from server import engine as verbs
from server.db import Change, get_setting, setting_effect
from server.engine import Engine
from server.engine.instances import UnknownProcess
from server.engine.tables import ProcessInstance, TaskState, UserTask
from server.identity import load_actor, receivers
from server.personnel import balances, register

FILLED: Final = "demo_personnel"
KASUBAG, SEKRETARIS, KEPALA = "kasubag_umpeg", "sekretaris", "kepala_dinas"
WARNED: Final = "staf_keuangan"
RISEN: Final = "staf_piak"
SUMMONED: Final = "petugas_pusat_data"
OVERDUE: Final = "bendahara_pengeluaran"
ASKING: Final = ("kasubag_keuangan", "kepala_seksi_pencatatan_sipil")
Do = Callable[[Callable[[Connection], Change[Any]]], Any]


def begin_cases(engine: Engine, do: Do) -> None:
    """Begins them by the gate's `do`, once. The book is published and the employees are there."""
    if not do(lambda connection: _mark(connection)):
        return
    desk = _Desk(engine, do)
    for fill in (_discipline, _requests):
        with suppress(UnknownProcess):  # the book of this office has no such procedure
            fill(desk)


def _discipline(desk: "_Desk") -> None:
    today = desk.engine.clock.today()
    _warn(desk, WARNED, desk.engine.calendar.hk_sebelum(today, 12))
    _warn(desk, OVERDUE, today - timedelta(days=60))
    _rise(desk, _warn(desk, RISEN, today - timedelta(days=75)), today)
    _summon(desk, _warn(desk, SUMMONED, today - timedelta(days=20)), today)


def _requests(desk: "_Desk") -> None:
    day = desk.engine.calendar.hk_setelah(desk.engine.clock.today(), 10)
    for username in ASKING:
        asked = desk.start(balances.PROCESS, username, None)
        desk.finish(asked, username, _leave(day))


@dataclass(frozen=True)
class _Desk:
    """Where people of the demo office work."""

    engine: Engine
    do: Do

    def start(self, process: str, username: str, subject: str | None) -> int:
        def prepare(connection: Connection) -> Change[Any]:
            return verbs.start(
                self.engine, connection, self._actor(connection, username), process, {}, subject
            )

        return int(self.do(prepare).key)

    def finish(self, case: int, username: str | None, values: Mapping[str, object]) -> None:
        """The one task of a case, or of what it has called, that is open; done by whom it is offered to where nobody is named."""

        def prepare(connection: Connection) -> Change[Any]:
            task = connection.execute(_OPEN.where(ProcessInstance.root_key == case)).one()
            who = username or self._receiver(connection, task.candidate_group)
            return verbs.complete(self.engine, connection, self._actor(connection, who), task.key, values)

        self.do(prepare)

    def _receiver(self, connection: Connection, group: str) -> str:
        today = self.engine.clock.today()
        return receivers(connection, self.engine.roles, group, None, None, today)[0]

    def _actor(self, connection: Connection, username: str) -> Any:
        return load_actor(connection, username, self.engine.clock.today(), self.engine.roles)


def _warn(desk: _Desk, subject: str, day: date) -> int:
    """A case up to the first rung, the spoken warning."""
    case = desk.start(register.PROCESS, KASUBAG, subject)
    told = {"jabatan_terhukum": "pelaksana", "bukti": "Rekapitulasi daftar hadir"}
    fact = {"uraian_fakta": "Tidak masuk kerja satu hari tanpa keterangan."}
    desk.finish(case, KASUBAG, {**_absence(day, 1), **told, **fact})
    desk.finish(case, SEKRETARIS, {"keputusan_2": "setuju"})
    warned = {"tanggal_diserahkan": day.isoformat(), "catatan_lisan": "Diingatkan agar masuk tepat waktu."}
    desk.finish(case, KASUBAG, warned)
    return case


def _rise(desk: _Desk, case: int, day: date) -> None:
    """From there to the first written warning, handed over today."""
    found = {"hari_tmk_baru": 1, "temuan_baru": 0, "menit_baru": 0, "menit_dasar": 0}
    fact = {"fakta_baru": "Tidak masuk lagi satu hari tanpa keterangan."}
    desk.finish(case, KASUBAG, {**_absence(day, 2), **found, **fact})
    desk.finish(case, KASUBAG, {"putusan_pengawasan": "belum_ada_perubahan"})
    desk.finish(case, KASUBAG, {"isi_surat": "Surat peringatan pertama."})
    desk.finish(case, SEKRETARIS, {"keputusan_4": "setuju"})
    desk.finish(case, KEPALA, {"keputusan_5": "setuju"})
    desk.finish(case, KASUBAG, {"tanggal_diserahkan": day.isoformat(), "penerimaan": "ditandatangani"})


def _summon(desk: _Desk, case: int, today: date) -> None:
    """From there to the summons by the direct superior, refused: the law demands more than the ladder's next rung."""
    found = {"hari_tmk_baru": 11, "temuan_baru": 0, "menit_baru": 0, "menit_dasar": 0}
    fact = {"fakta_baru": "Tidak masuk kerja sebelas hari lagi tanpa keterangan."}
    desk.finish(case, KASUBAG, {**_absence(today - timedelta(days=1), 12), **found, **fact})
    desk.finish(case, KASUBAG, {"putusan_pengawasan": "hukum_menuntut_lebih_berat"})
    day = desk.engine.calendar.hk_setelah(today, 9).isoformat()
    examined = {"tempat_pemeriksaan": "Ruang rapat, pukul 09.00", "nama_pemeriksa": "Kepala Seksi PIAK"}
    desk.finish(
        case, None, {"tanggal_pemeriksaan": day, "pasal_diduga": "PP 94/2021 ps. 4 huruf f", **examined}
    )
    told = {"penerimaan": "menolak", "saksi_penyerahan": "Staf PIAK\nStaf Umum dan Kepegawaian"}
    desk.finish(case, KASUBAG, {"tanggal_diserahkan": today.isoformat(), **told})


def _absence(day: date, days: int) -> dict[str, object]:
    found = {"hari_tmk_tercatat": days, "menit_tmk": 0, "tmk_berturut": 1, "dampak": "tidak_ada"}
    return {"tanggal_perbuatan": day.isoformat(), **found}


def _leave(day: date) -> dict[str, object]:
    days = {"mulai": day.isoformat(), "selesai": day.isoformat()}
    where = {"alamat_selama_cuti": "Jalan Melati 5", "telepon": "081234567890"}
    return {
        "jenis_cuti": "tahunan",
        "alasan": "Keperluan keluarga",
        "tanda_tangan_pemohon": True,
        **days,
        **where,
    }


def _mark(connection: Connection) -> Change[bool]:
    if get_setting(connection, FILLED):
        return Change((), False)
    return Change((setting_effect(FILLED, True),), True)


_OPEN: Final = (
    select(UserTask.key, UserTask.candidate_group)
    .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
    .where(UserTask.state == TaskState.CREATED)
)
