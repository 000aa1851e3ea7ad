"""Other people's clients of Camunda 8's API, unchanged, against a server that listens."""
