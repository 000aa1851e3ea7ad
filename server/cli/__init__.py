"""The command `tatalaksana`: a thin skin of click over functions that a test calls.

`main` is the command; the other names are what it does, for programs and tests that do the same without a terminal.
"""

from server.cli.book import PUBLISHER, book_files, publish_book
from server.cli.check import Found, check_book
from server.cli.main import main
from server.cli.serve import Server, prepare

__all__ = ["PUBLISHER", "Found", "Server", "book_files", "check_book", "main", "prepare", "publish_book"]
