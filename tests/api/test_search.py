"""Filters, sorting and pages: one machine for every search."""

import base64
from typing import Any

import pytest

from server.db import dump_json, load_json
from server.engine.search.listing import MOST_COUNTED, _like
from tests.api.conftest import Caller

pytestmark = pytest.mark.both_databases

REASONS = ["a", "b", "c", "d", "e"]


@pytest.fixture
def cases(published: Any, pns: Caller) -> list[str]:
    """Five cases, keys in the order of their start; IZIN-2026-0001 to -0005."""
    started = [
        pns.post("/v2/process-instances", {"processDefinitionId": "izin", "variables": {"alasan": reason}})
        for reason in REASONS
    ]
    return [each["processInstanceKey"] for each in started]


def numbers(caller: Caller, **query: Any) -> list[int]:
    """The last digit of each found case's number."""
    return [int(item["businessId"][-1]) for item in caller.items("process-instances", **query)]


# --- filters


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"businessId": "IZIN-2026-0002"}, [2]),
        ({"businessId": {"$eq": "IZIN-2026-0002"}}, [2]),
        ({"businessId": {"$neq": "IZIN-2026-0002"}}, [1, 3, 4, 5]),
        ({"businessId": {"$in": ["IZIN-2026-0002", "IZIN-2026-0005"]}}, [2, 5]),
        ({"businessId": {"$notIn": ["IZIN-2026-0002", "IZIN-2026-0005"]}}, [1, 3, 4]),
        ({"businessId": {"$in": []}}, []),
        ({"businessId": {"$like": "izin-*3"}}, [3]),
        ({"businessId": {"$like": "IZIN-2026-000?", "$neq": "IZIN-2026-0001"}}, [2, 3, 4, 5]),
        ({"businessId": {"$like": "IZIN"}}, []),
        ({"businessId": {"$like": "%"}}, []),
        ({"businessId": {"$exists": True}}, [1, 2, 3, 4, 5]),
        ({"endDate": {"$exists": True}}, []),
        ({"startDate": {"$lte": "2026-03-02T09:00:00+07:00"}}, [1, 2, 3, 4, 5]),
        ({"startDate": {"$gt": "2026-03-02T02:00:00Z"}}, []),
        ({"startDate": "2026-03-02T02:00:00Z"}, [1, 2, 3, 4, 5]),
        ({"processDefinitionVersion": {"$gte": 1, "$lt": 2}}, [1, 2, 3, 4, 5]),
        ({"state": {"$in": ["ACTIVE", "COMPLETED"]}}, [1, 2, 3, 4, 5]),
        ({"state": "TERMINATED"}, []),
        ({"hasIncident": False}, [1, 2, 3, 4, 5]),
        ({"hasIncident": True}, []),
        ({"tenantId": "<default>"}, [1, 2, 3, 4, 5]),
        ({"variables": [{"name": "alasan", "value": '"c"'}]}, [3]),
        ({"variables": [{"name": "alasan", "value": {"$in": ['"a"', '"b"']}}]}, [1, 2]),
        (
            {"variables": [{"name": "alasan", "value": {"$like": "*e*"}}, {"name": "lama", "value": '"x"'}]},
            [],
        ),
        ({"$or": [{"businessId": "IZIN-2026-0001"}, {"businessId": "IZIN-2026-0004"}]}, [1, 4]),
        ({"state": "ACTIVE", "$or": [{"businessId": "IZIN-2026-0001", "state": "COMPLETED"}]}, []),
    ],
)
def test_a_filter_finds(cases: list[str], pns: Caller, filter_: dict[str, Any], expected: list[int]) -> None:
    assert numbers(pns, filter=filter_) == expected


@pytest.mark.parametrize(
    "filter_",
    [
        {"businessId": 1},
        {"businessId": {"$gt": "a"}},
        {"businessId": {"$in": "a"}},
        {"businessId": {"$in": [None]}},
        {"businessId": {"$exists": "true"}},
        {"businessId": {"$in": ["x"] * 1001}},
        {"businessId": {"$regex": "."}},
        {"processInstanceKey": 12},
        {"processInstanceKey": {"$like": "1*"}},
        {"processDefinitionVersion": 2**31},
        {"processDefinitionVersion": True},
        {"startDate": "2026-03-02"},
        {"startDate": "0001-01-01T00:00:00+14:00"},
        {"startDate": 5},
        {"state": "LARI"},
        {"tenantId": "lain"},
        {"hasIncident": 1},
        {"variables": [{"name": "alasan"}]},
        {"variables": [{"name": "x", "value": "1"}] * 21},
        {"$or": {}},
        {"$or": [{"$or": []}]},
        None,
        [],
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(pns: Caller, filter_: Any) -> None:
    assert pns.call("POST", "/v2/process-instances/search", {"filter": filter_}).status_code == 400


@pytest.mark.parametrize(
    ("pattern", "sql"),
    [
        ("a*b?", "a%b_"),
        (r"a\*b\?", "a*b?"),
        ("100%_", r"100\%\_"),
        (r"a\\b", r"a\\b"),
        (r"a\%", r"a\%"),
        ("a\\", r"a\\"),
        ("", ""),
    ],
)
def test_a_like_pattern_becomes_sql(pattern: str, sql: str) -> None:
    assert _like(pattern) == sql


# --- order


def test_the_last_sort_field_decides_least(cases: list[str], pns: Caller) -> None:
    sort = [{"field": "state"}, {"field": "businessId", "order": "DESC"}]
    assert numbers(pns, sort=sort) == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_what_has_no_value_comes_last(cases: list[str], pns: Caller, admin: Caller, order: str) -> None:
    for case in cases[:2]:
        admin.post(f"/v2/process-instances/{case}/cancellation")
    found = numbers(pns, sort=[{"field": "endDate", "order": order}])
    assert found == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("what", ["process-instances", "process-definitions", "variables", "incidents"])
def test_the_tenant_sorts_nothing(cases: list[str], pns: Caller, what: str) -> None:
    assert pns.search(what, sort=[{"field": "tenantId", "order": "DESC"}])["page"]["totalItems"] >= 0


# --- pages


def test_a_page_by_offset(cases: list[str], pns: Caller) -> None:
    assert numbers(pns, page={"from": 2, "limit": 2}) == [3, 4]


def test_no_rows_but_the_total_beyond_the_end(cases: list[str], pns: Caller) -> None:
    found = pns.search("process-instances", page={"from": 50})
    assert found == {
        "items": [],
        "page": {"totalItems": 5, "hasMoreTotalItems": False, "startCursor": None, "endCursor": None},
    }


SORTS: list[list[dict[str, str]]] = [
    [],
    [{"field": "businessId", "order": "DESC"}],
    [{"field": "state"}, {"field": "startDate", "order": "DESC"}],
    [{"field": "endDate"}],
    [{"field": "endDate", "order": "DESC"}, {"field": "businessId", "order": "DESC"}],
    [{"field": "hasIncident"}, {"field": "processDefinitionVersion"}],
]


@pytest.mark.parametrize("sort", SORTS)
def test_cursors_lead_through_all_and_back(
    cases: list[str], pns: Caller, admin: Caller, sort: list[dict[str, str]]
) -> None:
    for case in (cases[3], cases[1]):
        admin.post(f"/v2/process-instances/{case}/cancellation")
    everything = numbers(pns, sort=sort)
    forth, cursor = [], None
    for _ in everything:
        page = pns.search(
            "process-instances", sort=sort, page={"limit": 1} | ({"after": cursor} if cursor else {})
        )
        forth += [int(item["businessId"][-1]) for item in page["items"]]
        cursor = page["page"]["endCursor"]
    assert forth == everything
    back = numbers(pns, sort=sort, page={"limit": 3, "before": cursor})
    assert back == everything[1:4]
    assert pns.search("process-instances", sort=sort, page={"after": cursor})["items"] == []


def test_a_page_after_a_cursor_counts_everything(cases: list[str], pns: Caller) -> None:
    first = pns.search("process-instances", page={"limit": 2})["page"]
    assert first["totalItems"] == 5
    assert pns.search("process-instances", page={"after": first["endCursor"]})["page"]["totalItems"] == 5


def cursor(*values: object) -> str:
    return base64.b64encode(dump_json(list(values)).encode()).decode()


@pytest.mark.parametrize(
    "made",
    [
        "",
        "!",
        "e30=",
        cursor(),
        cursor(1, 2),
        cursor("x"),
        cursor(2**70),
        cursor([1]),
        cursor(True),
        cursor(1.5),
    ],
)
def test_a_cursor_of_another_making_is_refused(pns: Caller, made: str) -> None:
    answer = pns.call("POST", "/v2/process-instances/search", {"page": {"after": made}})
    assert answer.status_code == 400
    assert "Penanda" in load_json(answer.data)["detail"]


@pytest.mark.parametrize("made", [cursor("entah", 1), cursor("2026-03-02T02:00:00", 1), cursor(1, 1)])
def test_a_cursor_of_time_needs_an_instant(pns: Caller, made: str) -> None:
    query = {"sort": [{"field": "startDate"}], "page": {"before": made}}
    assert pns.call("POST", "/v2/process-instances/search", query).status_code == 400


@pytest.mark.parametrize(
    "page",
    [
        {"limit": 0},
        {"limit": 10_001},
        {"from": -1},
        {"limit": "5"},
        {"from": 1, "after": "e30="},
        {"after": "e30=", "before": "e30="},
        {"lompat": 1},
    ],
)
def test_a_page_that_makes_no_sense_is_refused(pns: Caller, page: dict[str, object]) -> None:
    assert pns.call("POST", "/v2/process-instances/search", {"page": page}).status_code == 400


def test_the_total_stops_at_its_limit(cases: list[str], pns: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_COUNTED == 10_000
    monkeypatch.setattr("server.engine.search.listing.MOST_COUNTED", 3)
    page = pns.search("process-instances", page={"limit": 2})["page"]
    assert (page["totalItems"], page["hasMoreTotalItems"]) == (3, True)


SEARCHES = [
    "process-definitions",
    "process-instances",
    "user-tasks",
    "variables",
    "element-instances",
    "incidents",
    "decision-definitions",
    "decision-requirements",
    "decision-instances",
]


def schema_of(caller: Caller, what: str, part: str) -> Any:
    """What the document says of a search's filter or sort."""
    document = caller.get("/api/openapi.json")
    body = document["paths"][f"/v2/{what}/search"]["post"]["requestBody"]["content"]["application/json"]
    name = body["schema"]["$ref"].rsplit("/", 1)[1].removesuffix("Search")
    return document["components"]["schemas"][name + part]["properties"]


@pytest.mark.parametrize("what", SEARCHES)
def test_every_search_sorts_by_every_field_it_offers(case: str, admin: Caller, what: str) -> None:
    for field in schema_of(admin, what, "Sort")["field"]["enum"]:
        for order in ("ASC", "DESC"):
            sort = [{"field": field, "order": order}]
            first = admin.search(what, sort=sort, page={"limit": 1})["page"]
            if first["endCursor"]:
                admin.search(what, sort=sort, page={"limit": 1, "after": first["endCursor"]})


SAMPLES = {"string": "1", "integer": 1, "boolean": True}


def sample(schema: Any) -> Any:
    """A value of the schema."""
    if schema.get("format") == "date-time":
        return "2026-03-02T02:00:00Z"
    if schema["type"] == "array":
        return [sample(schema["items"])]
    return schema.get("enum", [SAMPLES[schema["type"]]])[0]


@pytest.mark.parametrize("what", SEARCHES)
def test_every_search_filters_by_every_field_and_operator_it_offers(
    case: str, admin: Caller, what: str
) -> None:
    for field, schema in schema_of(admin, what, "Filter").items():
        if "oneOf" in schema:
            plain, advanced = schema["oneOf"]
            operators = advanced["properties"].items()
            for value in (sample(plain), *({name: sample(operand)} for name, operand in operators)):
                admin.search(what, filter={field: value})
