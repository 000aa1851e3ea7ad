"""After the storm: every case is brought to its end, as people would."""

import time

from tests.crash.clients import Broken
from tests.crash.conftest import Site
from tests.soak.procedure import FIELDS, MESSAGE, PROCESS

SECONDS = 180


def finish_what_is_open(site: Site) -> None:
    """Returns when no case is left, or no more can be done within three minutes: then some are stuck."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            if _round(site) == 0:
                return
        except (*Broken, AssertionError):
            pass
        time.sleep(0.2)


def _round(site: Site) -> int:
    """Does what there is to do; how many cases are left."""
    andi = site.people["andi"]
    for state in ("SUSPENDED",):
        for case in _cases(site, state):
            andi.post(f"/v2/process-instances/{case}/resumption", {})
    for task in andi.open(processDefinitionId=PROCESS):
        who = site.people.get(task["assignee"] or "andi", andi)
        answer: dict[str, object] = {FIELDS[task["elementId"]]: f"akhir-{task['userTaskKey']}"}
        if task["elementId"] == "isi":
            answer["ulang"] = False
        who.complete(int(task["userTaskKey"]), answer)
    _tell_who_waits(site)
    return len(_cases(site, "ACTIVE")) + len(_cases(site, "SUSPENDED"))


def _cases(site: Site, state: str) -> list[int]:
    query = {"filter": {"state": state}, "page": {"limit": 200}}
    status, answer = site.people["andi"].post("/v2/process-instances/search", query)
    assert status == 200, answer
    return [int(item["processInstanceKey"]) for item in answer["items"]]


def _tell_who_waits(site: Site) -> None:
    """Publishes what the cases still wait for, under the id under which it may have been published already."""
    andi = site.people["andi"]
    status, answer = andi.post("/v2/message-subscriptions/search", {"page": {"limit": 200}})
    assert status == 200, answer
    for item in answer["items"]:
        word = item["correlationKey"]
        if word:
            body = {"name": MESSAGE, "correlationKey": word, "messageId": word, "timeToLive": 3_600_000}
            andi.post("/v2/messages/publication", body | {"variables": {"kabar": word}})
