"""Standard times in words."""

import pytest

from server.sop.waktu import NoTime, in_words, read_time


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("15 menit", "PT15M"),
        ("2 hari", "P2D"),
        ("2 hari kerja", "P2D"),
        ("1 jam 30 menit", "PT1H30M"),
        ("1,5 jam", "PT1H30M"),
        ("½ hari", "PT4H"),
        ("5 (lima) menit", "PT5M"),
        ("30'", "PT30M"),
        ("setengah jam", "PT30M"),
        ("tiga bulan", "P3M"),
        ("1 minggu", "P1W"),
        ("PT8M", "PT8M"),
        ("2 x 24 jam", "P2D"),
        ("3×24 Jam", "P3D"),
        ("maks. 1 (satu) x 24 (dua puluh empat) jam", "P1D"),
        ("2 x 30 menit", "PT60M"),
        ("2 x 3 jam", "PT6H"),
        ("Relatif", None),
        ("-", None),
    ],
)
def test_a_time_is_understood(text: str, iso: str | None) -> None:
    assert read_time(text) == iso


@pytest.mark.parametrize("text", ["entah", "2 x", "24 x jam", "sebelum pukul 10", "menit", "0,333 menit"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(NoTime):
        read_time(text)


@pytest.mark.parametrize("iso", ["PT15M", "P2D", "PT1H30M", "P1W", "P1DT4H"])
def test_words_are_read_back_as_the_same_time(iso: str) -> None:
    assert read_time(in_words(iso)) == iso
