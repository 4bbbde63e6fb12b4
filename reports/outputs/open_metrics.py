"""The values as OpenMetrics text, for Prometheus' textfile collector and what else reads it.

Each metric is a gauge named `bakeoff_` and its name; the label `over` says which of the sessions'
values it is: their median, least or greatest. What has no number has no sample; how trials ended is
a gauge of its own. Source of the format: the OpenMetrics 1.0 specification, text format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.records import Record, Run
from reports.outputs.metrics import WHOLE, of_count
from reports.outputs.values import Value, values

PREFIX = "bakeoff_"
OVER = {"median": "middle", "least": "low", "greatest": "high"}
LABELS = ("scenario", "load", "tier", "model", "stack", "component")
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
ENDED = "How many trials ended so."
NAMED = "Which run the numbers are of."


def open_metrics(run: Run, records: Sequence[Record]) -> str:
    """Return the exposition, ending with its end-of-file line."""
    lines = [*_run(run), *_trials(records)]
    families: dict[str, list[Value]] = {}
    for value in values(run, records):
        families.setdefault(value.metric, []).append(value)
    says = _meanings(records)
    for name, members in families.items():
        samples = [sample for value in members for sample in _samples(value)]
        if samples:
            lines += [*_head(f"{PREFIX}{name}", "gauge", members[0].unit, says[name]), *samples]
    return "\n".join([*lines, "# EOF"]) + "\n"


def _run(run: Run) -> Iterator[str]:
    yield from _head(f"{PREFIX}run", "info", "", NAMED)
    facts = {
        "id": run.id,
        "started_at": run.started_at,
        "version": run.version,
        "launcher": run.launcher,
        "fingerprint": run.fingerprint,
    }
    yield _sample(f"{PREFIX}run_info", facts, 1)


def _trials(records: Sequence[Record]) -> Iterator[str]:
    """Yield how many trials of each stack in each case ended in which way."""
    if not records:
        return
    ended = Counter(
        (r.key.scenario, r.key.load, r.tier, r.model, r.key.stack, r.status.value) for r in records
    )
    yield from _head(f"{PREFIX}trials", "gauge", "", ENDED)
    for (scenario, load, tier, model, stack, status), number in sorted(ended.items()):
        labels = {"scenario": scenario, "load": load, "tier": tier, "model": model, "stack": stack}
        yield _sample(f"{PREFIX}trials", labels | {"status": status}, number)


def _samples(value: Value) -> Iterator[str]:
    labels = {name: getattr(value, name) for name in LABELS}
    if value.quantile:
        labels["quantile"] = f"{int(value.quantile.removeprefix('p')) / 100:g}"
    for over, member in OVER.items():
        number = getattr(value, member)
        if number is not None:
            stands = {"status": value.status.value, "over": over}
            yield _sample(f"{PREFIX}{value.metric}", labels | stands, number)


def _head(name: str, kind: str, unit: str, says: str) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {says.translate(ESCAPES)}"


def _sample(name: str, labels: Mapping[str, str], number: float) -> str:
    """Return one line; a label that is empty is the same as none, so it is left out."""
    shown = (f'{label}="{text.translate(ESCAPES)}"' for label, text in labels.items() if text)
    return f"{name}{{{','.join(shown)}}} {number!r}"


def _meanings(records: Iterable[Record]) -> dict[str, str]:
    kinds = {kind for record in records for kind in record.counted}
    return {metric.name: metric.says for metric in (*WHOLE, *map(of_count, kinds))}
