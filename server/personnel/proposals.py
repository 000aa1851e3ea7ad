"""What a case from the reminder book begins with: the fields of its first forms that the file and the tables know already.

Only what is known stands there, under the names of the forms of its procedure; whoever fills them in changes what is wrong.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from server.personnel.career import Career, Listed
from server.personnel.career_kinds import PREDIKAT

BKD: Final = "Kepala Badan Kepegawaian Daerah"
BUPATI: Final = "Bupati c.q. Kepala Badan Kepegawaian Daerah"
RATED_AS: Final[Mapping[str, str]] = {
    **{each: each for each in ("sangat_baik", "baik", "butuh_perbaikan", "kurang", "sangat_kurang")},
    "cukup": "butuh_perbaikan",
    "buruk": "sangat_kurang",
}
"""A rating as the form of pay rises has it."""
PROMOTED_AS: Final[Mapping[str, str]] = {
    "reguler": "reguler",
    "struktural": "struktural",
    "jf": "fungsional",
    "ijazah": "ijazah",
}


Pay = Callable[[str, int, date], int | None]
"""The pay of a golongan with so many years of service in it, on a day; None where no table says it."""


def beginning(jenis: str, tmt: date, rincian: Mapping[str, Any], listed: Listed, pay: Pay) -> dict[str, Any]:
    """The variables of the case for what is due on `tmt`, of which the table says `rincian`."""
    subject, addressee, first = _BY_KIND[jenis]
    letter = {"tujuan": addressee, "hal": f"{subject} a.n. {listed.employee.nama}"}
    due = {"jenis": jenis, "tmt": tmt.isoformat()}
    return {"penjagaan": due, "surat": letter, **first(tmt, rincian, listed, pay)}


def _pay_rise(tmt: date, rincian: Mapping[str, Any], listed: Listed, pay: Pay) -> dict[str, Any]:
    """The old pay is that of the annex in force just before: what an older letter named may have been raised since."""
    who, career = listed.employee, listed.career
    paid, rank, years = career.paid, career.isi("pangkat", "golongan"), rincian.get("mkg_baru")
    before = pay(rank, int(paid.isi["mkg_tahun"]), tmt - timedelta(days=1)) if rank and paid else None
    row = {
        "nama": who.nama,
        "nip": who.nip,
        "golongan": rank,
        "tmt_terakhir": paid.tmt.isoformat() if paid else None,
        "mkg_tahun": years,
        "gaji_lama": before or (paid.isi.get("gaji") if paid else None),
        "gaji_baru": pay(rank, int(years), tmt) if rank and years is not None else None,
        "kinerja": _worst_rating(career),
        "hukuman": "tidak",
    }
    return {"usulan": [_known(row)]}


def _promotion(tmt: date, rincian: Mapping[str, Any], listed: Listed, pay: Pay) -> dict[str, Any]:
    who, career = listed.employee, listed.career
    ranked = career.tmt("pangkat")
    row = {
        "nama": who.nama,
        "nip": who.nip,
        "golongan_lama": career.isi("pangkat", "golongan"),
        "tmt_golongan": ranked.isoformat() if ranked else None,
        "golongan_usul": rincian.get("golongan_baru"),
        "jenis": PROMOTED_AS.get(str(rincian.get("jenis"))),
        "tmt_usul": tmt.isoformat(),
        "hukuman": "tidak",
    }
    return {"usulan": [_known(row)]}


def _retirement(tmt: date, rincian: Mapping[str, Any], listed: Listed, pay: Pay) -> dict[str, Any]:
    return {"pensiun": _known({"jenis": "bup", "tanggal_lahir": _born(listed), "tmt": tmt.isoformat()})}


def _preparation(tmt: date, rincian: Mapping[str, Any], listed: Listed, pay: Pay) -> dict[str, Any]:
    """When it begins is the employee's own wish."""
    return {"mpp": _known({"tanggal_lahir": _born(listed), "tmt_pensiun": rincian.get("tmt_pensiun")})}


def _worst_rating(career: Career) -> str | None:
    """Of the two newest years that were rated, where both have one in words."""
    by_year = {
        int(each.isi["tahun"]): each.isi["predikat"] for each in reversed(career.every.get("kinerja", ()))
    }
    words = [by_year[year] for year in sorted(by_year, reverse=True)[:2]]
    if len(words) < 2 or None in words:
        return None
    return RATED_AS[max(words, key=list(PREDIKAT).index)]


def _born(listed: Listed) -> str | None:
    born = listed.employee.tanggal_lahir
    return born.isoformat() if born else None


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


First = Callable[[date, Mapping[str, Any], Listed, Pay], dict[str, Any]]
_BY_KIND: Final[Mapping[str, tuple[str, str, First]]] = {
    "kgb": ("Usulan kenaikan gaji berkala", BKD, _pay_rise),
    "kp": ("Usulan kenaikan pangkat", BKD, _promotion),
    "pensiun": ("Pengajuan pensiun", BUPATI, _retirement),
    "mpp": ("Pengajuan masa persiapan pensiun", BUPATI, _preparation),
}
"""Subject and addressee of the letter, and what the first form is told."""
