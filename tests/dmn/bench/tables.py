"""What is measured: tables in a form of their own, which every engine's format is written from, and inputs to ask them.

The law's tables are D-2 (PP 53/2010, PP 94/2021) and who then punishes; the large ones are generated.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Span:
    """Whole numbers from low to high, both included; None is open."""

    low: int | None
    high: int | None


Cell: TypeAlias = str | Span | None
"""A condition: anything, a text, or a number in a span."""

Inputs: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """An input of a table; `of` is the table whose output it is, None where it is given."""

    name: str
    type: str
    of: str | None = None


@dataclass(frozen=True)
class Rule:
    cells: tuple[Cell, ...]
    outputs: tuple[str | int, ...]


@dataclass(frozen=True)
class Table:
    """`policy` is DMN's word: UNIQUE, FIRST or COLLECT."""

    id: str
    columns: tuple[Column, ...]
    outputs: Mapping[str, str]
    rules: tuple[Rule, ...]
    policy: str


@dataclass(frozen=True)
class Scenario:
    """Tables, each of which sees the outputs of those before it; what is asked is the last one's. `plain` is the same as
    Python would have it."""

    name: str
    tables: tuple[Table, ...]
    asked: tuple[Inputs, ...]
    plain: Callable[[Inputs], object]


# --- the law's -------------------------------------------------------------------------------------------------------

REGIMES = ("PP_53_2010", "PP_94_2021")
GRADES: tuple[
    tuple[tuple[int, int | None] | None, tuple[int, int | None] | None, str, str, str, int], ...
] = (
    ((5, 5), (3, 3), "ringan", "teguran lisan", "teguran lisan", 1),
    ((6, 10), (4, 6), "ringan", "teguran tertulis", "teguran tertulis", 2),
    ((11, 15), (7, 10), "ringan", "pernyataan tidak puas", "pernyataan tidak puas", 3),
    ((16, 20), (11, 13), "sedang", "penundaan KGB 1 tahun", "potong tukin 25% 6 bulan", 4),
    ((21, 25), (14, 16), "sedang", "penundaan kenaikan pangkat 1 tahun", "potong tukin 25% 9 bulan", 5),
    ((26, 30), (17, 20), "sedang", "penurunan pangkat 1 tahun", "potong tukin 25% 12 bulan", 6),
    ((31, 35), (21, 24), "berat", "penurunan pangkat 3 tahun", "penurunan jabatan 12 bulan", 7),
    (
        (36, 40),
        (25, 27),
        "berat",
        "pemindahan ke jabatan lebih rendah",
        "pembebasan jadi pelaksana 12 bulan",
        8,
    ),
    ((41, 45), None, "berat", "pembebasan dari jabatan", "", 8),
    ((46, None), (28, None), "berat", "PDHTAPS atau PTDH", "PDHTAPS", 9),
    ((0, 4), (0, 2), "tidak ada", "pembinaan", "pembinaan", 0),
)
"""Days absent under either regulation, level, kind of punishment under either, rank."""


def _discipline_rules() -> Iterator[Rule]:
    yield Rule((REGIMES[1], None, Span(10, None)), ("berat", "PDHTAPS dan gaji dihentikan", 9))
    for old, new, level, old_kind, new_kind, rank in GRADES:
        for regime, days, kind in ((REGIMES[0], old, old_kind), (REGIMES[1], new, new_kind)):
            if days:
                yield Rule((regime, Span(*days), None), (level, kind, rank))


DISCIPLINE = Table(
    "hukuman",
    (Column("rezim", "string"), Column("hari_tmk", "number"), Column("tmk_berturut", "number")),
    {"tingkat": "string", "jenis": "string", "rank": "number"},
    tuple(_discipline_rules()),
    "FIRST",
)
ABSENCES: tuple[Inputs, ...] = tuple(
    {"rezim": regime, "hari_tmk": days, "tmk_berturut": in_a_row, "jabatan": "pelaksana"}
    for regime, days, in_a_row in (
        (REGIMES[0], 12, 2),
        (REGIMES[0], 18, 3),
        (REGIMES[0], 4, 1),
        (REGIMES[1], 3, 1),
        (REGIMES[1], 15, 5),
        (REGIMES[1], 28, 4),
        (REGIMES[1], 10, 10),
    )
)

LEVELS = ("ringan", "sedang", "berat")
PUNISHERS = {
    "pelaksana": ("pengawas", "administrator", "bupati"),
    "pengawas": ("administrator", "kepala_dinas", "bupati"),
    "administrator": ("kepala_dinas", "bupati", "bupati"),
    "kepala_dinas": ("bupati", "bupati", "bupati"),
}
EXAMINERS = {
    "pengawas": ("atasan langsung", "tidak"),
    "administrator": ("atasan langsung", "boleh"),
    "kepala_dinas": ("tim pemeriksa", "boleh"),
    "bupati": ("tim pemeriksa", "wajib"),
}
PUNISHER = Table(
    "pejabat",
    (Column("tingkat", "string", of="hukuman"), Column("jabatan", "string")),
    {"penghukum": "string", "sampai_rank": "number"},
    tuple(
        Rule((level, post), (officers[place], 3 * place + 3))
        for post, officers in PUNISHERS.items()
        for place, level in enumerate(LEVELS)
    ),
    "UNIQUE",
)
EXAMINATION = Table(
    "pemeriksaan",
    (Column("penghukum", "string", of="pejabat"),),
    {"pemeriksa": "string", "tim": "string"},
    tuple(Rule((officer,), examiner) for officer, examiner in EXAMINERS.items()),
    "UNIQUE",
)


def plain_discipline(asked: Inputs) -> object:
    regime, days, in_a_row = asked["rezim"], asked["hari_tmk"], asked["tmk_berturut"]
    if regime == REGIMES[1] and in_a_row >= 10:
        return {"tingkat": "berat", "jenis": "PDHTAPS dan gaji dihentikan", "rank": 9}
    for old, new, level, old_kind, new_kind, rank in GRADES:
        span, kind = (old, old_kind) if regime == REGIMES[0] else (new, new_kind)
        if span is not None and span[0] <= days and (span[1] is None or days <= span[1]):
            return {"tingkat": level, "jenis": kind, "rank": rank}
    return None


def plain_examination(asked: Inputs) -> object:
    punishment: Any = plain_discipline(asked)
    level, post = punishment["tingkat"], asked["jabatan"]
    if level not in LEVELS:
        return None
    examiner, team = EXAMINERS[PUNISHERS[post][LEVELS.index(level)]]
    return {"pemeriksa": examiner, "tim": team}


# --- a requirement list ----------------------------------------------------------------------------------------------

SERVICES = ("akta_lahir", "akta_mati", "akta_kawin", "kk_baru", "ktp_el", "pindah")
PAPERS: tuple[tuple[str | None, str | None, str], ...] = (
    (None, None, "Formulir F-1.02 atau F-2.01"),
    (None, "kuasa", "Surat kuasa bermeterai"),
    (None, "kuasa", "KTP-el penerima kuasa"),
    ("akta_lahir", None, "Surat keterangan lahir"),
    ("akta_lahir", None, "Buku nikah atau akta perkawinan orang tua"),
    ("akta_lahir", None, "KK dan KTP-el orang tua"),
    ("akta_lahir", "terlambat", "SPTJM kebenaran data kelahiran"),
    ("akta_mati", None, "Surat keterangan kematian"),
    ("akta_mati", None, "KK dan KTP-el almarhum"),
    ("akta_kawin", None, "Surat keterangan pemuka agama"),
    ("akta_kawin", None, "Pasfoto berdampingan 4x6"),
    ("akta_kawin", None, "KTP-el dua saksi"),
    ("kk_baru", None, "Buku nikah atau akta perceraian"),
    ("kk_baru", "hilang", "Surat kehilangan dari kepolisian"),
    ("ktp_el", None, "KK"),
    ("ktp_el", "hilang", "Surat kehilangan dari kepolisian"),
    ("ktp_el", "rusak", "KTP-el yang rusak"),
    ("pindah", None, "KK"),
    ("pindah", None, "Formulir F-1.03"),
)
REQUIREMENTS = Table(
    "syarat",
    (Column("layanan", "string"), Column("keadaan", "string")),
    {"dokumen": "string"},
    tuple(Rule((service, state), (paper,)) for service, state, paper in PAPERS),
    "COLLECT",
)
APPLICATIONS: tuple[Inputs, ...] = tuple(
    {"layanan": service, "keadaan": state}
    for service, state in product(SERVICES, ("biasa", "kuasa", "hilang"))
)


def plain_requirements(asked: Inputs) -> object:
    service, state = asked["layanan"], asked["keadaan"]
    return [
        {"dokumen": paper}
        for of, when, paper in PAPERS
        if (of is None or of == service) and (when is None or when == state)
    ]


# --- large ones ------------------------------------------------------------------------------------------------------

STEP = 7
STEPS = 5


def large(codes: int, places: int) -> Table:
    """Codes × places × 5 spans of days."""
    rules = tuple(
        Rule((_code(code), _place(place), _days(step)), (f"{_code(code)}.{place}.{step}",))
        for code, place, step in product(range(codes), range(places), range(STEPS))
    )
    columns = (Column("kode", "string"), Column("wilayah", "string"), Column("hari", "number"))
    return Table("tarif", columns, {"kelas": "string"}, rules, "UNIQUE")


def questions(codes: int, places: int) -> Mapping[str, Inputs]:
    """One that the first rule answers, one that the last answers, and one that only the span of days keeps from a hit."""
    last = {"kode": _code(codes - 1), "wilayah": _place(places - 1)}
    return {
        "first": {"kode": _code(0), "wilayah": _place(0), "hari": 0},
        "last": {**last, "hari": STEP * STEPS - 1},
        "miss": {**last, "hari": STEP * STEPS},
    }


def plain_large(table: Table) -> Callable[[Inputs], object]:
    """Row by row, as one would write it without thinking of an index."""
    rows = [(rule.cells[0], rule.cells[1], rule.cells[2], rule.outputs[0]) for rule in table.rules]
    spans = [(code, place, span.low, span.high, given) for code, place, span, given in rows if _is_span(span)]

    def answer(asked: Inputs) -> object:
        kode, wilayah, hari = asked["kode"], asked["wilayah"], asked["hari"]
        for code, place, low, high, given in spans:
            if kode == code and wilayah == place and low <= hari <= high:
                return {"kelas": given}
        return None

    return answer


def _is_span(cell: Cell) -> bool:
    return isinstance(cell, Span)


def _code(number: int) -> str:
    return f"{number // 10:02}.{number % 10:02}"


def _place(number: int) -> str:
    return f"kecamatan {number + 1}"


def _days(step: int) -> Span:
    return Span(STEP * step, STEP * (step + 1) - 1)


def scenarios() -> Iterator[Scenario]:
    """All that is measured."""
    yield Scenario("discipline, D-2", (DISCIPLINE,), ABSENCES, plain_discipline)
    yield Scenario("requirement list", (REQUIREMENTS,), APPLICATIONS, plain_requirements)
    graph = (DISCIPLINE, PUNISHER, EXAMINATION)
    known = tuple(asked for asked in ABSENCES if plain_examination(asked))
    yield Scenario("three decisions", graph, known, plain_examination)
    for codes, places in ((10, 2), (100, 20)):
        table = large(codes, places)
        for which, asked in questions(codes, places).items():
            name = f"{len(table.rules):,} rules, {which}"
            yield Scenario(name, (table,), (asked,), plain_large(table))
