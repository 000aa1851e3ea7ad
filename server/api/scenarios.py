"""Scenarios: rehearsals that are kept, and done again with a draft of their procedure or of what it uses."""

from dataclasses import asdict
from typing import Any

from flask import Response

from server.api.blueprint import Blueprint, done
from server.api.drafts import Act
from server.api.office import ask, do
from server.api.schemas import Flag, Instant, Key, Listed, Object_, Schema, Text, Whole, Within, Word
from server.authoring import scenarios as kept
from server.authoring.scenarios import VERDICTS, Played, Scenario

scenarios = Blueprint(
    "scenarios",
    __name__,
    url_prefix="/api/drafts",
    description="Rehearsals of a procedure that are kept, to be done again after a change.",
)


# --- schema


class Of(Schema):
    """`processDefinitionId`: of a draft that is no procedure, the one in force that uses it."""

    process_definition_id = Text(load_default=None, allow_none=True)


class With(Of):
    """`together`: other drafts that count instead of what is in force."""

    together = Listed(Key(), load_default=list)


class NewScenario(With):
    """`acts`: what is done from `began` on (now), as in a trial; the case must go through. It goes from now on where the draft goes
    now. `replace`: the scenario of that name, if there is one, becomes this."""

    name = Text(required=True)
    acts = Listed(Within(Act), required=True)
    began = Instant(load_default=None, allow_none=True)
    replace = Flag(load_default=False)


class KeptScenario(Schema):
    scenario_key = Key(required=True)


class Passage(Schema):
    """An element that the case passes. `within`: the name of the called procedure whose it is."""

    element = Text(required=True)
    name = Text(required=True)
    within = Text(required=True, allow_none=True)


class Way(Schema):
    """Where a case went: what it passed, its state, where it ended, what is open, its variables (null: too large to keep)."""

    passed = Listed(Within(Passage), required=True)
    state = Text(required=True, allow_none=True)
    end = Text(required=True, allow_none=True)
    open = Listed(Text(), required=True)
    values = Object_(required=True, allow_none=True)


class ScenarioItem(Schema):
    """A scenario: what is done, and the way that the case went when it was kept."""

    scenario_key = Key(required=True, attribute="key")
    process_definition_id = Text(required=True, attribute="process_id")
    name = Text(required=True)
    began = Instant(required=True)
    acts = Listed(Object_(), required=True)
    way = Within(Way, required=True)
    kept_by = Text(required=True, attribute="by")
    kept_at = Instant(required=True, attribute="at")


class Scenarios(Schema):
    items = Listed(Within(ScenarioItem), required=True)


class ScenarioTrial(With):
    """`scenarioKey`: that one alone."""

    scenario_key = Key(load_default=None, allow_none=True)


class PlayedScenario(Schema):
    """A scenario done again.

    same: it went the same way, with the same variables in the end. other_values, other_way: as they say. stopped: after `done` acts the
    next cannot be done. unrunnable: the draft could not be published. not_run: the time for all of them was over. `why` says it in words.
    `added`, `missing`: what the case passes now and did not, and the other way round; `values`: name, before and after of what differs.
    """

    scenario_key = Key(required=True)
    name = Text(required=True)
    verdict = Word(VERDICTS, required=True)
    why = Text(required=True, allow_none=True)
    done = Whole(required=True)
    way = Within(Way, required=True, allow_none=True)
    added = Listed(Within(Passage), required=True)
    missing = Listed(Within(Passage), required=True)
    values = Listed(Object_(), required=True)


class PlayedScenarios(Schema):
    """`passed`: whether every one went as before."""

    passed = Flag(required=True)
    items = Listed(Within(PlayedScenario), required=True)


# --- list


@scenarios.get("/<draft_key>/scenarios")
@scenarios.arguments(Of, location="query")
@scenarios.response(200, Scenarios)
def get_scenarios(query: dict[str, Any], draft_key: int) -> dict[str, list[Scenario]]:
    """The scenarios of the procedure that a draft is tried as, by name."""
    return {"items": ask(kept.scenarios, draft_key, query["process_definition_id"])}


# --- act


@scenarios.post("/<draft_key>/scenarios")
@scenarios.arguments(NewScenario)
@scenarios.response(200, KeptScenario)
def keep_scenario(body: dict[str, Any], draft_key: int) -> dict[str, int]:
    """Keep a rehearsal as a scenario; 409 where there is one of that name and it is not to be replaced."""
    wanted = (body["name"], body["acts"], body["began"], body["process_definition_id"], body["together"])
    return {"scenario_key": do(kept.keep, draft_key, *wanted, body["replace"])}


@scenarios.post("/<draft_key>/scenarios/trial")
@scenarios.arguments(ScenarioTrial, required=False)
@scenarios.response(200, PlayedScenarios)
def play_scenarios(body: dict[str, Any], draft_key: int) -> dict[str, Any]:
    """Do the scenarios of a procedure again with a draft, and tell which still go the same way; nothing is kept."""
    wanted = (body["process_definition_id"], body["together"], body["scenario_key"])
    found = ask(kept.play, draft_key, *wanted)
    return {"passed": all(each.verdict == "same" for each in found), "items": [_told(each) for each in found]}


@scenarios.post("/<draft_key>/scenarios/<scenario_key>/acceptance")
@scenarios.arguments(With, required=False)
@scenarios.response(200, KeptScenario)
def accept_scenario(body: dict[str, Any], draft_key: int, scenario_key: int) -> dict[str, int]:
    """The way that a scenario goes with the draft now is the right one from now on."""
    more = (body["process_definition_id"], body["together"])
    return {"scenario_key": do(kept.accept, draft_key, scenario_key, *more)}


@scenarios.post("/<draft_key>/scenarios/<scenario_key>/discard")
@scenarios.arguments(Of, required=False)
@scenarios.response(204)
def discard_scenario(body: dict[str, Any], draft_key: int, scenario_key: int) -> Response:
    """Take a scenario away."""
    do(kept.drop, draft_key, scenario_key, body["process_definition_id"])
    return done()


def _told(each: Played) -> dict[str, Any]:
    return {
        "scenario_key": each.scenario.key,
        "name": each.scenario.name,
        "verdict": each.verdict,
        "why": each.why,
        "done": each.rehearsal.done if each.rehearsal else 0,
        "way": each.way,
        "added": each.added,
        "missing": each.missing,
        "values": [asdict(one) for one in each.values],
    }
