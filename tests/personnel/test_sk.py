"""What the service task `pegawai.catat_riwayat` writes into a file, and how it takes it back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from server.db import Change, Keys, read, write
from server.engine.handlers import Call, Case, Handlers, Outcome
from server.personnel import NotAnEmployee
from server.personnel.career import Noted, read_entries
from server.personnel.career_kinds import InvalidEntry
from tests.personnel.conftest import NOW, LeaveOffice

SK = {"tmt": "2026-07-01", "isi": {"mkg_tahun": 12, "mkg_bulan": 0, "gaji": None, "nomor_sk": "822/7"}}


@dataclass
class Desk:
    """Where SK come in, each by an act of its own."""

    office: LeaveOffice
    keys: Keys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = Keys(self.office.database)

    def enter(self, given: object, username: str | None = "sari", jenis: str = "kgb") -> Callable[[], None]:
        """Writes what came in; what is handed back takes it back."""
        handler = Handlers(self.office.handlers.values())["pegawai.catat_riwayat"]
        key = self.keys.draw()[0]
        assert handler.undo is not None
        undo = handler.undo
        self._do(handler.run, key, given, username, jenis)
        return lambda: self._do(undo, key, given, username, jenis)

    def held(self) -> list[Noted]:
        with read(self.office.database) as connection:
            return [each for each in read_entries(connection, ["sari"]).get("sari", []) if each.holds]

    def _do(
        self, work: Callable[[Call], Outcome], key: int, given: object, username: str | None, jenis: str
    ) -> None:
        case = Case(9, "KGB-2026-0001", "kenaikan_gaji_berkala", username, "kasubag_umpeg", NOW)
        with read(self.office.database) as connection:
            call = Call(
                case,
                "catat_riwayat",
                {"jenis": jenis},
                {"riwayat": given},
                NOW,
                NOW.date(),
                connection,
                key,
                "staf_umpeg",
            )
            outcome = work(call)
        with write(self.office.database) as connection:
            Change(outcome.effects, None).apply(connection)


@pytest.fixture
def desk(office: LeaveOffice) -> Desk:
    return Desk(office)


def test_an_entry_bears_what_the_letter_says_and_who_typed_it(desk: Desk) -> None:
    desk.enter(SK)
    (entry,) = desk.held()
    assert (entry.jenis, entry.tmt.isoformat(), dict(entry.isi)) == ("kgb", SK["tmt"], SK["isi"])
    assert entry.dicatat_oleh == "staf_umpeg"


def test_taken_back_it_is_struck_out_and_stays_to_be_read(desk: Desk) -> None:
    take_back = desk.enter(SK)
    take_back()
    assert desk.held() == []
    take_back()  # what is struck out already is left alone
    assert desk.held() == []


def test_the_same_entry_written_by_hand_is_not_written_twice_and_another_is_corrected(desk: Desk) -> None:
    desk.enter(SK)
    nothing = desk.enter(SK)
    assert len(desk.held()) == 1
    nothing()
    assert len(desk.held()) == 1
    isi: dict[str, Any] = {"mkg_tahun": 14, "mkg_bulan": 0, "gaji": None, "nomor_sk": "822/8"}
    take_back = desk.enter({**SK, "isi": isi})
    (entry,) = desk.held()
    assert dict(entry.isi) == isi
    take_back()
    (entry,) = desk.held()
    assert dict(entry.isi) == SK["isi"]


def test_a_refusal_and_a_case_about_nobody_write_nothing(desk: Desk) -> None:
    desk.enter(None)
    desk.enter(SK, username=None)
    assert desk.held() == []


def test_what_cannot_be_entered_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidEntry):
        desk.enter({"tmt": "kemarin", "isi": SK["isi"]})
    with pytest.raises(InvalidEntry):
        desk.enter({**SK, "isi": {}})
    with pytest.raises(NotAnEmployee):
        desk.enter(SK, username="tamu")
