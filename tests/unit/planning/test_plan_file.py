"""Plans as files: what was written is what is read, and nothing else is taken for a plan."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.planning.plan import RolloutPlan, Step
from deployer.planning.plan_file import identified, plan_from_text, plan_text, read_plan
from deployer.planning.planner import plan_rollout
from deployer.planning.preview import Preview
from deployer.planning.tear_down_planner import plan_tear_down
from deployer.rendering.rendered import digest_of
from deployer.vocabulary.errors import InputRefused
from tests.support.surveys import a_survey, a_system, an_empty_survey, an_environment

_TEXTS = st.text(max_size=20)


@st.composite
def plans(draw: st.DrawFn) -> RolloutPlan:
    """Any plan at all: every kind of step, every field free."""
    steps = st.one_of([st.builds(kind) for kind in get_args(Step)])
    bodies = draw(st.sets(_TEXTS, max_size=3))
    plan = draw(
        st.builds(
            RolloutPlan,
            steps=st.lists(steps, max_size=4).map(tuple),
            templates=st.just(tuple(sorted((digest_of(body.encode("utf-8", "replace")), body) for body in bodies))),
        ).filter(lambda plan: plan.bounds.poll_seconds == plan.bounds.poll_seconds)
    )
    return identified(plan)


st.register_type_strategy(str, st.text(st.characters(exclude_categories=("Cs",)), max_size=20))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@settings(deadline=None)
@given(plans())
def test_any_plan_survives_being_written_and_read(plan: RolloutPlan) -> None:
    """Whatever the planner may come to."""
    text = plan_text(plan)

    assert plan_from_text(text, "plan.json") == plan
    assert plan_text(plan_from_text(text, "plan.json")) == text


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param(plan_rollout(an_environment(), a_system(), an_empty_survey()), id="roll-out"),
        pytest.param(plan_tear_down(an_environment(), a_survey()), id="tear-down"),
    ],
)
def test_real_plan_survives_a_file(tmp_path: Path, plan: RolloutPlan) -> None:
    """`plan --out` and `roll-out --plan` meet in it."""
    path = tmp_path / "plan.json"
    path.write_text(plan_text(plan), "utf-8")

    assert read_plan(path) == plan


def test_same_inputs_give_the_same_text() -> None:
    """The planner is pure, and so is the file."""
    one, other = (plan_text(plan_rollout(an_environment(), a_system(), an_empty_survey())) for _ in range(2))

    assert one == other


def edited(edit: Any) -> str:
    """Return a plan's text after `edit` was let loose on its record."""
    plan = plan_rollout(an_environment(), a_system(), an_empty_survey())
    record = json.loads(plan_text(plan, Preview(columns=(), rows=(), words=("Nothing.",))))
    edit(record)
    return json.dumps(record)


@pytest.mark.parametrize(
    ("edit", "place", "sentence"),
    [
        pytest.param(lambda r: r.update(version=1), "plan.json", "it has version 1; this deployer reads version 2", id="version"),
        pytest.param(lambda r: r.pop("format"), "plan.json", "this is no roll-out plan", id="format"),
        pytest.param(lambda r: r["plan"].update(colour="red"), "plan.json.plan.colour", "this field is unknown", id="unknown field"),
        pytest.param(lambda r: r["plan"].pop("suffix"), "plan.json.plan.suffix", "this field is missing", id="missing field"),
        pytest.param(lambda r: r["plan"].update(suffix=5), "plan.json.plan.suffix", "5 is no str", id="wrong type"),
        pytest.param(
            lambda r: r["plan"].update(intent="undo"), "plan.json.plan.intent", '"undo" is none of roll-out, tear-down', id="wrong choice"
        ),
        pytest.param(lambda r: r["plan"].update(steps={}), "plan.json.plan.steps", "a list has to stand here, not {}", id="no list"),
        pytest.param(lambda r: r["plan"]["steps"].insert(0, None), "plan.json.plan.steps[0].kind", "null is no kind of step", id="no step"),
        pytest.param(
            lambda r: r["plan"]["steps"][0].update(kind="Undo"),
            "plan.json.plan.steps[0].kind",
            '"Undo" is no kind of step',
            id="unknown step",
        ),
        pytest.param(
            lambda r: r["plan"]["steps"][0].update(then=1), "plan.json.plan.steps[0].then", "this field is unknown", id="unknown step field"
        ),
        pytest.param(
            lambda r: r["plan"]["steps"][0]["tags"].append(["a"]),
            "plan.json.plan.steps[0].tags[3]",
            "2 values have to stand here",
            id="no pair",
        ),
        pytest.param(
            lambda r: r["plan"]["steps"][5]["parameters"][0].update(value=1),
            "plan.json.plan.steps[5].parameters[0].value",
            "text or an output has to stand here, not 1",
            id="no value",
        ),
        pytest.param(
            lambda r: r["plan"]["steps"][5]["parameters"][1].update(value={"output_of": {"stack_name": "x"}}),
            "plan.json.plan.steps[5].parameters[1].value.output_of.output",
            "this field is missing",
            id="half an output",
        ),
        pytest.param(lambda r: r["plan"].update(suffix="other"), "plan.json.plan.plan_id", "the plan is not what it was", id="edited"),
        pytest.param(lambda r: r.update(preview=None), "plan.json.digest", "the file is not what it was", id="preview-taken-out"),
    ],
)
def test_text_that_is_not_the_plan_that_was_made_is_refused(edit: Any, place: str, sentence: str) -> None:
    """Strictly, with the place: a plan is performed as it was shown or not at all."""
    with pytest.raises(InputRefused) as refused:
        plan_from_text(edited(edit), "plan.json")

    [mistake] = refused.value.mistakes
    assert mistake.place == place
    assert sentence in mistake.sentence
    assert "deployer plan" in refused.value.hint


def test_template_body_that_was_exchanged_is_refused() -> None:
    """Also by someone who made the id fit."""
    plan = plan_rollout(an_environment(), a_system(), an_empty_survey())
    templates = ((plan.templates[0][0], "Resources: {}"), *plan.templates[1:])
    forged = identified(RolloutPlan(**{name: getattr(plan, name) for name in RolloutPlan.__slots__} | {"templates": templates}))

    with pytest.raises(InputRefused, match="the template body is not the one with digest"):
        plan_from_text(plan_text(forged), "plan.json")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"", id="empty"),
    ],
)
def test_file_that_is_no_plan_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever was given by mistake."""
    path = tmp_path / "plan.json"
    path.write_bytes(content)

    with pytest.raises(InputRefused, match=r"plan\.json"):
        read_plan(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(InputRefused, match="cannot be read"):
        read_plan(tmp_path / "nowhere.json")
