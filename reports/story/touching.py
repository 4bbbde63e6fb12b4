"""Which ranges touch: no ranking inside the noise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from reports.terms.numbers import Spread

T = TypeVar("T")


def touching(items: Iterable[T], over: Callable[[T], Spread]) -> list[list[T]]:
    """Group items whose ranges touch, directly or through others, by ascending low ends."""
    groups = list[list[T]]()
    reach = float("-inf")
    for item in sorted(items, key=lambda one: over(one).low):
        if groups and over(item).low <= reach:
            groups[-1].append(item)
        else:
            groups.append([item])
        reach = max(reach, over(item).high)
    return groups
