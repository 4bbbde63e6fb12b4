"""Latency histograms: HDR buckets of 3 significant digits, 1 microsecond to 1 hour, mergeable.

Counting and percentiles are numpy; the hdrhistogram library reads and writes the exchange format
(its V2 compressed base64), so any HDR tool can read what is stored. A percentile is the smallest
value that at least that share of the values does not exceed (nearest rank, numpy's
`inverted_cdf`), given as the upper end of its bucket: 0 to 0.1 % + 1 microsecond above the truth.
Buckets follow the HDR layout: width 1 below 2,048 microseconds, doubling with each power of two.
"""

from __future__ import annotations

import binascii
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from hdrh.codec import HdrCookieException, HdrHistogramSettingsException, HdrLengthException
from hdrh.histogram import HdrHistogram
from numpy.typing import ArrayLike, NDArray

from harness.errors import SchemaError
from harness.records import Latency

LOWEST_US = 1
HIGHEST_US = 3_600_000_000
DIGITS = 3
EXACT_BITS = 11  # buckets are one microsecond wide below 2**11
UNREADABLE = (
    HdrCookieException,
    HdrHistogramSettingsException,
    HdrLengthException,
    RuntimeError,
    ValueError,
    binascii.Error,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts by bucket; `lows` are the buckets' lower ends in microseconds, ascending, all used."""

    lows: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Return the number of values."""
        return int(self.counts.sum())

    @property
    def mean(self) -> float:
        """Return the mean in seconds, each value taken as the middle of its bucket; 0 if empty."""
        if not self.count:
            return 0.0
        middles = (self.lows + _highs(self.lows)) / 2
        return float((middles * self.counts).sum()) / self.count / 1e6

    @property
    def max(self) -> float:
        """Return the largest value in seconds; 0 if empty."""
        return float(_highs(self.lows)[-1]) / 1e6 if self.count else 0.0

    def percentiles(self, shares: Sequence[float]) -> tuple[float, ...]:
        """Return the values in seconds at `shares`, each within 0..100; zeros if empty."""
        if not self.count:
            return (0.0,) * len(shares)
        # The product is rounded because 0.999 * 1000 must be 999, not the float just above it.
        ranks = np.maximum(np.ceil(np.round(np.asarray(shares) / 100 * self.count, 9)), 1)
        places = np.searchsorted(np.cumsum(self.counts), ranks)
        return tuple(float(value) for value in _highs(self.lows)[places] / 1e6)

    def encode(self) -> str:
        """Return the library's compressed base64 text."""
        histogram = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
        for low, count in zip(self.lows.tolist(), self.counts.tolist(), strict=True):
            histogram.record_value(low, count)
        return str(histogram.encode().decode("ascii"))


def from_seconds(values: ArrayLike) -> Histogram:
    """Return the histogram of `values` in seconds; outside the range they count at its ends.

    Raises ValueError when one is negative or not a number.
    """
    seconds = np.asarray(values, dtype=np.float64)
    if not np.all(seconds >= 0):
        raise ValueError("a latency is negative or not a number")
    micros = np.clip(np.round(seconds * 1e6), LOWEST_US, HIGHEST_US).astype(np.int64)
    lows, counts = np.unique((micros >> _shifts(micros)) << _shifts(micros), return_counts=True)
    return Histogram(lows=lows, counts=counts.astype(np.int64))


def decode(text: str) -> Histogram:
    """Return the histogram that `encode` wrote; raises SchemaError when the text is not one."""
    try:
        histogram = HdrHistogram.decode(text)
    except UNREADABLE as e:
        raise SchemaError(f"not an HDR histogram: {text[:40]!r} ({e})") from e
    settings = (
        histogram.lowest_trackable_value,
        histogram.highest_trackable_value,
        histogram.significant_figures,
    )
    if settings != (LOWEST_US, HIGHEST_US, DIGITS):
        raise SchemaError(f"an HDR histogram of another range or precision: {settings}")
    counts = np.frombuffer(histogram.counts, dtype=np.int64)
    used = np.flatnonzero(counts)
    shifts = np.maximum((used >> (EXACT_BITS - 1)) - 1, 0)
    return Histogram(lows=(used - (shifts << (EXACT_BITS - 1))) << shifts, counts=counts[used])


def merge(histograms: Iterable[Histogram]) -> Histogram:
    """Return the histogram of all the values together; order does not matter."""
    parts = list(histograms)
    if not parts:
        return from_seconds([])
    lows, places = np.unique(np.concatenate([part.lows for part in parts]), return_inverse=True)
    counts = np.zeros(len(lows), dtype=np.int64)
    np.add.at(counts, places, np.concatenate([part.counts for part in parts]))
    return Histogram(lows=lows, counts=counts)


def latency(histogram: Histogram) -> Latency:
    """Return what a record says of `histogram`; with a count of 0 the other numbers are 0."""
    p50, p90, p95, p99 = histogram.percentiles((50, 90, 95, 99))
    return Latency(
        count=histogram.count,
        mean=histogram.mean,
        p50=p50,
        p90=p90,
        p95=p95,
        p99=p99,
        max=histogram.max,
        histogram=histogram.encode(),
    )


def merged_latency(latencies: Iterable[Latency]) -> Latency:
    """Return the latency over all the values of `latencies`, by merging their histograms."""
    return latency(merge(decode(item.histogram) for item in latencies))


def _shifts(micros: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return log2 of the width of each value's bucket."""
    _, bits = np.frexp(micros.astype(np.float64))
    return np.maximum(bits.astype(np.int64) - EXACT_BITS, 0)


def _highs(lows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the upper end of each bucket."""
    return lows + (np.int64(1) << _shifts(lows)) - 1
