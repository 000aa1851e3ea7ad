"""What follows a row, in the words of offices."""

import pytest

from server.sop.alur import Alur, read_alur, with_the_other_answer, written
from server.sop.procedure import Branch

BRANCHES = (
    Branch(5, "setuju"),
    Branch(3, "tidak setuju"),
    Branch(None, "ditolak; berhenti", "Berkas kembali; selesai"),
)


def test_what_is_written_is_read_back() -> None:
    assert read_alur(written("Surat disetujui?", BRANCHES)) == Alur("Surat disetujui?", BRANCHES)


@pytest.mark.parametrize(
    ("text", "branches"),
    [
        ("Jika tidak, kembali ke langkah 3", (Branch(3, "tidak"),)),
        (
            "jika setuju ke 5; bila tidak setuju dikembalikan ke no. 3",
            (Branch(5, "setuju"), Branch(3, "tidak setuju")),
        ),
        (
            "Apabila lengkap lanjut ke 4. Apabila belum lengkap selesai",
            (Branch(4, "lengkap"), Branch(None, "belum lengkap")),
        ),
        ("lanjut ke 7", (Branch(7),)),
    ],
)
def test_other_wordings_are_understood(text: str, branches: tuple[Branch, ...]) -> None:
    found = read_alur(text)
    assert found
    assert found.branches == branches


def test_an_answer_that_leads_to_somebody_says_to_whom() -> None:
    found = read_alur("Bila setuju diparaf, bila tidak kembali ke staf untuk diperbaiki.")
    assert found
    assert found.people == (("tidak", "staf"),)


def test_text_that_says_nothing_of_the_flow_is_none() -> None:
    assert read_alur("SOP Pengagendaan Surat Keluar") is None


def test_the_answer_that_is_not_told_leads_on() -> None:
    assert with_the_other_answer((Branch(3, "tidak setuju"),), 6) == (
        Branch(6, "setuju"),
        Branch(3, "tidak setuju"),
    )
