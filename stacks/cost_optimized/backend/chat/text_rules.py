"""The contract's rules for strings: what they may hold, and what a word is."""

import re

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_WORD = re.compile("[A-Za-z0-9]+")


def is_clean(text: str) -> bool:
    """Whether a string may be stored and shown: no U+0000, no lone surrogate."""
    return _FORBIDDEN.search(text) is None


def words(text: str) -> list[str]:
    """The words of a text in lower case: its runs of ASCII letters and digits."""
    return [word.lower() for word in _WORD.findall(text)]
