"""The everyday mix; see README.md."""
