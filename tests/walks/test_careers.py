"""A proposal from the reminder book to its SK: what the file knows need not be typed, and what the SK says is entered by itself."""

from typing import Any

import pytest

from server import errors
from server.db import load_json
from tests.walks.conftest import Office
from tests.walks.test_every_flow import PROCESSES, Walker

KEEPER, TYPIST = "kasubag_umpeg", "staf_umpeg"
PROCEDURES = {
    "kgb": "kenaikan_gaji_berkala",
    "kp": "kenaikan_pangkat",
    "pensiun": "pensiun",
    "mpp": "mpp",
}
FIRST = {
    "kgb": {
        "nama",
        "nip",
        "golongan",
        "tmt_terakhir",
        "mkg_tahun",
        "gaji_lama",
        "gaji_baru",
        "kinerja",
        "hukuman",
    },
    "kp": {"nama", "nip", "golongan_lama", "tmt_golongan", "golongan_usul", "jenis", "tmt_usul", "hukuman"},
    "pensiun": {"jenis", "tanggal_lahir", "tmt"},
    "mpp": {"tanggal_lahir", "tmt_pensiun"},
}
"""What the first form is told."""


def due(office: Office, jenis: str, username: str | None = None) -> list[dict[str, Any]]:
    items = office.ask(KEEPER, "GET", f"/api/reminders?jenis={jenis}")["items"]
    return [each for each in items if each["ready"] and username in (None, each["username"])]


def begun(office: Office, jenis: str) -> tuple[dict[str, Any], int]:
    found = due(office, jenis)[0]
    row = {"username": found["username"], "jenis": jenis, "tmt": found["tmt"]}
    return found, int(office.ask(KEEPER, "POST", "/api/reminders/start", row)["processInstanceKey"])


def walk_to_sk(office: Office, case: int, jenis: str) -> None:
    walker = Walker(office, PROCESSES[PROCEDURES[jenis]])
    while (task := office.open_tasks(case)[0]).element_id != "catat_sk":
        walker.do(case, task)


def seen(office: Office, case: int) -> dict[str, Any]:
    """What the form of the open task shows."""
    url = f"user-tasks/{office.task(case, 'catat_sk').key}/effective-variables/search?truncateValues=false"
    found = office.ask(TYPIST, "POST", url, {"page": {"limit": 500}})["items"]
    return {each["name"]: load_json(each["value"]) for each in found}


def entries(office: Office, username: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = office.ask(KEEPER, "GET", f"/api/employees/{username}/riwayat")["items"]
    return found


@pytest.mark.parametrize(
    ("jenis", "given", "entered"),
    [
        ("kgb", {"mkg_tahun": 20, "mkg_bulan": 0, "gaji": 4_000_000}, "kgb"),
        ("kp", {"golongan": "III/c", "mkg_tahun": 12, "mkg_bulan": 4}, "pangkat"),
        ("mpp", {}, "mpp"),
        ("pensiun", {}, "status"),
    ],
)
def test_from_the_book_to_the_entry_in_the_file(
    one_office: Office, jenis: str, given: dict[str, Any], entered: str
) -> None:
    found, case = begun(one_office, jenis)
    username = found["username"]
    told = one_office.variables(case)
    first = told["usulan"][0] if "usulan" in told else told[jenis]
    assert set(first) >= FIRST[jenis]
    assert found["nama"] in told["surat"]["hal"]
    walk_to_sk(one_office, case, jenis)
    prefilled = seen(one_office, case)["sk"]
    if jenis == "kgb":
        assert first["gaji_lama"] < first["gaji_baru"]
        assert prefilled["tmt"] == found["tmt"]
    sk = {"jawaban": "terbit", "nomor": f"SK-{jenis}", "tmt": found["tmt"], **given}
    one_office.complete(case, "catat_sk", TYPIST, {"sk": sk})
    assert one_office.state(case) == "COMPLETED"
    (entry,) = (
        each for each in entries(one_office, username) if each["isi"].get("nomor_sk") == f"SK-{jenis}"
    )
    assert (entry["jenis"], entry["tmt"], entry["by"], entry["holds"]) == (
        entered,
        found["tmt"],
        TYPIST,
        True,
    )
    assert entry["isi"] | given == entry["isi"]
    open_due = one_office.ask(KEEPER, "GET", f"/api/employees/{username}/reminders")["items"]
    assert (jenis, found["tmt"]) not in [(each["jenis"], each["tmt"]) for each in open_due]


def test_a_refused_proposal_enters_nothing_and_may_be_made_again(one_office: Office) -> None:
    found, case = begun(one_office, "pensiun")
    before = entries(one_office, found["username"])
    walk_to_sk(one_office, case, "pensiun")
    assert due(one_office, "pensiun", found["username"]) == []
    refused = {"sk": {"jawaban": "ditolak", "alasan": "Berkas kurang"}}
    one_office.complete(case, "catat_sk", TYPIST, refused)
    assert entries(one_office, found["username"]) == before
    (again,) = due(one_office, "pensiun", found["username"])
    assert (again["tmt"], again["perkara"]) == (found["tmt"], None)


def test_an_sk_that_cannot_be_is_refused_where_it_is_typed_and_an_employee_enters_none_themselves(
    one_office: Office,
) -> None:
    found, case = begun(one_office, "pensiun")
    walk_to_sk(one_office, case, "pensiun")
    sk = {"jawaban": "terbit", "nomor": "SK-8", "tmt": "1931-01-01"}
    with pytest.raises(errors.Invalid, match="tidak mungkin"):
        one_office.complete(case, "catat_sk", TYPIST, {"sk": sk})
    with pytest.raises((errors.Forbidden, errors.NotFound)):
        one_office.complete(case, "catat_sk", found["username"], {"sk": {**sk, "tmt": found["tmt"]}})
    one_office.cancel(case, KEEPER)
