"""Comments on the pages of tasks and cases: who says and reads them, and what becomes of their words."""

import pytest
from sqlalchemy import update

from server import notify
from server.notify import CommentWords
from tests.web.conftest import FORM, WHY, XSS, Site, begin, case_of, post, send


@pytest.fixture
def task(leave: Site) -> int:
    return begin(leave)


def test_a_comment_is_read_by_who_sees_the_case_and_is_never_run(leave: Site, task: int) -> None:
    case, pns, chief = case_of(leave), leave.client("pns"), leave.client("kasubag_umpeg")
    answer = post(pns, f"/tugas/{task}/komentar", {"komentar": f"Mohon dipercepat {XSS}"})
    assert answer.headers["Location"] == f"/tugas/{task}?kabar=dikomentari#comments"
    assert post(chief, f"/perkara/{case}/komentar", {"komentar": "Baik\r\nsaya lihat"}).status_code == 303
    for page in (pns.get(f"/tugas/{task}").text, chief.get(f"/perkara/{case}").text):
        assert "Mohon dipercepat &lt;/script&gt;&lt;img" in page
        assert "<img src=x" not in page
        assert "Baik\nsaya lihat" in page
        assert page.index("saya lihat") < page.index("Mohon dipercepat")


@pytest.mark.parametrize(
    ("words", "sentence"), [(" \n", "Tulis dahulu komentarnya"), ("a" * 2001, "paling panjang 2000 huruf")]
)
def test_what_cannot_be_said_is_told_at_the_field_and_stays_there(
    leave: Site, task: int, words: str, sentence: str
) -> None:
    for path in (f"/tugas/{task}/komentar", f"/perkara/{case_of(leave)}/komentar"):
        answer = post(leave.client("pns"), path, {"komentar": words})
        assert (answer.status_code, sentence in answer.text) == (422, True)
        assert words.strip() in answer.text


def test_a_stranger_neither_says_nor_reads_anything(leave: Site, task: int) -> None:
    case, stranger = case_of(leave), leave.client("staf_umpeg")
    for path in (f"/tugas/{task}/komentar", f"/perkara/{case}/komentar", "/perkara/1/komentar"):
        assert post(stranger, path, {"komentar": "halo"}).status_code == 404
    assert leave.ask("staf_umpeg", notify.comments_of, case) == []
    forged = {"komentar": "halo", "_token": "0" * 64}
    assert leave.client("pns").post(f"/tugas/{task}/komentar", data=forged).status_code == 403


def test_who_is_only_offered_a_task_may_read_and_answer(leave: Site, task: int) -> None:
    case = case_of(leave)
    post(leave.client("pns"), f"/tugas/{task}/komentar", {"komentar": "Titip"})
    send(leave.client("pns"), f"/tugas/{task}/selesai", FORM)
    assert [each["words"] for each in leave.ask("kasubag_umpeg", notify.comments_of, case)] == ["Titip"]


def test_a_closed_case_is_commented_no_more(leave: Site, task: int) -> None:
    case, pns = case_of(leave), leave.client("pns")
    post(pns, f"/perkara/{case}/batal", WHY)
    assert post(pns, f"/perkara/{case}/komentar", {"komentar": "halo"}).status_code == 409
    assert "Kirim komentar" not in pns.get(f"/perkara/{case}").text


def test_words_that_retention_has_blanked_leave_who_spoke_and_when(leave: Site, task: int) -> None:
    pns = leave.client("pns")
    post(pns, f"/tugas/{task}/komentar", {"komentar": "rahasia"})
    leave.office.gate.change(lambda connection: connection.execute(update(CommentWords).values(words=None)))
    page = pns.get(f"/tugas/{task}").text
    assert "rahasia" not in page
    assert "sudah dihapus menurut masa simpan" in page
