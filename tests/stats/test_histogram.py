"""Histograms against numpy and against the library that reads them elsewhere."""

from __future__ import annotations

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import SchemaError
from harness.stats.histogram import (
    HIGHEST_US,
    decode,
    from_seconds,
    latency,
    merge,
    merged_latency,
)

SHARES = (0, 10, 50, 90, 95, 99, 99.9, 100)
seconds = st.lists(st.floats(min_value=0, max_value=3_599, width=32), max_size=60)


@settings(max_examples=60, deadline=None)
@given(seconds.filter(bool))
def test_percentiles_are_within_a_thousandth_and_a_microsecond_of_numpy(values):
    """The definition is numpy's inverted_cdf; a bucket gives its upper end."""
    found = np.array(from_seconds(values).percentiles(SHARES))
    true = np.percentile(values, SHARES, method="inverted_cdf")
    assert np.all(np.abs(found - true) <= true * 0.001 + 1e-6)


def test_golden_percentiles_of_a_long_tail():
    """Some 100,000 log-normal latencies, as a slow service has them."""
    values = np.random.default_rng(7).lognormal(-4, 1.5, 100_007)
    found = np.array(from_seconds(values).percentiles(SHARES))
    true = np.percentile(values, SHARES, method="inverted_cdf")
    assert np.all(np.abs(found - true) <= true * 0.001 + 1e-6)


def test_golden_percentiles_of_a_hundred_whole_milliseconds():
    """1..100 ms: p50 is the fiftieth value, p99 the ninety-ninth, at their buckets' upper ends."""
    found = from_seconds(np.arange(1, 101) / 1_000).percentiles((1, 50, 90, 95, 99, 100))
    assert found == (0.001, 0.050015, 0.090047, 0.095039, 0.099007, 0.100031)


@settings(max_examples=40, deadline=None)
@given(seconds)
def test_text_decodes_to_the_same_histogram(values):
    """Bucket by bucket."""
    histogram = from_seconds(values)
    read = decode(histogram.encode())
    assert read.lows.tolist() == histogram.lows.tolist()
    assert read.counts.tolist() == histogram.counts.tolist()


@settings(max_examples=30, deadline=None)
@given(seconds, seconds)
def test_merging_is_the_histogram_of_all_values(some, others):
    """Nothing is lost, and the order does not matter."""
    merged = merge([from_seconds(some), from_seconds(others)])
    whole = from_seconds(some + others)
    assert merged.lows.tolist() == whole.lows.tolist()
    assert merged.counts.tolist() == whole.counts.tolist()


def test_the_library_reads_the_same_percentiles():
    """What is stored means the same to any other HDR tool."""
    histogram = from_seconds(np.random.default_rng(3).lognormal(-4, 1, 10_000))
    other = HdrHistogram.decode(histogram.encode())
    ours = [round(value * 1e6) for value in histogram.percentiles((50, 90, 99, 100))]
    assert ours == [other.get_value_at_percentile(share) for share in (50, 90, 99, 100)]
    assert histogram.count == other.get_total_count()


def test_values_outside_the_range_count_at_its_ends():
    """Below a microsecond and above an hour."""
    histogram = from_seconds([0.0, 1e-9, 7_200.0])
    assert histogram.count == 3
    assert histogram.percentiles((50,)) == (1e-6,)
    assert histogram.max == pytest.approx(HIGHEST_US / 1e6, rel=0.001)


@pytest.mark.parametrize("value", [-1e-6, float("nan")])
def test_a_latency_that_cannot_be_is_refused(value):
    """A negative latency is a fault of the clock arithmetic, never data."""
    with pytest.raises(ValueError, match="negative or not a number"):
        from_seconds([0.1, value])


def test_the_mean_is_within_a_thousandth():
    """Each value counts as the middle of its bucket."""
    values = np.random.default_rng(5).lognormal(-3, 1, 5_000)
    assert from_seconds(values).mean == pytest.approx(values.mean(), rel=0.001)


def test_nothing_gives_a_latency_of_zero_values():
    """The count of 0 says that the other numbers mean nothing."""
    empty = latency(from_seconds([]))
    assert (empty.count, empty.mean, empty.p50, empty.max) == (0, 0.0, 0.0, 0.0)
    assert decode(empty.histogram).count == 0


def test_latencies_merge_through_their_histograms():
    """Percentiles are never averaged."""
    fast, slow = from_seconds([0.001] * 98), from_seconds([1.0] * 2)
    merged = merged_latency([latency(fast), latency(slow)])
    assert (merged.count, merged.p50) == (100, 0.001)
    assert merged.p99 == pytest.approx(1.0, rel=0.001)


WHOLE = from_seconds([0.5]).encode()


@pytest.mark.parametrize("text", ["", "abc", "AAAA", WHOLE[:30], WHOLE[10:], WHOLE[:-8], "ü"])
def test_text_that_is_no_histogram_is_a_schema_error(text):
    """Whatever the library raises, readers meet one exception."""
    with pytest.raises(SchemaError, match="not an HDR histogram"):
        decode(text)


def test_a_histogram_of_other_settings_is_refused():
    """Buckets of another precision cannot be merged with ours."""
    text = HdrHistogram(1, 1_000_000, 2).encode().decode()
    with pytest.raises(SchemaError, match="another range or precision"):
        decode(text)
