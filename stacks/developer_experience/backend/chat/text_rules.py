"""The contract's rules for text: what it may hold, and what its words are."""

import re

_UNCLEAN = re.compile("[\x00\ud800-\udfff]")
_WORD = re.compile("[a-z0-9]+")


def is_clean(text: str) -> bool:
    """Whether a text is free of U+0000 and lone surrogates."""
    return not _UNCLEAN.search(text)


def words(text: str) -> list[str]:
    """The different words, in lower case and in order; runs of ASCII letters and digits."""
    # bytes.lower() knows ASCII alone: no letter of another alphabet may become one of it.
    lowered = text.encode("ascii", "replace").lower().decode("ascii")
    return list(dict.fromkeys(_WORD.findall(lowered)))
