"""Streamed answers; see README.md."""
