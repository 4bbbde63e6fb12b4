"""Identifiers: numbers that grow with time, written as 16 hexadecimal digits.

MongoDB's own ObjectId grows by the second, and within a second not across processes, which is too
coarse for lists that keep the order of creation. These are microseconds since 1970, never the same
twice in a process, and ten random bits for the other processes. They fit a 64-bit integer, also
after one more bit for the two messages of an exchange.
"""

import re
import secrets
import threading
import time
from datetime import UTC, datetime

RANDOM_BITS = 10
_TEXT = re.compile(r"[0-7][0-9a-f]{15}")
_turn = threading.Lock()
_latest = 0


def new() -> int:
    """The next identifier."""
    global _latest  # noqa: PLW0603 - the one clock of this process
    with _turn:
        _latest = max(time.time_ns() // 1000, _latest + 1)
        return _latest << RANDOM_BITS | secrets.randbits(RANDOM_BITS)


def time_of(number: int) -> datetime:
    """When it was made, to the millisecond as MongoDB keeps it: UTC, without a zone."""
    milliseconds = (number >> RANDOM_BITS) // 1000
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None, microsecond=rest * 1000)


def text(number: int) -> str:
    """How it is told to clients."""
    return f"{number:016x}"


def number(text: str) -> int | None:
    """The identifier that a text stands for; None where it stands for none."""
    return int(text, 16) if _TEXT.fullmatch(text) else None
