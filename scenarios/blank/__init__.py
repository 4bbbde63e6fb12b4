"""The load generator's own ceiling, by a server that does nothing; see README.md."""
