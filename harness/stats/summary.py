"""Measurement -> what is to be doubted, and whether it may be set beside others.

Limits of the load generator's health are those measured for one Locust process on two cores: its
own p99 is inflated five times by 70 % of a core, late sends and hub lag grow before its CPU does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harness.measure.monitor import HostShare
from harness.records import Counts, Doubt, Fault, Measurement, Record, Status
from harness.stats.selfcheck import contradictions
from harness.stats.selfcheck_load import idle_users
from harness.stats.warnings import GENERATOR, Severity, Warn, details, severity

ERROR_LIMIT = 0.01
FEWEST_FOR_P99 = 1_000
ACHIEVED_LEAST = 0.99
GENERATOR_CPU_MOST = 0.6
SEND_LAG_MOST_S = 0.005
SEND_LAG_OF_SERVICE = 0.2
HUB_LAG_MOST_S = 0.005
HUB_LAG_OF_SERVICE = 0.2  # of p95: what delays one request in a hundred shows in the tail
STEAL_MOST = 0.01
ELSEWHERE_MOST = 0.1
FEWEST_SLICES_FOR_DRIFT = 6
DRIFT_MOST = 0.1
NORMAL_95 = 1.96  # two-sided 5 % point of the normal distribution
SERVERS = frozenset({"gateway", "database", "cache", "queue", "search"})  # roles of products


def doubts(
    measurement: Measurement,
    *,
    model: str,
    users: int,
    rate: float,
    host: HostShare | None = None,
    raw: tuple[str, ...] = (),
    settle_s: float | None = None,
) -> tuple[Doubt, ...]:
    """Return every doubt that the measurement itself raises.

    `model`, `users` and `rate` are the trial's, `host` is what the monitor saw, `raw` what
    contradicted itself in the samples already. `settle_s` is how long a steady state was waited
    for: 0.0 when nobody waited, None where that is of no matter.
    """
    found = contradictions(measurement, model=model, users=users, rate=rate)
    return (
        *(Warn.CONTRADICTION.seen(sentence) for sentence in raw + found),
        *_errors(measurement.counts),
        *_few_requests(measurement),
        *_generator(measurement),
        *(_idle(measurement, users) if model == "closed" else ()),
        *_stand_ins(measurement),
        *_other_products(measurement),
        *_warmed(measurement, settle_s),
        *_unsteady(measurement),
        *(_noise(host) if host is not None else ()),
    )


def error_share(counts: Counts) -> float:
    """Return the share of scheduled requests that were not answered rightly, 1.0 when none was."""
    return 1 - counts.answered / counts.scheduled if counts.scheduled else 1.0


def generator_limited(record: Record) -> str:
    """Say why a trial's throughput is the load generator's and not the stack's; empty if it is the
    stack's.
    """
    return "; ".join(details(record.doubts, GENERATOR))


def unranked(record: Record, *, timed: bool = True) -> str:
    """Say why a trial must not be set beside others; empty when it may.

    `timed` asks about throughput and latencies, which a slow generator spoils; CPU time it does
    not.
    """
    if record.status is not Status.OK or record.measurement is None:
        return record.reason or "it was not measured"
    if record.recovery_s is not None:
        return "what is killed on purpose is away for a part of the time"
    if any(use.stand_in for use in record.measurement.components):
        return "a stand-in says nothing about the product it stands for"
    if disguised := details(record.doubts, (Warn.OTHER_PRODUCT,)):
        return "; ".join(disguised)
    limited = generator_limited(record)
    return f"it is generator-limited: {limited}" if timed and limited else ""


def judged(record: Record, *, faults_injected: bool = False) -> Record:
    """Return the record, failed with its reason where its own numbers speak against it.

    The rule: no doubt that makes it invalid, no wrong answer, and errors (failed, wrong,
    unanswered, unsent) on at most 1 % of what was scheduled. The measurement stays as it is; a
    record that failed before keeps its reason. Errors are no fault of what was killed on purpose
    (`faults_injected`).
    """
    if record.status is not Status.OK or not (verdict := _verdict(record)):
        return record
    if faults_injected and verdict[0] is Fault.ERRORS:
        return record
    fault, reason = verdict
    return replace(record, status=Status.FAILED, fault=fault, reason=reason)


def _verdict(record: Record) -> tuple[Fault, str] | None:
    """Return what speaks against a trial's numbers, the gravest first; None when nothing does."""
    said = [doubt.detail for doubt in record.doubts if severity(doubt) is Severity.INVALID]
    if said:
        return Fault.CONTRADICTION, "; ".join(said)
    if record.measurement is None:
        return None
    counts = record.measurement.counts
    if counts.wrong:
        return Fault.WRONG, (
            f"{counts.wrong} of {counts.scheduled} answers did not fit the contract: "
            f"{_error_texts(record.measurement)}"
        )
    if not counts.answered or error_share(counts) > ERROR_LIMIT:
        return Fault.ERRORS, (
            f"{_share(counts)}; the limit is {ERROR_LIMIT:.0%}: {_error_texts(record.measurement)}"
        )
    return None


def _share(counts: Counts) -> str:
    return (
        f"{error_share(counts):.2%} of {counts.scheduled} scheduled requests had no right answer "
        f"({counts.failed} failed, {counts.wrong} wrong, {counts.open} unanswered, "
        f"{counts.unsent} unsent)"
    )


def _error_texts(measurement: Measurement) -> str:
    """Return the three most frequent errors."""
    found = sorted(
        (
            (number, e.name, text)
            for e in measurement.endpoints
            for text, number in e.errors.items()
        ),
        key=lambda item: (-item[0], *item[1:]),
    )
    return "; ".join(f"{name}: {text} ({number})" for number, name, text in found[:3])


def _errors(counts: Counts) -> Iterator[Doubt]:
    if counts.answered < counts.scheduled:
        yield Warn.ERRORS.seen(_share(counts))


def _few_requests(m: Measurement) -> Iterator[Doubt]:
    if m.counts.answered < FEWEST_FOR_P99:
        yield Warn.FEW_REQUESTS.seen(f"{m.counts.answered} answered requests in all")
        return
    sent = [e for e in m.endpoints if e.counts.sent]
    few = [f"{e.name} {e.counts.answered}" for e in sent if e.counts.answered < FEWEST_FOR_P99]
    if few:
        yield Warn.FEW_REQUESTS.seen(f"answered requests: {', '.join(few)}")


def _generator(m: Measurement) -> Iterator[Doubt]:
    health = m.generator
    lag_most = max(SEND_LAG_MOST_S, SEND_LAG_OF_SERVICE * m.service.p50)
    says = []
    if health.cpu_share > GENERATOR_CPU_MOST:
        says.append(f"{health.cpu_share:.0%} of its core (limit {GENERATOR_CPU_MOST:.0%})")
    if health.send_lag_p99 > lag_most:
        says.append(f"p99 of late sends {health.send_lag_p99:.4f} s (limit {lag_most:.4f} s)")
    hub_most = max(HUB_LAG_MOST_S, HUB_LAG_OF_SERVICE * m.service.p95)
    if health.hub_lag_p99 > hub_most:
        says.append(f"p99 of hub lag {health.hub_lag_p99:.4f} s (limit {hub_most:.4f} s)")
    if says:
        yield Warn.SATURATED_GENERATOR.seen("; ".join(says))
    if health.achieved < ACHIEVED_LEAST:
        yield Warn.RATE_NOT_REACHED.seen(f"{health.achieved:.2%} of the scheduled were sent")


def _stand_ins(m: Measurement) -> Iterator[Doubt]:
    for use in m.components:
        if use.stand_in:
            yield Warn.STAND_IN.seen(f"{use.name}: {use.stand_in}")


def _other_products(m: Measurement) -> Iterator[Doubt]:
    """Compare what a server calls itself with its component's name, where it says a name at all."""
    for use in m.components:
        said = use.version.replace("/", " ").partition(" ")[0].lower()
        name = use.name.lower()
        nameless = not said[:1].isalpha() or said == "unknown" or said in name or name in said
        if use.role in SERVERS and not use.stand_in and not nameless:
            yield Warn.OTHER_PRODUCT.seen(
                f"{use.name} calls itself {use.version!r}; label it as a stand-in, or name the "
                "component after it"
            )


def _idle(m: Measurement, users: int) -> Iterator[Doubt]:
    if found := idle_users(m, users):
        yield Warn.IDLE_USERS.seen(found)


def _warmed(m: Measurement, settle_s: float | None) -> Iterator[Doubt]:
    if settle_s is None:
        return
    if not settle_s:
        yield Warn.NOT_WARMED.seen(f"after {m.warmup_s:.3g} s of load")
    elif not m.steady:
        yield Warn.NO_STEADY_STATE.seen(f"not within {m.warmup_s:.3g} s of load")


def _unsteady(m: Measurement) -> Iterator[Doubt]:
    """Judge by CPU per request over the slices: a trend (Mann-Kendall, 5 %) of more than 10 %."""
    measured = [one for one in m.slices if not one.warmup and one.counts.answered and one.cpu_s]
    cost = np.array([sum(one.cpu_s.values()) / one.counts.answered for one in measured])
    number = len(cost)
    if number < FEWEST_SLICES_FOR_DRIFT or not np.median(cost) > 0:
        return
    earlier, later = np.triu_indices(number, k=1)
    rises = cost[later] - cost[earlier]
    deviation = np.sqrt(number * (number - 1) * (2 * number + 5) / 18)
    if abs(np.sign(rises).sum()) - 1 <= NORMAL_95 * deviation:
        return
    slope = float(np.median(rises / (later - earlier)))  # Theil-Sen
    drift = slope * (number - 1) / float(np.median(cost))
    if abs(drift) > DRIFT_MOST:
        yield Warn.NO_STEADY_STATE.seen(
            f"CPU per request drifted by {drift:+.0%} over {number} slices"
        )


def _noise(host: HostShare) -> Iterator[Doubt]:
    says = []
    if host.steal > STEAL_MOST:
        says.append(f"the hypervisor kept {host.steal:.1%} (limit {STEAL_MOST:.0%})")
    if host.elsewhere > ELSEWHERE_MOST:
        says.append(f"other work took {host.elsewhere:.0%} (limit {ELSEWHERE_MOST:.0%})")
    if says:
        yield Warn.NOISY_HOST.seen("; ".join(says) + " of the host's processors")
