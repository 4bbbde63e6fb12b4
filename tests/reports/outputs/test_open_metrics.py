"""The values as OpenMetrics text."""

from __future__ import annotations

import re

import pytest

from reports.outputs.open_metrics import open_metrics

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
LINE = re.compile(
    rf"# TYPE {NAME} (gauge|info)|# UNIT {NAME} \w+|# HELP {NAME} [^\n]+"
    rf"|({NAME})\{{{LABEL}(?:,{LABEL})*\}} -?\d+(\.\d+)?(e[-+]?\d+)?"
)


@pytest.mark.parametrize("name", ["example", "troubled", "brokers", "hostile"])
def test_the_exposition_is_as_it_was(name, request, golden):
    """A family after the other, its samples together."""
    text = open_metrics(*request.getfixturevalue(name))
    golden(f"openmetrics-{name}.txt", text.encode("utf-8", "backslashreplace").decode())


def test_every_line_is_of_the_grammar(document):
    """And the last one ends the exposition."""
    *lines, last, rest = open_metrics(*document[1:]).split("\n")
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert (last, rest) == ("# EOF", "")


def test_families_are_told_once_and_in_one_piece(document):
    """A unit is the end of its family's name, and no sample occurs twice."""
    lines = open_metrics(*document[1:]).splitlines()[:-1]
    samples = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    assert len(set(samples)) == len(samples)
    names = [name.partition("{")[0] for name in samples]
    assert len(set(names)) == sum(a != b for a, b in zip(names, ["", *names], strict=False))
    units = [line.split()[2:4] for line in lines if line.startswith("# UNIT")]
    assert [name for name, unit in units if not name.endswith(f"_{unit}")] == []


def test_a_generator_limited_throughput_has_only_a_lower_bound(searched):
    """The label says what it is."""
    lines = [
        line
        for line in open_metrics(*searched).splitlines()
        if line.startswith("bakeoff_throughput_per_second{") and "cost-optimized" in line
    ]
    assert len(lines) == 1
    assert 'status="generator-limited",over="least"' in lines[0]


def test_a_run_without_trials_is_an_exposition_too(make_run):
    """It says of which run."""
    lines = open_metrics(make_run(), []).splitlines()
    assert [line.partition("{")[0] for line in lines] == [
        "# TYPE bakeoff_run info",
        "# HELP bakeoff_run Which run the numbers are of.",
        "bakeoff_run_info",
        "# EOF",
    ]


def test_prometheus_own_reader_reads_it(document):
    """Labels come back as they were."""
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    families = list(parser.text_string_to_metric_families(open_metrics(*document[1:])))
    trials = next(family for family in families if family.name == "bakeoff_trials")
    assert {sample.labels["stack"] for sample in trials.samples} == {
        record.key.stack for record in document[2]
    }
