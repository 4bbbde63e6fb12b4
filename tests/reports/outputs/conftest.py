"""Names that would break any format that does not escape, and a search for a capacity."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.records import Capacity, Doubt, Fault, Record, Run, Status

MARKUP = '</script><b title="x">&'
LINES = 'two\nlines, "quoted"\\'
FORMULA = '=HYPERLINK("x")'
HEBREW = "\u05e9\u05dc\u05d5\u05dd\u202e"
LONE = "lone \ud800"


@pytest.fixture
def hostile(make_run, make_record) -> tuple[Run, tuple[Record, ...]]:
    """Foreign text in every place that has some: markup, line ends, a formula, Hebrew."""
    doubt = Doubt(code="NOT_KNOWN", detail=MARKUP)
    records = (
        make_record(MARKUP, scenario=LINES, load=FORMULA, doubts=(doubt,)),
        make_record(HEBREW, scenario=LINES, load=FORMULA, tier=""),
        make_record(FORMULA, scenario=LINES, status=Status.FAILED, fault=Fault.DIED, reason=MARKUP),
        make_record(LINES, scenario=HEBREW, status=Status.SKIPPED, reason=f"{FORMULA}\n{LONE}"),
    )
    return make_run(launcher=LINES, skips={MARKUP: FORMULA}), records


@pytest.fixture
def searched(make_run, make_record) -> tuple[Run, tuple[Record, ...]]:
    """Two stacks whose capacity was searched: a bracket, and a generator that came first."""
    found = Capacity(low=160.0, high=167.0, slo_p95=0.25, slo_errors=0.001, probes=())
    late = Doubt(code="GENERATOR_LIMITED", detail="it used 90 % of its core")
    load = "capacity, p95 within 250 ms"
    first = make_record("primary", load=load)
    other = make_record("cost-optimized", load=load, doubts=(late,))
    return make_run(), (
        replace(first, model="capacity", capacity=found),
        replace(other, model="capacity", capacity=replace(found, high=None, limited=late.detail)),
    )


@pytest.fixture(params=["example", "troubled", "brokers", "searched", "hostile"])
def document(request) -> tuple[str, Run, tuple[Record, ...]]:
    """Every example by name."""
    return request.param, *request.getfixturevalue(request.param)
