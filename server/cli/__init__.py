"""The command `tatalaksana`: a thin skin of click over functions that a test calls.

`main` is the command; the other names are what it does, for programs and tests that do the same without a terminal.
"""

import gc

# Before anything is loaded: looking through all that for garbage as often as Python does by itself (after 700 new objects) takes a
# fifth of the time in which a command starts.
gc.set_threshold(20_000, 10, 10)

from server.cli.book import PUBLISHER, book_files, publish_book  # noqa: E402
from server.cli.check import Found, check_book  # noqa: E402
from server.cli.main import main  # noqa: E402
from server.cli.serve import Server, prepare  # noqa: E402

__all__ = ["PUBLISHER", "Found", "Server", "book_files", "check_book", "main", "prepare", "publish_book"]
