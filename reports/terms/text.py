"""Foreign text made safe to show: names, reasons and errors come from servers and people."""

from __future__ import annotations

import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
ISOLATE, RELEASE = "\u2068", "\u2069"
KEPT = frozenset({"\n", "\t", "\u00ad", ISOLATE, RELEASE})
LONGEST_NAME = 60
REASON = 160


def plain(text: str) -> str:
    """Return `text` with each character that acts unseen written out, such as [U+202E].

    Those are controls, marks that turn the direction of writing, zero-width characters and lone
    surrogates. Line ends, tabs, and the isolates that `isolated` puts in stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"[U+{ord(sign):04X}]"
        if sign not in KEPT and unicodedata.category(sign) in UNSEEN
        else sign
        for sign in text.replace("\r\n", "\n")
    )


def isolated(name: str, limit: int = LONGEST_NAME) -> str:
    """Return a foreign name for use within a sentence: short, and without effect on what follows.

    A name written from right to left is isolated, because the numbers after it would change place.
    """
    safe = plain(shortened(name, limit))
    for sign in (ISOLATE, RELEASE):
        safe = safe.replace(sign, f"[U+{ord(sign):04X}]")
    turns = any(unicodedata.bidirectional(sign) in {"R", "AL"} for sign in safe)
    return f"{ISOLATE}{safe}{RELEASE}" if turns else safe


def shortened(text: str, limit: int = REASON) -> str:
    """Return the first line of `text`, cut after `limit` characters, with a mark if it was cut."""
    stripped = text.strip()
    first = stripped.partition("\n")[0].rstrip()
    cut = first[:limit].rstrip()
    return cut if cut == stripped else f"{cut} […]"


def listed(names: list[str]) -> str:
    """Return names as a phrase: "A", "A and B", "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def joined(*sentences: str) -> str:
    """Return the sentences that are not empty, one after the other."""
    return " ".join(sentence for sentence in sentences if sentence)


def counted(number: int, singular: str) -> str:
    """Return a number with its noun, such as "1 session" or "3 sessions"."""
    return f"{number:,} {singular if number == 1 else singular + 's'}"
