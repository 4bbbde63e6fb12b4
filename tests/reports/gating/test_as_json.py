"""The judgement as a document, there and back."""

from __future__ import annotations

import json

import pytest

from harness.errors import SchemaError
from reports.gating.as_json import document, read


def test_the_document_is_as_it_was(judged, golden):
    """Version, verdict in words, and everything that was compared."""
    text = json.dumps(document(judged("regression")), indent=2, ensure_ascii=False)
    golden("gate-regression.json", f"{text}\n")


def test_what_was_written_is_read_back(kind):
    """Infinite bounds included."""
    text = json.dumps(document(kind[1]), allow_nan=False)
    assert read(json.loads(text)) == kind[1]


def test_it_says_what_the_exit_code_says(kind):
    """A program need not judge again."""
    found = document(kind[1])
    assert found["exit_code"] == kind[1].exit_code
    assert found["sentence"].startswith(f"{found['verdict']}: ")


@pytest.mark.parametrize("value", [None, [], {}, {"kind": "run"}])
def test_other_documents_are_refused(value):
    """A file that is no gate's is not half understood."""
    with pytest.raises(SchemaError, match="not a gate's document"):
        read(value)


def test_another_schema_is_refused(judged):
    """Both numbers are told."""
    with pytest.raises(SchemaError, match="of schema 99 cannot be read; this bakeoff reads schema"):
        read(document(judged("regression")) | {"schema": 99})
