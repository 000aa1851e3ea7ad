"""The long storm: `make soak`. Hundreds of kills under a load of every verb, on both databases; not a part of `make test`."""
