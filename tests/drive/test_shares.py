"""How many users of each class a stack gets."""

import pytest

from harness.drive.shares import shares


@pytest.mark.parametrize(
    ("users", "weights", "expected"),
    [(8, [1], [8]), (8, [3, 1], [6, 2]), (5, [1, 1], [3, 2]), (1, [1, 9], [0, 1])],
)
def test_users_are_split_by_weight(users, weights, expected):
    """All users are given out, in proportion, ties to the earlier class."""
    assert shares(users, weights) == expected
