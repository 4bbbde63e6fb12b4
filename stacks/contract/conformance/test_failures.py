"""What is answered when the model fails, which bakeoff's own model does on request."""

from __future__ import annotations

import pytest

from stacks.contract.conformance.client import User, fresh, messages_of
from stacks.contract.spec import schema_faults

FAULTS = ("[[fail:500]]", "[[fail:429]]", "[[cut]]")


@pytest.fixture(autouse=True)
def _the_model_can_fail(request: pytest.FixtureRequest) -> None:
    """Skip where the model is another one than bakeoff's own."""
    if request.config.getoption("--bakeoff-other-model"):
        pytest.skip("this stack's model cannot be made to fail (--bakeoff-other-model)")


@pytest.mark.parametrize("fault", FAULTS)
def test_when_the_model_fails_nothing_is_stored(user: User, fault: str) -> None:
    """When the model fails nothing is stored, the answer is 502, and the key may be used again."""
    path, key = messages_of(user.conversation()["id"]), fresh()
    body = {"content": f"{fresh()} {fault}"}
    user.post(path, body, key=key).problem(502, "model-failed")
    assert user.all(path) == []
    again = user.post(path, {"content": fresh()}, key=key)
    assert not again.replayed
    assert user.all(path) == [again.ok(201)["answer"], again.body["question"]]


@pytest.mark.parametrize("fault", FAULTS)
def test_when_the_model_fails_a_stream_ends_with_an_error(user: User, fault: str) -> None:
    """A stream whose model fails ends with one `error`, a problem document; nothing is stored, and
    the key may be used again.
    """
    talk, key = user.conversation()["id"], fresh()
    stream = user.stream(talk, f"{fresh()} {fault}", key=key)
    names = [event.name for event in stream.events]
    assert names == ["token"] * (len(names) - 1) + ["error"], stream
    problem = stream.events[-1].data
    assert schema_faults("Problem", problem) == []
    assert (problem["type"], problem["status"]) == ("urn:bakeoff:problem:model-failed", 502)
    assert user.all(messages_of(talk)) == []
    done = user.stream(talk, fresh(), key=key).done
    assert user.all(messages_of(talk)) == [done["answer"], done["question"]]


def test_a_failed_message_is_not_counted(newcomer: User) -> None:
    """A message that got no answer makes no usage event and is no part of the history's count."""
    talk = newcomer.conversation()["id"]
    newcomer.post(messages_of(talk), {"content": FAULTS[0]}).problem(502, "model-failed")
    assert newcomer.get(f"/v1/conversations/{talk}").ok(200)["message_count"] == 0
    newcomer.send(talk, fresh())
    assert newcomer.get("/v1/usage").ok(200)["messages"] <= 1


def test_a_failure_is_not_cached(user: User) -> None:
    """What failed is asked of the model again, and is never in the cache."""
    text = f"{fresh()} {FAULTS[0]}"
    for _ in range(2):
        path = messages_of(user.conversation()["id"])
        user.post(path, {"content": text}).problem(502, "model-failed")
