"""Signals: broadcast to every case that waits for them."""

from typing import Any

from marshmallow import validate

from server.api.blueprint import Blueprint
from server.api.messages import LONGEST_NAME
from server.api.office import do
from server.api.schemas import Key, Object_, Schema, Tenanted, Text, tenant
from server.engine import signals as sent

signals = Blueprint("signals", __name__, url_prefix="/v2/signals", description="Signals to all cases.")


# --- schema


class Signal(Tenanted):
    signal_name = Text(
        required=True,
        validate=validate.Length(1, LONGEST_NAME, error="harus diisi, paling panjang 255 huruf"),
    )
    variables = Object_(load_default=dict, allow_none=True)


class Broadcast(Schema):
    signal_key = Key(required=True)
    tenant_id = tenant()


# --- act


@signals.post("/broadcast")
@signals.arguments(Signal)
@signals.response(200, Broadcast)
def broadcast_signal(body: dict[str, Any]) -> dict[str, int]:
    """Broadcast a signal; every case that waits for it goes on, and processes that begin with it start."""
    return {"signal_key": do(sent.broadcast, body["signal_name"], body["variables"] or {})}
