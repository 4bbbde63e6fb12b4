"""Trends: how stacks stand to the blank, run after run, and where that changed for good."""
