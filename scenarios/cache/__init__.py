"""A cache alone, asked for answers that it may have; see README.md."""
