"""A deterministic server of OpenAI's chat completions, with a seeded model of time.

Nothing but the standard library is imported here, so that `capacity` works without what the server
itself needs.
"""

NAME = "bakeoff-llm"
__version__ = "1.0.0"
