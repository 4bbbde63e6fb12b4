"""How many users of each class a stack gets."""

from __future__ import annotations

from collections.abc import Sequence


def shares(users: int, weights: Sequence[float]) -> list[int]:
    """Split `users` in proportion to `weights`; the largest remainders are rounded up.

    Ties go to the earlier class, so that every stack gets the same.
    """
    total = sum(weights)
    exact = [users * weight / total for weight in weights]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: counts[i] - exact[i])
    for index in by_remainder[: users - sum(counts)]:
        counts[index] += 1
    return counts
