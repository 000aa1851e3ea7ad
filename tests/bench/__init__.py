"""How fast it is: `make bench`. Figures to look at, not tests."""
