"""What the file of an employee can hold: the kinds of entries (riwayat) with their fields, and the words and ranks in them.

Pages, programs and spreadsheets are made from this one list. The order of golongan, jabatan, diklat and pendidikan is the law's.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from server import errors

GOLONGAN: Final = tuple(
    f"{number}/{letter}"
    for number, letters in (("I", "abcd"), ("II", "abcd"), ("III", "abcd"), ("IV", "abcde"))
    for letter in letters
)
"""From the lowest to the highest."""
PANGKAT: Final[Mapping[str, str]] = dict(
    zip(
        GOLONGAN,
        (
            *("Juru Muda", "Juru Muda Tingkat I", "Juru", "Juru Tingkat I"),
            *("Pengatur Muda", "Pengatur Muda Tingkat I", "Pengatur", "Pengatur Tingkat I"),
            *("Penata Muda", "Penata Muda Tingkat I", "Penata", "Penata Tingkat I"),
            *("Pembina", "Pembina Tingkat I", "Pembina Utama Muda", "Pembina Utama Madya", "Pembina Utama"),
        ),
        strict=True,
    )
)
KELOMPOK: Final[Mapping[str, str]] = {
    "pelaksana": "Pelaksana",
    "jf_keterampilan": "Fungsional keterampilan",
    "jf_keahlian": "Fungsional keahlian",
    "pengawas": "Pengawas",
    "administrator": "Administrator",
    "pimpinan_tinggi": "Pimpinan tinggi",
}
TINGKAT: Final[Mapping[str, tuple[str, ...]]] = {
    "pelaksana": (),
    "jf_keterampilan": ("pemula", "terampil", "mahir", "penyelia"),
    "jf_keahlian": ("ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama"),
    "pengawas": ("IV.b", "IV.a"),
    "administrator": ("III.b", "III.a"),
    "pimpinan_tinggi": ("II.b", "II.a"),
}
"""The levels of each group of posts, from the lowest to the highest: eselon, or jenjang of a functional post."""
PENDIDIKAN: Final[Mapping[str, str]] = {
    "SD": "SD",
    "SLTP": "SLTP",
    "SLTP_KEJURUAN": "SLTP kejuruan",
    "SLTA": "SLTA",
    "D1": "D-I",
    "D2": "D-II",
    "SGPLB": "SGPLB",
    "D3": "D-III, sarjana muda",
    "D4": "D-IV",
    "S1": "S1",
    "PROFESI": "Profesi (dokter, apoteker)",
    "S2": "S2",
    "S3": "S3",
}
DIKLAT: Final[Mapping[str, str]] = {
    "lain": "Diklat teknis atau fungsional",
    "latsar": "Latsar, prajabatan",
    "pkp": "PKP (Diklatpim IV)",
    "pka": "PKA (Diklatpim III)",
    "pkn_2": "PKN II (Diklatpim II)",
    "pkn_1": "PKN I (Diklatpim I)",
}
STATUS: Final[Mapping[str, str]] = {
    "CPNS": "CPNS",
    "PNS": "PNS",
    "PPPK": "PPPK",
    "BERHENTI": "Tidak bekerja di sini lagi",
}
SEBAB: Final[Mapping[str, str]] = {
    "pensiun": "Pensiun",
    "pindah": "Pindah ke instansi lain",
    "meninggal": "Meninggal dunia",
    "diberhentikan": "Diberhentikan",
}
PREDIKAT: Final[Mapping[str, str]] = {
    "sangat_baik": "Sangat baik",
    "baik": "Baik",
    "cukup": "Cukup (sampai 2021)",
    "butuh_perbaikan": "Butuh perbaikan (sejak 2022)",
    "kurang": "Kurang",
    "sangat_kurang": "Sangat kurang",
    "buruk": "Buruk (sampai 2020)",
}
UJIAN: Final[Mapping[str, str]] = {
    "ujian_dinas_1": "Ujian Dinas Tingkat I",
    "ujian_dinas_2": "Ujian Dinas Tingkat II",
    "upkp": "Ujian penyesuaian kenaikan pangkat (UPKP)",
    "uji_kompetensi": "Uji kompetensi jabatan fungsional",
}
EARLIEST: Final = date(1940, 1, 1)
LONGEST: Final = 200


class InvalidEntry(errors.Invalid):
    """What was to be entered in a file is incomplete or not possible; `problems` names each field."""

    def __init__(self, problems: list[errors.Problem]) -> None:
        first, others = problems[0], len(problems) - 1
        more = f" (dan {others} hal lain)" if others else ""
        super().__init__(f"{first.message}{more}.", problems)


@dataclass(frozen=True)
class Field:
    """A field of an entry. `choices`: the only values, with their words; `least` and `most`: of a number; else it is a text."""

    name: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    least: int | None = None
    most: int = 0
    whole: bool = True
    required: bool = True
    yes_no: bool = False

    def read(self, raw: object) -> object:
        """The value as JSON has it; None where nothing was given. Raises ValueError with what is wrong."""
        text = "" if raw is None else str(raw).strip()
        if self.yes_no:
            return _truth(text)
        if not text:
            if self.required:
                raise ValueError(f"{self.label} belum diisi")
            return None
        if self.choices:
            return self._choice(text)
        if self.least is not None:
            return self._number(text)
        if len(text) > LONGEST or not text.isprintable():
            raise ValueError(f"{self.label} paling panjang {LONGEST} huruf, dalam satu baris")
        return text

    def _choice(self, text: str) -> str:
        """By its value or by its words, as somebody types it into a spreadsheet."""
        plain = text.casefold()
        for value, words in self.choices.items():
            if plain in (value.casefold(), words.casefold()):
                return value
        known = ", ".join(self.choices.values())
        raise ValueError(f"{self.label} “{text[:40]}” tidak dikenal; pilih {known}")

    def _number(self, text: str) -> int | Decimal:
        try:
            found = Decimal(text.replace(",", "."))
            whole = found == found.to_integral_value()
        except InvalidOperation:
            raise ValueError(f"{self.label} harus berupa angka") from None
        if not found.is_finite() or not (self.least or 0) <= found <= self.most or (self.whole and not whole):
            raise ValueError(f"{self.label} harus dari {self.least or 0} sampai {self.most}")
        return int(found) if whole else found


def _truth(text: str) -> bool:
    if text.casefold() in ("ya", "true", "1", "on"):
        return True
    if text.casefold() in ("", "tidak", "false", "0"):
        return False
    raise ValueError("isi ya atau tidak")


@dataclass(frozen=True)
class Jenis:
    """A kind of entry. `tmt`: what its day is called; `future`: whether that may lie ahead; `check`: what must fit together."""

    id: str
    label: str
    tmt: str
    fields: tuple[Field, ...]
    future: bool = False
    check: Callable[[Mapping[str, Any]], str | None] = lambda isi: None


def _level_fits(isi: Mapping[str, Any]) -> str | None:
    levels = TINGKAT[isi["kelompok"]]
    if isi["tingkat"] in levels or (not levels and isi["tingkat"] is None):
        return None
    return (
        f"Eselon atau jenjang {KELOMPOK[isi['kelompok']].lower()} harus salah satu dari {', '.join(map(level_words, levels))}"
        if levels
        else "Pelaksana tidak bereselon atau berjenjang; kosongkan"
    )


def _is_rated(isi: Mapping[str, Any]) -> str | None:
    if isi["nilai"] is None and isi["predikat"] is None:
        return "Isi predikatnya, atau nilainya bila penilaian itu memakai angka"
    if isi["predikat"] is None and isi["tahun"] > 2020:
        return "Sejak 2021 penilaian memakai predikat; pilih predikatnya"
    return None


def _has_reason(isi: Mapping[str, Any]) -> str | None:
    left = isi["status"] == "BERHENTI"
    return "Pilih sebab ia tidak bekerja di sini lagi" if left and isi["sebab"] is None else None


def level_words(level: str) -> str:
    """A level as people say it: eselon IV.a, ahli madya."""
    return f"eselon {level}" if "." in level else level.replace("_", " ")


_LETTER: Final = Field("nomor_sk", "Nomor SK", required=False)
_YEARS: Final = (
    Field("mkg_tahun", "Masa kerja golongan (tahun)", least=0, most=45),
    Field("mkg_bulan", "Masa kerja golongan (bulan)", least=0, most=11),
)
JENIS: Final[Mapping[str, Jenis]] = {
    each.id: each
    for each in (
        Jenis(
            "status",
            "Status kepegawaian",
            "TMT",
            (
                Field("status", "Status", STATUS),
                Field("sebab", "Sebab berhenti", SEBAB, required=False),
                _LETTER,
            ),
            future=True,
            check=_has_reason,
        ),
        Jenis(
            "pangkat",
            "Pangkat",
            "TMT pangkat",
            (
                Field("golongan", "Golongan ruang", {each: f"{each} ({PANGKAT[each]})" for each in GOLONGAN}),
                *_YEARS,
                _LETTER,
            ),
            future=True,
        ),
        Jenis(
            "jabatan",
            "Jabatan",
            "TMT jabatan",
            (
                Field("nama", "Nama jabatan"),
                Field("unit", "Unit kerja"),
                Field("kelompok", "Kelompok jabatan", KELOMPOK),
                Field(
                    "tingkat",
                    "Eselon atau jenjang",
                    {level: level_words(level) for levels in TINGKAT.values() for level in levels},
                    required=False,
                ),
                _LETTER,
            ),
            future=True,
            check=_level_fits,
        ),
        Jenis(
            "kgb",
            "Kenaikan gaji berkala",
            "TMT KGB",
            (
                *_YEARS,
                Field("gaji", "Gaji pokok (Rp)", least=0, most=100_000_000, required=False),
                _LETTER,
            ),
            future=True,
        ),
        Jenis("mpp", "Masa persiapan pensiun", "MPP mulai", (_LETTER,), future=True),
        Jenis(
            "pendidikan",
            "Pendidikan",
            "Tanggal lulus",
            (
                Field("tingkat", "Tingkat pendidikan", PENDIDIKAN),
                Field("jurusan", "Jurusan", required=False),
                Field("sekolah", "Sekolah atau perguruan tinggi", required=False),
            ),
        ),
        Jenis(
            "diklat",
            "Latihan jabatan",
            "Tanggal lulus",
            (Field("tingkat", "Jenis diklat", DIKLAT), Field("nama", "Nama diklat", required=False)),
        ),
        Jenis(
            "kinerja",
            "Penilaian kinerja",
            "Tanggal penilaian",
            (
                Field("tahun", "Tahun yang dinilai", least=2000, most=2100),
                Field("predikat", "Predikat", PREDIKAT, required=False),
                Field("nilai", "Nilai (sampai 2020)", least=0, most=100, whole=False, required=False),
            ),
            check=_is_rated,
        ),
        Jenis(
            "angka_kredit",
            "Angka kredit",
            "Tanggal penetapan",
            (
                Field("jumlah", "Angka kredit", least=0, most=5000, whole=False),
                Field("tercapai", "Cukup untuk pangkat berikutnya", yes_no=True),
                Field("nomor_sk", "Nomor penetapan", required=False),
            ),
        ),
        Jenis(
            "ujian",
            "Ujian",
            "Tanggal lulus",
            (
                Field("ujian", "Ujian yang lulus", UJIAN),
                Field("nomor_sk", "Nomor sertifikat", required=False),
            ),
        ),
    )
}


def read_entry(jenis: Jenis, tmt: date | None, raw: Mapping[str, object], today: date) -> dict[str, Any]:
    """What the entry holds, as JSON. Raises InvalidEntry with all that is wrong."""
    problems = [*_of_day(jenis, tmt, today)]
    known = {each.name for each in jenis.fields}
    problems += [
        errors.Problem(f"{name[:40]} tidak dikenal di sini", name) for name in raw if name not in known
    ]
    isi: dict[str, Any] = {}
    for each in jenis.fields:
        try:
            isi[each.name] = each.read(raw.get(each.name))
        except ValueError as fault:
            problems.append(errors.Problem(str(fault), each.name))
    if not problems and (message := jenis.check(isi)):
        problems.append(errors.Problem(message, jenis.fields[-1].name))
    if problems:
        raise InvalidEntry(problems)
    return isi


def _of_day(jenis: Jenis, tmt: date | None, today: date) -> Iterator[errors.Problem]:
    if tmt is None:
        yield errors.Problem(f"{jenis.tmt} belum diisi", "tmt")
    elif not EARLIEST <= tmt <= date(today.year + 2, 12, 31):
        yield errors.Problem(f"{jenis.tmt} {tmt.isoformat()} tidak mungkin", "tmt")
    elif tmt > today and not jenis.future:
        yield errors.Problem(f"{jenis.tmt} masih di depan", "tmt")
