"""Reading alone; see README.md."""
