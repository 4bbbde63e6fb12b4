"""Records as the columns of their table, and back.

The seconds of endpoints have a column apart, because they are the greater part of a record and
hardly anybody reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.errors import SchemaError
from harness.records import Measurement, Record, Second
from harness.serial import from_json, to_json

Seconds = tuple[Second, ...]


def record_columns(run_id: str, record: Record) -> dict[str, object]:
    """Return the columns of a record; what was not measured is None."""
    key, measurement = record.key, record.measurement
    plain = to_json(replace(record, measurement=None))
    del plain["measurement"]
    return {
        "run_id": run_id,
        "session": key.session,
        "scenario": key.scenario,
        "load": key.load,
        "stack": key.stack,
        "status": record.status.value,
        "record": plain,
        **_measurement_columns(measurement),
    }


def _measurement_columns(measurement: Measurement | None) -> dict[str, object]:
    if measurement is None:
        return {"measurement": None, "seconds": None}
    each = [endpoint.seconds for endpoint in measurement.endpoints]
    bare = _timed(measurement, [()] * len(each))
    return {"measurement": to_json(bare), "seconds": to_json(each)}


def record_of(record: Mapping[str, object], measurement: object) -> Record:
    """Return the record that these columns hold, without the seconds of its endpoints.

    Raises SchemaError when they do not fit.
    """
    return from_json(Record, {**record, "measurement": measurement})


def with_seconds(record: Record, seconds: object) -> Record:
    """Return the record with the seconds that this column holds; raises SchemaError when it does
    not fit.
    """
    if record.measurement is None:
        return record
    each = from_json(tuple[Seconds, ...], seconds, "seconds")
    expected = len(record.measurement.endpoints)
    if len(each) != expected:
        raise SchemaError(f"seconds: expected those of {expected} endpoints, found {len(each)}")
    return replace(record, measurement=_timed(record.measurement, each))


def _timed(measurement: Measurement, each: Iterable[Seconds]) -> Measurement:
    """Return the measurement with these seconds of its endpoints, in their order."""
    pairs = zip(measurement.endpoints, each, strict=True)
    return replace(measurement, endpoints=tuple(replace(e, seconds=held) for e, held in pairs))
