"""How the installation is: whether it lives, whether it can work, and its figures, for machines that watch; `standing` tells the
same to people, on a page of server/web.

`create_health` gives every request an id, a line in the log and its place in the figures, and adds the routes `/health/live`,
`/health/ready` and `/metrics`.
"""

from flask import Flask

from server.config import Config
from server.engine import Engine
from server.gate import Gate
from server.health import metrics, readiness, requests
from server.health.meters import Meters
from server.health.readiness import UP, check
from server.health.standing import Standing, standing

__all__ = ["UP", "Standing", "check", "create_health", "standing"]


def create_health(app: Flask, gate: Gate, engine: Engine, config: Config) -> None:
    """Before all other rooms, so that no request passes unseen."""
    meters = Meters(config.meters)
    gate.on_step = meters.step
    requests.watch(app, meters)
    readiness.add_routes(app, gate, engine)
    metrics.add_route(app, gate, engine, meters, config.metrics_token)
