"""Arithmetic on what was measured: histograms, summaries, self-checks and the doubts they raise."""
