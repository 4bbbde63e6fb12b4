"""Comparing two stacks word for word."""

from __future__ import annotations

from dataclasses import replace

from stacks.contract.differences import compare, transcript


def test_ids_and_times_are_no_difference(serve, plausible) -> None:
    """Two servers that differ in ids, tokens and times only are the same."""
    one, two = (transcript(serve(plausible), salt="s") for _ in range(2))
    assert compare(one, two) == []
    assert '"created_at": "T"' in one[0].body


def test_another_status_is_a_difference(serve, plausible) -> None:
    """A difference names the request and shows both sides."""

    def other(method, path):
        return (404, "text/plain", "no") if path == "/healthz" else plausible(method, path)

    one, two = transcript(serve(plausible), salt="s"), transcript(serve(other), salt="s")
    found = compare(one, two)
    assert all(each.startswith("GET /healthz\n") for each in found)
    assert any("200" in each and "404" in each for each in found)


def test_an_id_in_another_place_is_a_difference(serve, plausible) -> None:
    """The same id must come back where the other stack repeats one."""

    def forgetful(method, path):
        status, media, text = plausible(method, path)
        return status, media, text if path == "/v1/users" else '{"id": "same", "messages": 0}'

    one, two = transcript(serve(plausible), salt="s"), transcript(serve(forgetful), salt="s")
    assert any("<id " in each for each in compare(one, two))


def test_words_of_problems_are_no_difference(serve, plausible) -> None:
    """Title and detail of a problem are the stack's own; type, status and pointers are not."""

    def problem(words, pointer):
        def answering(method, path):
            if path != "/nothing":
                return plausible(method, path)
            text = (
                f'{{"type": "urn:bakeoff:problem:invalid", "title": "{words}", "status": 422,'
                f' "errors": [{{"pointer": "{pointer}", "detail": "{words}"}}]}}'
            )
            return 422, "application/problem+json", text

        return answering

    first, second, third = (
        transcript(serve(problem(*each)), salt="s")
        for each in (("a", "/x"), ("b", "/x"), ("a", "/y"))
    )
    assert compare(first, second) == []
    assert len(compare(first, third)) == 1


def test_a_shorter_transcript_is_a_difference(serve, plausible) -> None:
    """Transcripts of unequal length are never the same."""
    entries = transcript(serve(plausible), salt="s")
    assert compare(entries, entries[:-1]) != []
    assert compare(entries, [replace(entries[0], status=500), *entries[1:]]) != []
