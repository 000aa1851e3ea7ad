"""What clients ask of the installation itself: whether it is up, what it speaks, and under which licence."""

from typing import Any, Final

from flask import Response, request
from sqlalchemy import select, true

from server.api.blueprint import Blueprint, done
from server.api.office import office
from server.api.schemas import Fixed, Listed, Schema, Text, Whole, Within, Word

SPOKEN: Final = "8.10.0"
"""The version of Camunda's API that is spoken here."""

cluster = Blueprint("cluster", __name__, url_prefix="/v2", description="The installation.")


# --- schema


class Partition(Schema):
    partition_id = Whole(required=True)
    role = Word(("leader",), required=True)
    health = Word(("healthy",), required=True)
    state = Word(("active",), required=True)


class Broker(Schema):
    node_id = Whole(required=True)
    broker_id = Text(required=True)
    host = Text(required=True)
    port = Whole(required=True)
    version = Text(required=True)
    partitions = Listed(Within(Partition), required=True)


class Topology(Schema):
    brokers = Listed(Within(Broker), required=True)
    cluster_id = Text(required=True, allow_none=True)
    cluster_size = Whole(required=True)
    partitions_count = Whole(required=True)
    replication_factor = Whole(required=True)
    gateway_version = Text(required=True)
    last_completed_change_id = Text(required=True)


class License(Schema):
    valid_license = Fixed(True, type="boolean")
    license_type = Fixed("unknown", type="string")
    is_commercial = Fixed(False, type="boolean")
    expires_at = Fixed(None, type="string", format="date-time", nullable=True)


# --- one


@cluster.get("/topology")
@cluster.response(200, Topology)
def get_topology() -> dict[str, Any]:
    """One broker with one partition, as this server looks to Camunda's clients."""
    host, _, port = request.host.partition(":")
    partition = {"partition_id": 1, "role": "leader", "health": "healthy", "state": "active"}
    standard_port = 443 if request.is_secure else 80
    broker = {"node_id": 0, "broker_id": "0", "host": host, "port": int(port or standard_port)}
    return {
        "brokers": [{**broker, "version": SPOKEN, "partitions": [partition]}],
        "cluster_id": None,
        "cluster_size": 1,
        "partitions_count": 1,
        "replication_factor": 1,
        "gateway_version": SPOKEN,
        "last_completed_change_id": "-1",
    }


@cluster.get("/status")
@cluster.doc(security=[])
@cluster.response(204)
def get_status() -> Response:
    """Whether the server can work: 204, or 503 while its database is away."""
    office().gate.ask(lambda connection: connection.execute(select(true())).scalar())
    return done()


@cluster.get("/license")
@cluster.doc(security=[])
@cluster.response(200, License)
def get_license() -> dict[str, Any]:
    """The licence, in the words of Camunda's clients."""
    return {}
