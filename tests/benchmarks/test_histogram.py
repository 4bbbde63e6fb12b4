"""How fast samples become a histogram, beside the library's own way of recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram

from harness.stats.histogram import from_seconds

VALUES = np.random.default_rng(1).lognormal(-5.0, 1.0, 50_000)
Benchmark = Callable[..., Any]


@pytest.mark.benchmark(group="50,000 latencies to a histogram")
def test_ours(benchmark: Benchmark) -> None:
    """Buckets by numpy, then one record for each bucket."""
    assert len(VALUES) == benchmark(from_seconds, VALUES).count


@pytest.mark.benchmark(group="50,000 latencies to a histogram")
def test_peer_hdrhistogram_one_by_one(benchmark: Benchmark) -> None:
    """HdrHistogram.record_value for each value, as its documentation shows."""

    def record() -> HdrHistogram:
        histogram = HdrHistogram(1, 3_600_000_000, 3)
        for value in VALUES:
            histogram.record_value(int(value * 1e6) or 1)
        return histogram

    assert len(VALUES) == benchmark.pedantic(record, rounds=3).get_total_count()
