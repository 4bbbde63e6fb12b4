"""Usage: one event for each answered message, counted once."""

from __future__ import annotations

import time
from typing import Any

from stacks.contract.conformance.client import User, fresh, messages_of


def settled(user: User, expected: dict[str, int]) -> None:
    """Wait up to 10 s for the totals, and see that they stay."""
    deadline = time.monotonic() + 10.0
    while (totals := user.get("/v1/usage").ok(200)) != expected:
        assert time.monotonic() < deadline, f"10 s later the totals are {totals}, not {expected}"
        time.sleep(0.05)
    time.sleep(0.3)
    assert user.get("/v1/usage").ok(200) == expected, "the totals stay when nothing is in flight"


def totals_of(exchanges: list[Any]) -> dict[str, int]:
    """Return the totals over some exchanges."""
    return {
        "messages": len(exchanges),
        "prompt_tokens": sum(each["question"]["tokens"] for each in exchanges),
        "completion_tokens": sum(each["answer"]["tokens"] for each in exchanges),
        "cached": sum(each["answer"]["cached"] for each in exchanges),
    }


def test_a_new_user_has_used_nothing(newcomer: User) -> None:
    """Totals begin at zero."""
    assert newcomer.get("/v1/usage").ok(200) == totals_of([])


def test_totals_are_the_sum_over_all_messages(newcomer: User) -> None:
    """Whole, streamed and cached answers count once each, with the tokens they tell; what was
    repeated with its key, or failed, counts no further.
    """
    text, key = fresh(), fresh()
    talks = [newcomer.conversation()["id"] for _ in range(3)]
    exchanges = [newcomer.send(talks[0], text, key=key), newcomer.send(talks[1], text)]
    exchanges += [newcomer.stream(talks[2], text).done, newcomer.stream(talks[2], fresh()).done]
    assert [each["answer"]["cached"] for each in exchanges] == [False, True, True, False]
    newcomer.send(talks[0], text, key=key)
    newcomer.post(messages_of(talks[0]), {"content": ""}).problem(422, "invalid")
    settled(newcomer, totals_of(exchanges))
