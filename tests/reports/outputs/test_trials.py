"""One line per trial."""

from __future__ import annotations

import pytest

from harness.records import Fault, Status
from harness.stats.warnings import Warn
from reports.outputs.trials import COLUMNS, line

BUSY = Warn.SATURATED_GENERATOR.seen("74% of its core (limit 60%)")


def test_a_line_holds_the_numbers_of_a_trial(make_record):
    """In base units, as they were measured."""
    record = make_record("primary", failed=2)
    held = line(record)
    assert held["throughput_per_s"] == record.measurement.throughput
    assert held["response_p99_s"] == record.measurement.response.p99
    assert held["errors"] == 2


def test_a_failed_trial_has_counts_and_no_speed(make_record):
    """Errors are never throughput."""
    held = line(make_record("primary", status=Status.FAILED, fault=Fault.WRONG, failed=2))
    assert (held["errors"], held["throughput_per_s"], held["response_p50_s"]) == (2, None, None)


def test_a_generator_limited_trial_has_no_throughput(make_record):
    """Its times are there, with the doubt."""
    held = line(make_record("primary", doubts=(BUSY,)))
    assert (held["throughput_per_s"], held["severity"]) == (None, "doubt")
    assert held["response_p50_s"] > 0


@pytest.mark.parametrize("stack", ["primary", "cost-optimized"])
@pytest.mark.parametrize("status", Status)
def test_every_column_holds_its_kind(make_record, stack, status):
    """Or nothing."""
    held = line(make_record(stack, "stream", status=status))
    assert list(held) == list(COLUMNS)
    kinds = {name: type(value) for name, value in held.items() if value is not None}
    assert kinds == {name: COLUMNS[name] for name in kinds}
