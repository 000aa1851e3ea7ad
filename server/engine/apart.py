"""A process that stands by with everything loaded, and forks for each piece of work that is not trusted to end.

Loading the modules takes a second or more, the work itself some milliseconds. The one that works has limits of its own; when
it dies, by them or otherwise, nobody else notices more than that no answer came.
"""

import gc
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Final

IDLE: Final = 900.0
"""Seconds without work after which the process ends; the next work starts it anew."""
MEMORY: Final = 2 * 2**30
"""Bytes that one piece of work may take."""
PATIENCE: Final = 4
"""How many times its seconds work may last by the clock: where the machine has much else to do, it is not the work that is slow."""


class Standby:
    """The process, as others see it: a module that calls `serve` when it is run.

    It is started when it is first needed. Threads and forked processes may share it.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, seconds: float) -> bytes | None:
        """What the work answers; None where it did not come to an end within these seconds of the processor's time."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            ours.settimeout(seconds * PATIENCE + 5)
            with suppress(OSError):
                ours.sendall(f"{seconds}\n".encode() + request)
                ours.shutdown(socket.SHUT_WR)
                return _received(ours) or None
        return None

    def _hand_over(self, wire: socket.socket) -> None:
        with self._lock:
            try:
                self._send(self._door or self._start(), wire)
            except OSError:  # it has ended meanwhile
                self._send(self._start(), wire)

    def _send(self, door: socket.socket, wire: socket.socket) -> None:
        socket.send_fds(door, [b"."], [wire.fileno()])

    def _start(self) -> socket.socket:
        if self._process:
            self._process.poll()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._door = ours
        return ours


def serve(work: Callable[[bytes], bytes]) -> None:
    """Does the work for whoever asks through standard input, until nobody is left there or nothing comes for long."""
    door = socket.socket(fileno=sys.stdin.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    door.settimeout(IDLE)
    with suppress(TimeoutError):
        while True:
            asked, wires, _, _ = socket.recv_fds(door, 1, 1)
            if not asked:
                return
            if os.fork() == 0:
                try:
                    door.close()
                    _work(socket.socket(fileno=wires[0]), work)
                finally:
                    os._exit(0)
            os.close(wires[0])


def _work(wire: socket.socket, work: Callable[[bytes], bytes]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seconds, _, request = _received(wire).partition(b"\n")
    signal.setitimer(signal.ITIMER_PROF, float(seconds))
    signal.setitimer(signal.ITIMER_REAL, float(seconds) * PATIENCE)
    wire.sendall(work(request))


def _received(wire: socket.socket) -> bytes:
    """All that comes, until the other side has said everything."""
    return b"".join(iter(lambda: wire.recv(2**16), b""))
