"""A client that costs little: prepared requests over a few kept-alive connections, each sent when the one before is answered."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Address = tuple[str, int]


@dataclass(frozen=True)
class Shots:
    """What came of a volley: how long it took, how long each request took (seconds), and the statuses that came back."""

    seconds: float
    latencies: tuple[float, ...]
    every_status: tuple[int, ...]

    @property
    def statuses(self) -> frozenset[int]:
        return frozenset(self.every_status)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


def fire(address: Address, requests: Sequence[bytes], connections: int = 4) -> Shots:
    """Sends all requests, each as soon as one of the connections is free."""
    latencies: list[float] = []
    statuses: list[int] = []
    left = iter(requests)
    begin = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            wire = socket.create_connection(address)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(wire, selectors.EVENT_READ, _Exchange(wire, left))
        while selector.get_map():
            for ready, _ in selector.select():
                exchange: _Exchange = ready.data
                status = exchange.receive()
                if status is None:
                    continue
                latencies.append(time.perf_counter() - exchange.sent)
                statuses.append(status)
                if not exchange.send():
                    selector.unregister(exchange.wire)
                    exchange.wire.close()
    return Shots(time.perf_counter() - begin, tuple(latencies), tuple(statuses))


class _Exchange:
    """One connection: a request on its way, and as much of its answer as has come."""

    def __init__(self, wire: socket.socket, left: Iterator[bytes]) -> None:
        self.wire = wire
        self.sent = 0.0
        self._left = left
        self._come = b""
        self.send()

    def send(self) -> bool:
        """Sends the next request; False where none is left."""
        request = next(self._left, None)
        if request is None:
            return False
        self.sent = time.perf_counter()
        self.wire.sendall(request)
        return True

    def receive(self) -> int | None:
        """The status of the answer, once all of it has come."""
        come = self.wire.recv(65536)
        if not come:
            raise ConnectionError("the server closed a connection")
        self._come += come
        head, end, body = self._come.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return None
        self._come = b""
        return int(head[9:12])


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def request(method: str, path: str, body: bytes = b"", token: str | None = None) -> bytes:
    """A request, ready to send."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    if body:
        lines.append("Content-Type: application/json")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode() + body
