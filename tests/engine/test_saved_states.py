"""Cases that earlier releases saved go on in this one. `scripts/states` leaves those of a new release."""

import gzip
import json
from pathlib import Path

import pytest

from server.engine.spiff import Tokens
from tests.engine.saved_states import FOLDER, go_on, resumed
from tests.engine.test_differential import ROOT_KEY, STEPS

RELEASES = sorted(FOLDER.glob("*.json.gz"))


def test_there_are_saved_states() -> None:
    assert RELEASES


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name.removesuffix(".json.gz"))
def test_every_case_that_a_release_saved_comes_to_its_end(release: Path) -> None:
    cases = json.loads(gzip.decompress(release.read_bytes()))
    assert len(cases) > 80
    for seed, (name, case) in enumerate(cases.items()):
        net, dice, tokens = resumed(case, seed)
        for _ in range(10 * STEPS):
            if tokens.finished:
                break
            go_on(dice, tokens)
            tokens = Tokens.load(net, dice, ROOT_KEY, tokens.dump())  # type: ignore[arg-type]
        assert tokens.finished, name
