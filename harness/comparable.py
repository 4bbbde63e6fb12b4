"""Whether two runs may be set side by side: same machine, launcher, plan, data, servers, method.

What is compared may differ, and so may what is ours in it: the apps and workers of the stacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.errors import NotComparable
from harness.measure.host import differences
from harness.records import Record, Run

OURS = frozenset({"app", "worker", "frontend"})  # roles of what a change may change
NONE = "none"

Servers = Mapping[tuple[str, str], tuple[str, str]]


def require_comparable(
    one: Run,
    other: Run,
    *,
    of_one: Sequence[Record] = (),
    of_other: Sequence[Record] = (),
    allowed: frozenset[str] = frozenset(),
) -> None:
    """Refuse to compare runs that differ in anything that must be equal.

    Their records tell which servers ran, and which of them were stand-ins. `allowed` are names of
    facts, or of keys of the plan, that may differ. Raises NotComparable with all that differs.
    """
    left = unlike(one, other, of_one=of_one, of_other=of_other, allowed=allowed)
    if left:
        raise NotComparable(
            f"{one.id} and {other.id} cannot be compared; they differ in:\n"
            + "\n".join(f"  {text}" for text in left)
            + "\nMeasure both on one machine, with one plan and the same servers."
        )


def unlike(
    one: Run,
    other: Run,
    *,
    of_one: Sequence[Record] = (),
    of_other: Sequence[Record] = (),
    allowed: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Return all in which runs differ that must be equal, a sentence each, naming the runs; the
    arguments are those of `require_comparable`.
    """
    found = [
        *differences(one, other),
        *_method(one, other),
        *_servers(one, other, of_one, of_other),
    ]
    return tuple(
        text for text in found if text.partition(":")[0].removeprefix("plan's ") not in allowed
    )


def _method(one: Run, other: Run) -> Iterator[str]:
    if one.version != other.version:
        yield f"bakeoff: {one.version} in {one.id}, {other.version} in {other.id}"


def _servers(
    one: Run, other: Run, of_one: Sequence[Record], of_other: Sequence[Record]
) -> Iterator[str]:
    """Compare the servers of stacks that are in both, and whether they are the real ones."""
    ours, theirs = servers(of_one), servers(of_other)
    both = {stack for stack, _ in ours} & {stack for stack, _ in theirs}
    for key in sorted({*ours, *theirs}):
        stack, name = key
        if stack not in both:
            continue
        (version, stand_in), (their_version, their_stand_in) = (
            found.get(key, (NONE, "")) for found in (ours, theirs)
        )
        if stand_in != their_stand_in:
            yield (
                f"{stack}/{name}: {stand_in or 'the real product'} in {one.id}, "
                f"{their_stand_in or 'the real product'} in {other.id}"
            )
        elif version != their_version:
            yield f"{stack}/{name}: {version} in {one.id}, {their_version} in {other.id}"


def servers(records: Sequence[Record]) -> Servers:
    """Return version and stand-in of what is not ours, by stack and component; several versions
    of one are joined.
    """
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for record in records:
        for use in record.measurement.components if record.measurement else ():
            if use.role not in OURS:
                seen = found.setdefault((record.key.stack, use.name), ({}, {}))
                seen[0][use.version] = None
                seen[1][use.stand_in] = None
    return {key: (", ".join(v), ", ".join(filter(None, s))) for key, (v, s) in found.items()}
