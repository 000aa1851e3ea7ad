"""NIK, KK and NIP, as the rulebook's N-3 has them."""

import pytest

from tests.forms.filling import check, form_of, problems


def asks(kind: str):
    return form_of({"type": "textfield", "key": "n", "label": "Nomor", "properties": {"nomor": kind}})


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("nik", "3508120101900001"),
        ("nik", "3508126902040001"),  # a woman born on 29 February 2004
        ("nik", "3508122902000001"),
        ("kk", "3508123112150009"),
        ("nip", "198503172010012003"),
        ("nip", "199001012008011999"),
        ("nip_pppk", "198503172023212003"),
    ],
)
def test_a_well_formed_number_is_taken(kind, number):
    assert check(asks(kind), {"n": number}) == {"n": number}


@pytest.mark.parametrize(
    ("kind", "number", "name"),
    [
        ("nik", "350812010190000", "NIK"),  # 15 digits
        ("nik", "3508120101900000", "NIK"),  # serial 0000
        ("nik", "3508123201900001", "NIK"),  # day 32
        ("nik", "3508127201900001", "NIK"),  # day 72
        ("nik", "3508120113900001", "NIK"),  # month 13
        ("nik", "3508123002900001", "NIK"),  # 30 February
        ("nik", "3508 1201 0190 0001", "NIK"),
        ("kk", "3508127112150009", "KK"),  # a KK's day takes no 40
        ("nip", "198513172010012003", "NIP"),  # month of birth 13
        ("nip", "198503172010132003", "NIP"),  # month of appointment 13
        ("nip", "198503172010013003", "NIP"),  # sex 3
        ("nip", "198503172000012003", "NIP"),  # appointed at 14
        ("nip", "198503172023212003", "NIP"),  # a PPPK's
        ("nip_pppk", "198502302023212003", "PPPK"),
    ],
)
def test_a_number_that_cannot_be_is_refused(kind, number, name):
    found = problems(asks(kind), {"n": number})["n"]
    assert found.startswith("“Nomor” bukan ")
    assert name in found


def test_an_empty_number_is_no_wrong_number():
    assert check(asks("nik"), {"n": ""}) == {"n": ""}
