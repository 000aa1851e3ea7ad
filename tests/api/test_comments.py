"""Comments by program: read and added by who may on the pages, and never run."""

import pytest

from tests.api.conftest import Caller

XSS = "<img src=x onerror=alert(1)>"


def listed(caller: Caller, case: str, **page: object) -> list[str]:
    asked = "&".join(f"{name}={value}" for name, value in page.items())
    found = caller.get(f"/api/process-instances/{case}/comments?{asked}")
    return [each["words"] for each in found["items"]]


def test_comments_are_added_at_a_case_and_at_a_task_and_listed_from_the_first_on(
    case: str, task: str, pns: Caller, kasubag: Caller
) -> None:
    first = pns.call("POST", f"/api/process-instances/{case}/comments", {"words": f"Mohon dipercepat {XSS}"})
    assert first.status_code == 201
    second = kasubag.call("POST", f"/api/user-tasks/{task}/comments", {"words": " Baik\r\nsaya lihat "})
    assert second.status_code == 201
    (said, answered) = pns.get(f"/api/process-instances/{case}/comments")["items"]
    assert (said["by"], said["words"], said["userTaskKey"]) == ("pns", f"Mohon dipercepat {XSS}", None)
    assert (answered["by"], answered["words"]) == ("kasubag_umpeg", "Baik\nsaya lihat")
    assert (answered["userTaskKey"], answered["taskName"]) == (task, answered["taskName"])
    assert answered["taskName"]
    assert listed(kasubag, case, limit=1) == [said["words"]]


@pytest.mark.parametrize("body", [{}, {"words": ""}, {"words": " \n"}, {"words": 5}, {"words": "a" * 2001}])
def test_what_says_nothing_is_refused_in_words(case: str, pns: Caller, body: dict[str, object]) -> None:
    answer = pns.call("POST", f"/api/process-instances/{case}/comments", body)
    assert answer.status_code == 400
    assert [each["where"] for each in answer.json["problems"]] == ["words"]
    assert listed(pns, case) == []


def test_a_case_that_is_over_is_commented_no_more(case: str, task: str, pns: Caller, admin: Caller) -> None:
    admin.call("POST", f"/v2/process-instances/{case}/cancellation")
    for path in (f"/api/process-instances/{case}/comments", f"/api/user-tasks/{task}/comments"):
        assert pns.call("POST", path, {"words": "halo"}).status_code == 409
