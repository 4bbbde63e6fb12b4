"""Messages through a broker; see README.md."""
