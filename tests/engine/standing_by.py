"""A process that stands by for test_apart.py, and does as it is told."""

import os
import time

from server.engine import apart


def work(request: bytes) -> bytes:
    match request:
        case b"hang":
            time.sleep(600)
        case b"run in circles":
            while True:
                pass
        case b"take all memory":
            return bytes(2 * apart.MEMORY)[:1]
        case b"die":
            os.abort()
        case b"parent":
            return str(os.getppid()).encode()
    return request[::-1]


if __name__ == "__main__":
    apart.serve(work)
