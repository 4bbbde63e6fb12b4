"""Who is up at the same time: all stacks, or where memory is short one after the other.

Together, load moves between them within seconds, so that other work on the machine hits all alike.
One at a time the same blocks lie minutes apart: several times as many sessions are needed for the
same certainty, and every record says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from harness.config import Plan
from harness.contract import Stack
from harness.plan import Round

GIBIBYTE = 2**30
STACK_BYTES = 1.25 * GIBIBYTE  # four held 3.1 GiB at most, and servers want their files cached
SPARE_BYTES = 1.0 * GIBIBYTE  # for the load generator and for the machine itself

Company = tuple[str, ...]


def companies(plan: Plan, stacks: Mapping[str, Stack], available: int) -> tuple[Company, ...]:
    """Return the stacks that are up at the same time, in order, given the bytes of memory that are
    available. Lone components are small and go with the first.
    """
    whole = [name for name, stack in stacks.items() if stack.capabilities]
    needed = SPARE_BYTES + STACK_BYTES * len(whole)
    together = plan.machine.together
    apart = together == "never" or (together == "auto" and needed > available)
    if not apart or len(whole) < len(("one", "other")):
        return (tuple(stacks),)
    small = tuple(name for name in stacks if name not in whole)
    return ((*small, whole[0]), *((name,) for name in whole[1:]))


def parts(rounds: Sequence[Round], among: Sequence[Company]) -> tuple[tuple[Round, ...], ...]:
    """Return the rounds of one session in the order in which companies are up for them.

    What needs a capacity comes when all companies have searched theirs.
    """
    if len(among) == 1:
        return (tuple(rounds),)
    found = [
        tuple(
            replace(one, stacks=tuple(stack for stack in one.stacks if stack in company))
            for one in rounds
            if bool(one.load.of_capacity) is later and set(one.stacks) & set(company)
        )
        for later in (False, True)
        for company in among
    ]
    return tuple(part for part in found if part)
