"""The careers of the demo office's people: plausible, and such that something of each kind is due in whatever month it is opened."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, insert, update

from server.identity import DemoPerson, Roles, demo_people
from server.identity.models import Person
from server.personnel.career_kinds import GOLONGAN
from server.personnel.models import CareerEntry, Employee

BY: Final = "staf_umpeg"
RETIRING: Final = {"penerima_hak_akses": 8, "dinas": 13, "pengguna": 17}
"""Who retires, in so many months."""
PROMOTED: Final = {"pns": 3, "petugas_rekap": 4, "petugas_admin_dinas": 6}
PAID_MORE: Final = {"petugas_legalisir": 3}
"""Whose next promotion or pay rise comes in so many months."""
UNRATED: Final = "petugas_security"
POORLY_RATED: Final = "petugas_legalisir"
POSTS: Final = {
    "kepala_dinas": ("pimpinan_tinggi", "II.b", "IV/b", "IV/c"),
    "sekretaris": ("administrator", "III.a", "IV/a", "IV/b"),
    "kepala_bidang": ("administrator", "III.b", "III/d", "IV/a"),
    "kepala_seksi": ("pengawas", "IV.a", "III/c", "III/d"),
    "kasubag_umpeg": ("pengawas", "IV.a", "III/c", "III/d"),
    "kasubag_keuangan": ("pengawas", "IV.a", "III/c", "III/d"),
    "kasubag_evapor": ("pengawas", "IV.a", "III/c", "III/d"),
    "adb": ("jf_keahlian", "ahli_muda", "III/c", "III/d"),
}
"""Role → group of posts, level, lowest and highest rank; all others are pelaksana."""
SCHOOLS: Final = (
    ("SLTA", "II/a", "III/b", "IPA"),
    ("D3", "II/c", "III/c", "Manajemen Informatika"),
    ("S1", "III/a", "III/d", "Ilmu Administrasi Negara"),
)
"""Education with the rank that it begins at and its ceiling."""


def fill_careers(connection: Connection, roles: Roles, today: date) -> None:
    """Every demo employee's file; the employees exist already."""
    keys = count(1)
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(demo_people(roles)):
        born, since = _life(connection, one, today)
        owned = update(Employee).where(Employee.username == one.person.username)
        connection.execute(owned.values(tanggal_lahir=born, mulai_kerja=since))
        for jenis, tmt, isi in _entries(number, one, roles, born, since, today):
            rows.append(_row(next(keys), one.person.username, jenis, tmt, isi, today))
    connection.execute(insert(CareerEntry), rows)


def _life(connection: Connection, one: DemoPerson, today: date) -> tuple[date, date]:
    """Birthday and first month of service, as the NIP says; who is about to retire gets a NIP that fits."""
    username, nip = one.person.username, one.person.nip or ""
    if username in RETIRING:
        born = _months_on(date(today.year - 58, today.month, 14), RETIRING[username] - 1)
        since = date(born.year + 25, 3, 1)
        nip = f"{born:%Y%m%d}{since:%Y%m}{nip[14:]}"
        connection.execute(update(Person).where(Person.username == username).values(nip=nip))
        return born, since
    return date(int(nip[:4]), int(nip[4:6]), int(nip[6:8])), date(int(nip[8:12]), int(nip[12:14]), 1)


def _entries(
    number: int, one: DemoPerson, roles: Roles, born: date, since: date, today: date
) -> Iterator[tuple[str, date, dict[str, Any]]]:
    kelompok, tingkat, low, high, school = _post(number, one)
    yield "status", since, {"status": "CPNS", "sebab": None, "nomor_sk": None}
    yield "status", _years_on(since, 1), {"status": "PNS", "sebab": None, "nomor_sk": None}
    graduated = date(born.year + (19 if school[0] == "SLTA" else 23), 7, 20)
    yield "pendidikan", graduated, {"tingkat": school[0], "jurusan": school[3], "sekolah": None}
    ranked, rank = _rank(one, since, low, high, today)
    yield "pangkat", ranked, {"golongan": rank, **_served(since, ranked), "nomor_sk": f"823/{number + 11}"}
    post = {"nama": roles[one.role].nama, "unit": _unit(one, roles), "kelompok": kelompok, "tingkat": tingkat}
    yield "jabatan", min(_years_on(since, 6), date(today.year - 2, 1, 2)), {**post, "nomor_sk": None}
    yield from _training(kelompok, today)
    yield from _ratings(one.person.username, today)
    paid, step = _pay(one.person.username, since, rank, today)
    if paid >= ranked:
        yield "kgb", paid, {"mkg_tahun": step, "mkg_bulan": 0, "gaji": None, "nomor_sk": f"822/{number + 31}"}
    if kelompok == "jf_keahlian":
        credit = {"jumlah": 104, "tercapai": True, "nomor_sk": None}
        yield "angka_kredit", date(today.year - 1, 12, 31), credit


def _post(number: int, one: DemoPerson) -> tuple[str, str | None, str, str, tuple[str, str, str, str]]:
    school = SCHOOLS[number % len(SCHOOLS)]
    if one.role in POSTS:
        kelompok, tingkat, low, high = POSTS[one.role]
        return kelompok, tingkat, low, high, SCHOOLS[2]
    if one.person.username in PROMOTED:
        school = SCHOOLS[2]
    return "pelaksana", None, school[1], school[2], school


def _rank(one: DemoPerson, since: date, low: str, high: str, today: date) -> tuple[date, str]:
    """Every four years a rank higher, from the lowest of the post to the highest; who is promoted soon is not there yet."""
    if one.role in POSTS and POSTS[one.role][0] == "jf_keahlian":
        return _years_on(_months_on(today, 5), -2), low
    if one.person.username in PROMOTED:
        return _years_on(_months_on(today, PROMOTED[one.person.username]), -4), "III/b"
    steps = GOLONGAN.index(high) - GOLONGAN.index(low)
    taken = min(steps, (today.year - since.year) // 4)
    while taken and _years_on(since, 4 * taken) > today:
        taken -= 1
    return _years_on(since, 4 * taken), GOLONGAN[GOLONGAN.index(low) + taken]


def _pay(username: str, since: date, rank: str, today: date) -> tuple[date, int]:
    """The last pay rise, and the years of service with which it came."""
    odd = rank.startswith("II/")
    if username in PAID_MORE:
        last = _years_on(_months_on(today, PAID_MORE[username]), -2)
        return last, max(2, (last.year - since.year) // 2 * 2) + odd
    step = (today.year - since.year) // 2 * 2 + odd
    while _years_on(since, step) > today:
        step -= 2
    return _years_on(since, max(step, 0)), max(step, 0)


def _training(kelompok: str, today: date) -> Iterator[tuple[str, date, dict[str, Any]]]:
    level = {"pimpinan_tinggi": "pkn_2", "administrator": "pka", "pengawas": "pkp"}.get(kelompok)
    if level:
        yield "diklat", date(today.year - 4, 8, 15), {"tingkat": level, "nama": None}
        exam = {"ujian": "ujian_dinas_2", "nomor_sk": None}
        yield "ujian", date(today.year - 3, 3, 10), exam


def _ratings(username: str, today: date) -> Iterator[tuple[str, date, dict[str, Any]]]:
    if username == UNRATED:
        return
    for year in (today.year - 2, today.year - 1):
        bad = username == POORLY_RATED and year == today.year - 1
        rated = {"tahun": year, "predikat": "kurang" if bad else "baik", "nilai": None}
        yield "kinerja", min(date(year + 1, 1, 15), today), rated


def _served(since: date, day: date) -> dict[str, int]:
    months = max(0, (day.year - since.year) * 12 + day.month - since.month)
    return {"mkg_tahun": months // 12, "mkg_bulan": months % 12}


def _unit(one: DemoPerson, roles: Roles) -> str:
    return roles.bidang[one.bidang].nama if one.bidang else "Sekretariat"


def _row(key: int, username: str, jenis: str, tmt: date, isi: dict[str, Any], today: date) -> dict[str, Any]:
    moment = {"dicatat_oleh": BY, "dicatat_pada": datetime(today.year, 1, 2, 2, tzinfo=UTC)}
    return {"key": key, "username": username, "jenis": jenis, "tmt": tmt, "isi": isi, **moment}


def _months_on(day: date, months: int) -> date:
    """The first of the month so many months on; a day within the month stays where every month has it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, day.day if day.day == 14 else 1)


def _years_on(day: date, years: int) -> date:
    return day.replace(year=day.year + years)
