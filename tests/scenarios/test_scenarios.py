"""Scenarios from preparing to auditing, against a small server that has one fault or none."""

import pytest

from harness.contract import Acknowledged, Capability
from harness.drive import drive
from harness.drive.job import Job, PlannedSlice, Target
from harness.drive.results import Outcome
from harness.errors import ContractBroken
from harness.measure.samples import Samples
from scenarios.browse.scenario import SCENARIO as BROWSE
from scenarios.chat.scenario import SCENARIO as CHAT
from scenarios.stream.scenario import SCENARIO as STREAM

ALL = pytest.mark.parametrize("scenario", [CHAT, BROWSE, STREAM], ids=lambda s: s.name)


def _run(scenario, url, folder):
    data = scenario.prepare(url, 1)
    return _driven(scenario, url, folder, data)


def _driven(scenario, url, folder, data):
    one = PlannedSlice(index=0, block=0, stack="target", duration_s=1.5, warmup=False, seed=1)
    target = Target(stack="target", url=url, data=data, meters=())
    return drive(
        Job(
            scenario=scenario.name, locustfile=scenario.locustfile, targets=(target,),
            slices=(one,), model="closed", users=8, rate=0.0, request_timeout_s=5.0, drain_s=3.0,
            seed=1, cpus=(), folder=folder,
        )
    )  # fmt: skip


def _errors(done):
    samples = done.read_samples()
    wrong = samples[samples["outcome"] == Outcome.WRONG]
    return {done.errors[number] for number in wrong["error"]}


@ALL
def test_a_server_that_keeps_the_contract_passes(scenario, chat, tmp_path):
    """Loaded, verified, driven without a wrong answer, and the books agree."""
    server = chat()
    data = scenario.prepare(server.url, 1)
    scenario.verify(server.url, data)
    before = server.books()
    done = _driven(scenario, server.url, tmp_path, data)
    told = Samples.read(done).acknowledged("target")
    assert set(done.read_samples()["outcome"]) == {Outcome.ANSWERED}
    assert done.faults == {}
    assert scenario.audit(
        Acknowledged(
            answered=told.answered, unsure=told.unsure, before=before, after=server.books()
        )
    ) == ()  # fmt: skip


@ALL
def test_every_operation_has_the_contracts_name(scenario, chat, tmp_path):
    """Endpoints in results are operationIds; only streaming has a name of its own."""
    done = _run(scenario, chat().url, tmp_path)
    assert set(done.endpoints) <= {
        "(unsent)", "listConversations", "listMessages", "getConversation", "createConversation",
        "sendMessage", "streamMessage", "searchMessages", "usage", "me",
    }  # fmt: skip


def test_the_same_data_is_loaded_into_every_stack(chat):
    """Titles and questions depend on the seed alone."""

    def texts(server):
        loaded = CHAT.prepare(server.url, 5)["accounts"]
        return [(c["title"], c["questions"]) for a in loaded for c in a["conversations"]]

    assert texts(chat()) == texts(chat())


def test_a_stack_can_be_loaded_again(chat):
    """A second round of the same seed finds other names, and passes."""
    server = chat()
    CHAT.prepare(server.url, 5)
    CHAT.verify(server.url, CHAT.prepare(server.url, 5))


@pytest.mark.parametrize("fault", ["forgets", "oldest-first"])
def test_verification_finds_what_is_lost_or_in_the_wrong_order(chat, fault):
    """Before any load: the message says what was loaded and what was read."""
    server = chat(fault)
    data = BROWSE.prepare(server.url, 1)
    with pytest.raises(ContractBroken, match=r"newest first: loaded .* but read"):
        BROWSE.verify(server.url, data)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("oldest-first", "not newest first"),
        ("moody", "another answer than before to the same prompt"),
        ("mixes-up", "the conversation is not the one written to"),
        ("knows-all", "answered by a cache, though nobody had asked that before"),
        ("parrots", "the answer to another prompt"),
        ("finds-anything", "a message without the words searched for"),
    ],
)
def test_wrong_answers_are_found_under_load(chat, tmp_path, fault, error):
    """A sample is read in full, and a fault does not stay hidden for a second."""
    assert error in _errors(_run(CHAT, chat(fault).url, tmp_path))


def test_the_audit_finds_writes_that_were_acknowledged_and_lost(chat, tmp_path):
    """Clients were told that they are stored; the books say otherwise."""
    server = chat("forgets")
    data, before = CHAT.prepare(server.url, 1), server.books()
    told = Samples.read(_driven(CHAT, server.url, tmp_path, data)).acknowledged("target")
    sentences = CHAT.audit(
        Acknowledged(
            answered=told.answered, unsure=told.unsure, before=before, after=server.books()
        )
    )
    assert [s.split()[0] for s in sentences if s.endswith("lost.")] == ["messages", "usage_events"]


def test_preparing_names_what_was_answered_instead(chat):
    """A stack that refuses is not measured; the message says which request it was."""
    with pytest.raises(ContractBroken, match=r"preparing: POST /v1/users"):
        CHAT.prepare(chat().url + "/nowhere", 1)


@ALL
def test_needs_are_declared(scenario):
    """A stack that lacks something is skipped with that reason."""
    assert scenario.needs <= set(Capability)
    assert Capability.CHAT in scenario.needs
