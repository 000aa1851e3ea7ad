"""`python -m server.cli` is the command `tatalaksana`."""

from server.cli import main

main()
