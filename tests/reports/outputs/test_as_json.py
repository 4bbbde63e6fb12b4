"""The versioned JSON of a report, and its schema."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import jsonschema
import pytest

from harness.records import Doubt, Fault
from harness.stats.warnings import Severity, Warn
from reports.outputs.as_json import as_json, schema
from reports.outputs.trials import COLUMNS
from reports.outputs.values import Standing

LIMIT = 350_000
SCHEMA = json.loads(schema())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", ["example", "troubled", "hostile"])
def test_the_document_is_as_it_was(name, request, golden):
    """Shown here with a member, a value or a trial on each line."""
    read = json.loads(as_json(*request.getfixturevalue(name)))
    read |= {"trials": read["trials"]["rows"], "columns": read["trials"]["columns"]}
    lines = [
        f"{member}: {json.dumps(item)}"
        for member, held in read.items()
        for item in (held if member in ("results", "trials") else [held])
    ]
    golden(f"report-{name}.txt", "\n".join(lines) + "\n")


def test_every_document_fits_the_schema(document):
    """Of runs that went well, that did not, and of hostile names."""
    VALIDATOR.check_schema(SCHEMA)
    assert list(VALIDATOR.iter_errors(json.loads(as_json(*document[1:])))) == []


def first(read: dict[str, list[dict[str, list[dict[str, object]]]]]) -> dict[str, object]:
    """Return the first value of a document."""
    return read["results"][0]["values"][0]


BROKEN = {
    "another version": lambda d: d.update(schema=2),
    "no kind": lambda d: d.pop("kind"),
    "an unknown member": lambda d: d.update(more=1),
    "a run without a fingerprint": lambda d: d["run"].pop("fingerprint"),
    "a value without a stack": lambda d: d["results"][0].pop("stack"),
    "an unknown status": lambda d: first(d).update(status="fine"),
    "a number with status ok that is not there": lambda d: first(d).update(middle=None),
    "a failed stack with a number": lambda d: first(d).update(status="failed"),
    "a text for a number": lambda d: first(d).update(low="1"),
    "a short row": lambda d: d["trials"]["rows"][0].pop(),
    "a long row": lambda d: d["trials"]["rows"][0].append(None),
    "an unknown fault": lambda d: d["trials"]["rows"][0].__setitem__(5, "bad luck"),
    "other columns": lambda d: d["trials"]["columns"].reverse(),
    "an unknown severity": lambda d: d["doubts"]["FEW_SESSIONS"].update(severity="grim"),
}


@pytest.mark.parametrize("spoil", BROKEN.values(), ids=BROKEN)
def test_a_broken_document_does_not_fit(example, spoil):
    """Whichever part is broken."""
    broken = copy.deepcopy(json.loads(as_json(*example)))
    spoil(broken)
    assert not VALIDATOR.is_valid(broken)


def test_the_schema_knows_what_the_code_knows():
    """Columns, statuses, faults and severities are the same here and there."""
    parts = SCHEMA["$defs"]
    columns = {column["title"]: column for column in parts["trial"]["prefixItems"]}
    assert list(columns) == list(COLUMNS)
    assert columns["fault"]["enum"] == [fault.value for fault in Fault]
    assert columns["severity"]["enum"] == ["", *(severity.label for severity in Severity)]
    assert set(parts["value"]["properties"]["status"]["enum"]) == {one.value for one in Standing}


def test_it_is_safe_inside_a_script_element(hostile):
    """No name ends the element, and all come back as they were."""
    text = as_json(*hostile)
    assert not {"<", ">", "&"} & set(text)
    assert hostile[1][0].key.stack in {one["stack"] for one in json.loads(text)["results"]}


def test_numbers_that_json_lacks_are_null(make_run, make_record):
    """NaN would make the whole document unreadable."""
    record = make_record("primary")
    spoiled = replace(record, measurement=replace(record.measurement, throughput=math.nan))
    document = json.loads(as_json(make_run(llm_capacity=math.inf), [spoiled]))
    (row,) = document["trials"]["rows"]
    assert row[document["trials"]["columns"].index("throughput_per_s")] is None
    assert document["run"]["llm_capacity"] is None


def test_every_doubt_is_explained_with_the_places_where_it_was_seen(make_run, make_record):
    """Sessions of one stack and detail are one place; what is not known is a doubt."""
    doubts = (Warn.NOISY_HOST.seen("3 %"), Doubt(code="NEW", detail=""))
    records = [make_record("primary", session=n, doubts=doubts) for n in (1, 2)]
    told = json.loads(as_json(make_run(), records))["doubts"]
    assert told["NOISY_HOST"] == {
        "severity": "doubt",
        "meaning": Warn.NOISY_HOST.meaning,
        "seen": [{"where": "primary, chat, 8 users", "detail": "3 %", "times": 2}],
    }
    assert told["NEW"]["severity"] == "doubt"


def test_every_metric_of_a_value_is_explained(document):
    """With its unit."""
    read = json.loads(as_json(*document[1:]))
    values = [value for one in read["results"] for value in one["values"]]
    assert {value["metric"] for value in values} <= set(read["metrics"])


def test_a_large_run_stays_small(make_run, make_record):
    """Four stacks, eight scenarios, ten sessions, and three doubts on each trial."""
    doubts = tuple(
        warn.seen("something that was seen")
        for warn in (Warn.NOISY_HOST, Warn.SHARED_CORES, Warn.FEW_REQUESTS)
    )
    once = [
        make_record(stack, scenario, doubts=doubts)
        for scenario in ("chat", "browse", "stream")
        for stack in ("primary", "cost-optimized", "scalability", "developer-experience")
    ]
    records = [
        replace(record, key=replace(record.key, scenario=scenario, session=session))
        for record in once
        for session in range(1, 11)
        for scenario in PLACES[record.key.scenario]
    ]
    assert len(records) == 320
    assert len(as_json(make_run(), records)) < LIMIT


PLACES = {"chat": ("a", "b", "c"), "browse": ("d", "e", "f"), "stream": ("g", "h")}
