"""The agenda books: who finds what in them, and what superiors write on a letter."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from server import errors
from server.letters import agenda, letterhead, sheets, sight
from server.letters.agenda import NewDisposition, Sought
from server.letters.models import Direction
from tests.letters.conftest import LetterOffice, day

HOSTILE = (
    '#panic("x") $x$ [a](b) // *',
    "=cmd|' /C calc'!A0",
    "א" * 40 + " 🦄 " + "ي" * 30,
    "x" * 290,
    "<script>alert(1)</script>",
)


def found(
    office: LetterOffice, who: str, arah: Direction = Direction.MASUK, **said: object
) -> list[dict[str, object]]:
    page: agenda.Found = office.ask(agenda.search, who, Sought(arah, **said))  # type: ignore[arg-type]
    return page.items


def test_a_letter_is_found_by_number_party_and_hal(office: LetterOffice) -> None:
    office.receive(pihak="Camat Tempeh", hal="Data kematian 100%", nomor_asal="470/12/2026")
    office.receive(pihak="Bupati", hal="Undangan", sifat="segera")
    for text in ("tempeh", "KEMATIAN", "470/12", "100%", "0001"):
        assert [one["pihak"] for one in found(office, "staf_umpeg", text=text)] == ["Camat Tempeh"]
    assert found(office, "staf_umpeg", text="_") == []
    assert [one["pihak"] for one in found(office, "sekretaris", sifat="segera")] == ["Bupati"]
    assert found(office, "sekretaris", tahun=2025) == []
    assert found(office, "sekretaris", Direction.KELUAR) == []


def test_pages_follow_each_other(office: LetterOffice) -> None:
    for number in range(5):
        office.receive(hal=f"Hal {number}")
    first = office.ask(agenda.search, "staf_umpeg", Sought(Direction.MASUK, size=2))
    last = office.ask(agenda.search, "staf_umpeg", Sought(Direction.MASUK, size=2, page=9))
    assert (first.total, first.pages, last.page) == (5, 3, 3)
    assert [one["hal"] for one in (*first.items, *last.items)] == ["Hal 4", "Hal 3", "Hal 0"]


def test_a_confidential_letter_is_a_number_to_whom_it_does_not_concern(office: LetterOffice) -> None:
    key = office.receive(hal="Pengaduan", pihak="Warga", sifat="rahasia")
    (shown,) = found(office, "sekretaris")
    assert (shown["nomor"], shown["hal"], shown["pihak"], shown["terbuka"]) == ("0001", None, None, False)
    assert found(office, "sekretaris", text="pengaduan") == []
    with pytest.raises(agenda.UnknownLetter):
        office.ask(agenda.find, "sekretaris", key)
    for who in ("staf_umpeg", "kepala_dinas"):
        assert office.ask(agenda.find, who, key)["hal"] == "Pengaduan"
    office.do(agenda.dispose, "kepala_dinas", key, NewDisposition(["sekretaris"], ["telaah"]))
    assert office.ask(agenda.find, "sekretaris", key)["hal"] == "Pengaduan"


def test_who_has_nothing_to_do_with_letters_finds_none_and_enters_none(office: LetterOffice) -> None:
    key = office.receive()
    assert found(office, "pns") == []
    with pytest.raises(agenda.UnknownLetter):
        office.ask(agenda.find, "pns", key)
    for verb, args in (
        (agenda.enter, [agenda.NewLetter("surat_masuk", day("2026-11-27"), "A", "B")]),
        (agenda.cancel, [key, "x"]),
        (agenda.amend, [key, {}]),
    ):
        for who in ("pns", "sekretaris"):
            with pytest.raises(sight.NotAKeeper):
                office.do(verb, who, *args)


def test_a_disposition_hands_a_letter_on_and_says_by_when(office: LetterOffice) -> None:
    key = office.receive()
    assert found(office, "kasubag_keuangan") == []
    new = NewDisposition(["kasubag_keuangan", "sekretaris"], ["tindak_lanjuti"], "Segera", day("2026-12-01"))
    office.do(agenda.dispose, "kepala_dinas", key, new)
    (shown,) = found(office, "kasubag_keuangan")
    assert (shown["pemegang"], shown["tenggat"]) == (["sekretaris", "kasubag_keuangan"], day("2026-12-01"))
    office.do(agenda.dispose, "sekretaris", key, NewDisposition(["kasubag_evapor"], ["arsip"]))
    assert office.ask(agenda.find, "staf_umpeg", key)["pemegang"] == ["kasubag_evapor"]
    office.do(agenda.finish, "kasubag_evapor", key)
    item = office.ask(agenda.find, "staf_umpeg", key)
    assert (item["pemegang"], [one["jabatan"] for one in item["disposisi"]]) == (
        None,
        ["Kepala Dinas", "Sekretaris"],
    )


@pytest.mark.parametrize(
    "new",
    [
        NewDisposition([], ["arsip"]),
        NewDisposition(["bupati"], ["arsip"]),
        NewDisposition(["sekretaris"], []),
        NewDisposition(["sekretaris"], ["bakar"]),
        NewDisposition(["sekretaris"], ["arsip"], None, day("2026-11-01")),
        NewDisposition(["sekretaris"], ["arsip"], "x" * 2001),
    ],
)
def test_a_disposition_that_says_nothing_usable_is_refused(office: LetterOffice, new: NewDisposition) -> None:
    key = office.receive()
    with pytest.raises(agenda.WrongLetter):
        office.do(agenda.dispose, "kepala_dinas", key, new)
    with pytest.raises((sight.NotAKeeper, agenda.NotASuperior)):
        office.do(agenda.dispose, "staf_umpeg", key, NewDisposition(["sekretaris"], ["arsip"]))


@pytest.mark.parametrize(
    "said",
    [
        {"pihak": " "},
        {"hal": "x" * 501},
        {"sifat": "gawat"},
        {"nomor_asal": None},
        {"tanggal_asal": day("2026-11-28")},
        {"tanggal": day("1026-11-01")},
    ],
)
def test_a_letter_that_is_half_told_is_refused(office: LetterOffice, said: dict[str, object]) -> None:
    with pytest.raises(errors.Invalid):
        office.receive(**said)
    assert office.rows() == []


def test_hostile_texts_are_only_texts_on_paper_and_in_cells(office: LetterOffice) -> None:
    for text in HOSTILE:
        key = office.receive(pihak=text, hal=text, nomor_asal=text[:120], lampiran=text[:200])
        office.do(agenda.dispose, "kepala_dinas", key, NewDisposition(["sekretaris"], ["arsip"], text))
    items = office.ask(agenda.search, "staf_umpeg", Sought(Direction.MASUK, size=agenda.MOST)).items
    roles, head, now = (
        office.house.engine.roles,
        letterhead(office.house.config),
        office.house.engine.clock.now(),
    )
    book = load_workbook(BytesIO(sheets.book_xlsx(roles, Direction.MASUK, 2026, items)))
    cells = [cell.value for row in book.active.iter_rows(min_row=2) for cell in row if cell.value]
    assert not [value for value in cells if str(value).startswith(("=", "+", "-", "@"))]
    assert '#panic("x") $x$ [a](b) // *' in cells
    printed = PdfReader(BytesIO(sheets.book_pdf(head, roles, Direction.MASUK, 2026, items, now)))
    assert "#panic" in "".join(page.extract_text() for page in printed.pages)
    sheet = PdfReader(BytesIO(sheets.disposition_pdf(head, roles, items[-1], now)))
    assert len(sheet.pages) == 1
