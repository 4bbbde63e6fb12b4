"""A stack of one's own: a package outside this repository that begins as a copy of a stack."""
