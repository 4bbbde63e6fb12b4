"""The charts that carry the argument, in their order, and which of them shows which measure."""

from __future__ import annotations

from collections.abc import Sequence

from reports.digest.cases import Case
from reports.digest.measures import searched
from reports.figures.brackets import brackets
from reports.figures.curves import all_percentiles
from reports.figures.offered import offered
from reports.figures.resources import resources
from reports.figures.tokens import first_tokens
from reports.figures.trade_off import trade_off
from reports.terms.figure import Figure

SHOWS = {"capacity": "capacity", "p95": "percentiles", "cpu": "cpu", "throughput": "percentiles"}


def charts(found: Sequence[Case]) -> tuple[Figure, ...]:
    """Return the charts that there are values for.

    In a search for its capacity each stack is asked at a rate of its own, so what compares stacks
    leaves searches out.
    """
    fit = [case for case in found if not searched(case)]
    drawn = (
        brackets(found),
        *(offered(case) for case in found),
        all_percentiles(fit),
        *resources(fit),
        first_tokens(found),
        trade_off(found),
    )
    return tuple(figure for figure in drawn if figure)


def links(drawn: Sequence[Figure]) -> dict[str, str]:
    """Return the id of the chart that shows a measure, by the measure's name."""
    keys = [figure.key for figure in drawn]
    return {name: key for name, key in SHOWS.items() if key in keys}
