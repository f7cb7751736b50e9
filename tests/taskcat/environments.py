"""What taskcat's stacks stand on, made and taken down by the deployer itself.

A regional stack needs its Region's bootstrap and packages, the global stack needs both regional stacks. taskcat begins all its stacks
at once, so each of the two has an environment of its own, as far as that template needs one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from deployer.aws.session import Aws, AwsAccess
from deployer.cli.rooms import Rooms
from deployer.local.state import LocalState
from deployer.outside.view import Outside
from deployer.params.load import load_environment
from deployer.params.model import Environment
from deployer.planning.plan import RolloutPlan, StackApply, StackSetRollout
from deployer.rendering.rendered import RenderedSystem
from deployer.rollout.context import RolloutContext
from deployer.rollout.output_values import resolved
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.names import name_of

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The embedded AWS's account, as a suspicious person sees it: boto3 with root credentials."""

    state: LocalState
    aws: Aws

    @classmethod
    def of(cls, state: LocalState) -> Account:
        """Return the account of a running embedded AWS."""
        access = AwsAccess(endpoint_url=state.endpoint, access_key_id=state.access_key_id, secret_access_key=state.secret_access_key)
        return cls(state=state, aws=Aws(access))

    def client(self, service: str, region: str) -> Any:
        """Return a boto3 client of any service."""
        return self.aws.client(service, region)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groundwork:
    """An environment of which the phases before the stack under test stand; `parameters` and `tags` are those of that stack."""

    environment: Environment
    system: RenderedSystem
    plan: RolloutPlan
    parameters: dict[str, str]
    tags: dict[str, str]

    def name(self, kind: str) -> str:
        """Return a physical name of this environment."""
        return name_of(kind, suffix=self.environment.suffix)

    def bucket(self, region: str) -> str:
        """Return a Region's artifact bucket."""
        return name_of("artifact bucket", suffix=self.environment.suffix, account_id=self.plan.account_id, region=region)


def an_environment(suffix: str) -> Environment:
    """Return params/local.yaml as an environment of another suffix and zone, so that several stand beside each other."""
    environment = load_environment(ROOT / "params" / "local.yaml")
    zone = environment.zone.model_copy(update={"name": f"{suffix}.{environment.zone.name}"})
    return environment.model_copy(update={"suffix": suffix, "zone": zone})


def lay_groundwork(account: Account, environment: Environment, *, before: str) -> Groundwork:
    """Roll out the phases that come before the phase `before`, and return what its stack is to be made with; raises DeployerError."""
    rooms = Rooms()
    system = rooms.render(environment, source=ROOT, build=ROOT / "build")
    plan = rooms.plan_rollout(environment, system, rooms.survey(account.aws, environment, system.packages, count_buckets=False))
    phases = [step.phase for step in plan.steps]
    first, under_test = plan.steps[: phases.index(before)], plan.steps[phases.index(before)]
    _perform(account, replace(plan, steps=first))
    assert isinstance(under_test, StackApply | StackSetRollout), f"{before} makes no stack"
    context = RolloutContext(plan=plan, aws=account.aws, clock=SystemClock(), listener=lambda _: None)
    parameters = dict(resolved(under_test.parameters, context))
    return Groundwork(environment=environment, system=system, plan=plan, parameters=parameters, tags=dict(under_test.tags))


def tear_down(account: Account, grounds: Sequence[Groundwork]) -> None:
    """Take down what was rolled out; raises DeployerError when something stands in the way."""
    for ground in grounds:
        survey = Rooms().survey(account.aws, ground.environment, (), count_buckets=True)
        _perform(account, Rooms().plan_tear_down(ground.environment, survey))


def _perform(account: Account, plan: RolloutPlan) -> None:
    Rooms().perform(plan, account.aws, Outside(), lambda _: None, SystemClock(), on_interrupt=lambda: "stop watching")
