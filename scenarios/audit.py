"""The books against what clients were told: plain arithmetic, the same for every scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.contract import Acknowledged, Effects


def contradictions(effects: Sequence[Effects], told: Acknowledged) -> tuple[str, ...]:
    """Return a sentence for each kind of thing of which the store holds too few or too many.

    Each acknowledged request must have stored what its endpoint stores; an unsure one may have.
    So the growth of a kind lies between answered * n and (answered + unsure) * n, summed over the
    endpoints. Endpoints without effects must have stored nothing.
    """
    found = []
    for kind in sorted(told.before):
        if kind not in told.after:
            found.append(f"{kind} could be counted before the load and not after it.")
            continue
        grown = told.after[kind] - told.before[kind]
        least, most = _bounds(kind, effects, told.answered, told.unsure)
        if not least <= grown <= most:
            found.append(_sentence(kind, grown, least, most))
    return tuple(found)


def _bounds(
    kind: str,
    effects: Sequence[Effects],
    answered: Mapping[str, int],
    unsure: Mapping[str, int],
) -> tuple[int, int]:
    stores = {effect.endpoint: effect.stores.get(kind, 0) for effect in effects}
    least = sum(number * answered.get(endpoint, 0) for endpoint, number in stores.items())
    maybe = sum(number * unsure.get(endpoint, 0) for endpoint, number in stores.items())
    return least, least + maybe


def _sentence(kind: str, grown: int, least: int, most: int) -> str:
    expected = str(least) if least == most else f"between {least} and {most}"
    if grown < least:
        return f"{kind} grew by {grown}, but clients were told of {expected}: {least - grown} lost."
    return f"{kind} grew by {grown}, but clients were told of {expected}: {grown - most} too many."
