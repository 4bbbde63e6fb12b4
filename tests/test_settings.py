"""Settings of components from the plan, and the registry that stacks come from."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from harness.errors import AdapterError, PlanError, UsageError
from harness.registry import chosen, stacks
from harness.settings import configured


def test_a_setting_reaches_the_component_of_every_stack() -> None:
    """Both stacks' model servers get the plan's timing; a whole number serves as a float."""
    found = configured(stacks(), {"llm": {"tokens_per_s": 50}})

    values = {stack.component("llm").tokens_per_s for stack in found.values()}  # type: ignore[attr-defined]
    assert {50.0} == values


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"oracle": {"x": 1}}, "no stack has such a component"),
        ({"llm": {"speed": 1}}, "not a setting; allowed: first_token_s"),
        ({"llm": {"seed": "x"}}, "a int is wanted"),
        ({"llm": {"name": "x"}}, "not a setting"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused(
    settings: dict[str, dict[str, str | int]], said: str
) -> None:
    """The message names the setting and what is allowed."""
    with pytest.raises(PlanError, match=said):
        configured(stacks(), settings)


def test_an_unknown_name_lists_the_known_ones() -> None:
    """Asking for what does not exist says what does."""
    with pytest.raises(UsageError, match="there is no stack 'x'; there are: a, b"):
        chosen({"a": 1, "b": 2}, ("x",), "stack")


@pytest.mark.parametrize(
    ("target", "said"),
    [("json:loads", "not a Stack"), ("json:nothing", "cannot be loaded"), ("nowhere:x", "nowhere")],
)
def test_a_plugin_that_does_not_fit_is_refused_by_name(
    target: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing module, a missing member and a wrong kind never yield a number."""
    point = EntryPoint(name="odd", value=target, group="bakeoff.stacks")
    monkeypatch.setattr("harness.registry.entry_points", lambda group: EntryPoints([point]))  # noqa: ARG005

    with pytest.raises(AdapterError, match="odd") as caught:
        stacks()
    assert said in str(caught.value)
