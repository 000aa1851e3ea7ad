"""Succession: tasks go up the chain of `atasan` to the nearest officer who is somebody else."""

import pytest

from server.identity import Roles, Stand
from server.identity.succession import receiver, stands_of


def above(roles: Roles, role: str, bidang: str | None) -> list[str]:
    return list(roles.groups_above(role, bidang))


@pytest.mark.parametrize(
    ("role", "bidang", "groups"),
    [
        ("petugas_loket", "piak", ["kepala_seksi@piak", "kepala_bidang@piak", "kepala_dinas"]),
        ("staf_piak", "piak", ["kepala_seksi@piak", "kepala_bidang@piak", "kepala_dinas"]),
        ("staf_piak", None, ["kepala_dinas"]),
        ("petugas_loket", "keuangan", ["sekretaris", "kepala_dinas"]),
        ("staf_umpeg", "umum-kepegawaian", ["kasubag_umpeg", "sekretaris", "kepala_dinas"]),
        ("kepala_dinas", None, []),
    ],
)
def test_the_chain_rises_in_the_processs_bidang(
    roles: Roles, role: str, bidang: str | None, groups: list[str]
) -> None:
    assert above(roles, role, bidang) == groups


def test_a_vacant_role_of_the_whole_office_has_another_receiver_in_each_bidang(roles: Roles) -> None:
    holders = {"kepala_seksi@piak": None, "kepala_seksi@pencatatan-sipil": None, "kepala_dinas": None}
    kasi = stands_of(roles, holders, frozenset({"kepala_seksi@piak"}))
    assert Stand("staf_piak", "piak", False, None) in kasi
    assert Stand("petugas_loket@piak", None, True, None) in kasi
    assert not any(stand.bidang == "pencatatan-sipil" or "pencatatan" in stand.group for stand in kasi)


def test_an_only_holders_own_case_goes_past_them_and_past_all_their_other_offices(roles: Roles) -> None:
    holders = {"kasubag_umpeg": "budi", "sekretaris": "budi", "kepala_dinas": "ani"}
    assert receiver(roles, holders, "kasubag_umpeg", None) == "kasubag_umpeg"
    assert receiver(roles, holders, "kasubag_umpeg", None, "budi") == "kepala_dinas"
    head = stands_of(roles, holders, frozenset({"kepala_dinas"}))
    assert {Stand("kasubag_umpeg", None, True, "budi"), Stand("sekretaris", None, True, "budi")} <= head


def test_nobody_stands_above_a_role_that_is_held_by_several(roles: Roles) -> None:
    holders = {"kasubag_umpeg": None, "sekretaris": "ani"}
    above_them = stands_of(roles, holders, frozenset({"sekretaris"}))
    assert not [stand for stand in above_them if stand.group == "kasubag_umpeg"]


def test_who_holds_nothing_receives_nothing(roles: Roles) -> None:
    assert stands_of(roles, {}, frozenset()) == frozenset()
