"""The office's roles."""

import os
from pathlib import Path

import pytest
import yaml

from server.identity import (
    InvalidRoles,
    Lingkup,
    Penerima,
    Permission,
    Roles,
    UnknownRole,
    WrongBidang,
    read_roles,
)

OFFICE = """
bidang:
  loket: {nama: Loket, kepala: kasi}
roles:
  kasi: {nama: Kepala Seksi, jenis: pegawai, lingkup: bidang, penerima: pemegang, printed: [Kasi]}
  staf: {nama: Staf Seksi, jenis: pegawai, lingkup: dinas, penerima: pemegang, atasan: kasi, printed: [Staf, Juru]}
  juru: {nama: Juru Tulis, jenis: pegawai, lingkup: dinas, penerima: pemegang, atasan: staf, printed: [Juru]}
izin:
  start: [staf]
  see_bidang: [staf@loket]
"""


@pytest.fixture
def office() -> Roles:
    return read_roles(OFFICE.encode())


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Kepala Seksi", "kasi"),
        ("Kasi", "kasi"),
        ("  kepala   SEKSI ", "kasi"),
        ("Staf", "staf"),
        ("Juru", None),
        ("Bupati", None),
        ("", None),
    ],
)
def test_a_lane_name_that_fits_exactly_one_role_names_it(office: Roles, name: str, role: str | None) -> None:
    found = office.role_by_lane(name)
    assert (found and found.id) == role


@pytest.mark.parametrize(
    ("role", "bidang", "group"),
    [("staf", None, "staf"), ("staf", "loket", "staf"), ("kasi", "loket", "kasi@loket")],
)
def test_a_group_carries_the_bidang_only_of_a_role_held_per_bidang(
    office: Roles, role: str, bidang: str | None, group: str
) -> None:
    assert office.group(role, bidang) == group


@pytest.mark.parametrize(
    ("role", "bidang", "error"),
    [("camat", None, UnknownRole), ("kasi", None, WrongBidang), ("kasi", "arsip", WrongBidang)],
)
def test_a_group_that_nobody_can_hold_is_refused(
    office: Roles, role: str, bidang: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        office.group(role, bidang)


def test_officers_above_are_named_from_the_nearest_to_the_highest(office: Roles) -> None:
    assert [role.id for role in office.next_higher("juru")] == ["staf", "kasi"]


def test_first_grants_are_read_with_their_bidang(office: Roles) -> None:
    assert [(one.permission, one.role, one.bidang) for one in office.first_grants] == [
        (Permission.START, "staf", None),
        (Permission.SEE_BIDANG, "staf", "loket"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("atasan: kasi", "atasan: camat", "staf"),
        ("atasan: kasi", "atasan: juru", "juru"),
        ("atasan: kasi", "atasan: staf", "staf"),
        ("lingkup: dinas, penerima: pemegang, atasan: kasi", "lingkup: dinas, penerima: wakil", "staf"),
        (
            "lingkup: dinas, penerima: pemegang, atasan: kasi",
            "lingkup: dinas, penerima: wakil, wakil: camat",
            "staf",
        ),
        ("kepala: kasi", "kepala: camat", "loket"),
        ("start: [staf]", "start: [camat]", "start"),
        ("staf@loket", "staf@arsip", "see_bidang"),
    ],
)
def test_a_file_that_points_nowhere_is_refused_with_the_place(old: str, new: str, where: str) -> None:
    with pytest.raises(InvalidRoles) as refused:
        read_roles(OFFICE.replace(old, new).encode())
    assert where in [problem.where for problem in refused.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "roles: [",
        "roles: {}",
        OFFICE.replace("jenis: pegawai", "jenis: robot"),
        OFFICE.replace("start", "fly"),
    ],
)
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(InvalidRoles):
        read_roles(text.encode())


# --- the product's own file


def test_every_employee_but_the_head_has_an_officer_above_who_leads_to_the_head(roles: Roles) -> None:
    tops = {
        role.id: [role, *roles.next_higher(role.id)][-1].id
        for role in roles.values()
        if role.jenis == "pegawai"
    }
    assert set(tops.values()) == {"kepala_dinas"}


@pytest.mark.parametrize(
    ("role", "above"),
    [
        ("staf_umpeg", ["kasubag_umpeg", "sekretaris", "kepala_dinas"]),
        ("petugas_loket", ["kepala_seksi", "kepala_bidang", "kepala_dinas"]),
        ("pemohon", []),
    ],
)
def test_the_chain_of_officers_is_the_office_s(roles: Roles, role: str, above: list[str]) -> None:
    assert [one.id for one in roles.next_higher(role)] == above


def test_a_staff_member_s_spelling_names_no_role_as_many_share_it(roles: Roles) -> None:
    assert roles.role_by_lane("Staf") is None


def test_whoever_stands_in_for_an_outsider_works_in_the_office(roles: Roles) -> None:
    insiders = {role.wakil for role in roles.values() if role.penerima is Penerima.WAKIL}
    assert {roles[insider or ""].jenis for insider in insiders} == {"pegawai"}


def test_only_fields_with_a_head_of_their_own_hold_roles_per_bidang(roles: Roles) -> None:
    headed = {one.id for one in roles.bidang.values() if roles[one.kepala].lingkup is Lingkup.BIDANG}
    assert headed == {"pendaftaran-penduduk", "pencatatan-sipil", "piak", "pemanfaatan-data-inovasi"}


@pytest.mark.skipif(
    "SOP_BOOK" not in os.environ, reason="SOP_BOOK names no folder with the cleaned-up SOP book"
)
def test_the_roles_are_the_book_s(roles: Roles) -> None:
    book = yaml.safe_load((Path(os.environ["SOP_BOOK"]) / "roles.yaml").read_bytes())
    ours = yaml.safe_load((Path(__file__).parents[2] / "bpmn" / "roles.yaml").read_bytes())["roles"]
    assert {id_: {**facts, "atasan": None} for id_, facts in ours.items()} == {
        id_: {**facts, "atasan": None} for id_, facts in book.items()
    }
