"""What is measured in a process of its own."""

import time

from server import feel

VARIABLES = {"x": 3, "y": [1, {"k": None}], "a": {"b": "c"}}


def evaluate(text: str, environment: feel.Environment = feel.DEFAULT) -> feel.Result:
    return feel.compile(text).evaluate(VARIABLES, environment)


def seconds_of(text: str) -> float:
    """The time of its thread that an evaluation takes."""
    start = time.thread_time()
    evaluate(text)
    return time.thread_time() - start
