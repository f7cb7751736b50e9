"""A tiny system with a real StackSet on the embedded AWS, rolled out by the deployer's own planner, and what befalls it from outside.

Gates are left out: the tiny system answers no requests. Everything else is what the commands do.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from deployer.aws.session import Aws, AwsAccess
from deployer.aws.stack_mending import standing_resources
from deployer.cli.job import refuse_blocked
from deployer.params.model import Environment
from deployer.planning.drift import DriftReport, objection_to
from deployer.planning.drift_taking import take_drift
from deployer.planning.mending import Mending, plan_mending, unfinished
from deployer.planning.plan import RolloutPlan
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import Survey
from deployer.planning.survey_taking import take_survey
from deployer.planning.tear_down_planner import plan_tear_down
from deployer.rendering.rendered import RenderedSystem, RenderedTemplate
from deployer.reporting.standing import Standing, judge_standing
from deployer.rollout.mending import mend
from deployer.rollout.runner import roll_out
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.errors import DeployerError
from deployer.vocabulary.events import Event
from deployer.vocabulary.names import name_of
from tests.faults.time_passing import TYPE as SLOW_TYPE
from tests.faults.tiny_system import HOME, PEER, Version, a_system, an_environment
from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import StackSets

_WAIT_SECONDS_MAX: Final = 30.0
_LOOK_SECONDS: Final = 0.03

GATED: Final[dict[str, Any]] = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Gate": {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "60"}},
}


@dataclass
class TroubledSystem:
    """One system under a suffix of its own; `hear` gets every event of a roll-out."""

    embedded: EmbeddedAws
    folder: Path
    suffix: str = field(default_factory=lambda: f"t{uuid4().hex[:8]}")
    hear: Callable[[Event], None] = lambda event: None

    @property
    def environment(self) -> Environment:
        """The parameter file."""
        return an_environment(self.suffix)

    @property
    def set_name(self) -> str:
        """The StackSet's name."""
        return name_of("stack set", suffix=self.suffix)

    @property
    def sets(self) -> StackSets:
        """Somebody else's way to StackSets, past the deployer."""
        return StackSets(aws=self.embedded, client=self.embedded.clients("cloudformation", HOME))

    def system(self, version: Version = "one") -> RenderedSystem:
        """Return what is rendered for a version, less what makes its stacks slow."""
        system = a_system(self.environment, version, self.folder)
        return replace(system, bootstrap=_at_once(system.bootstrap), regional=_at_once(system.regional), global_=_at_once(system.global_))

    def refused_in(self, region: str) -> RenderedSystem:
        """Return a system whose regional body one Region refuses."""
        body = json.loads(self.system("broken").regional.body)
        body["Conditions"]["IsPeer"] = {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}
        return self._with_regional(json.dumps(body))

    def with_global(self, **resources: Any) -> RenderedSystem:
        """Return a system whose global stack has these resources, too."""
        system = self.system()
        body = json.loads(system.global_.body)
        body["Resources"] |= resources
        return replace(system, global_=replace(system.global_, body=json.dumps(body)))

    def gated(self) -> RenderedSystem:
        """Return a system whose regional stacks wait until somebody opens their gate."""
        body = json.loads(self.system().regional.body)
        body["Resources"] |= GATED
        return self._with_regional(json.dumps(body))

    def aws(self) -> Aws:
        """Return the deployer's way to the embedded AWS."""
        state = self.embedded.state
        return Aws(AwsAccess(endpoint_url=state.endpoint, access_key_id=state.access_key_id, secret_access_key=state.secret_access_key))

    def survey(self, system: RenderedSystem | None = None) -> Survey:
        """Return what stands."""
        return take_survey(self.aws(), self.environment, (system or self.system()).packages)

    def plan(self, system: RenderedSystem | None = None) -> RolloutPlan:
        """Return the plan of a roll-out, as `deployer plan` makes it, without its gates."""
        wanted = system or self.system()
        plan = plan_rollout(self.environment, wanted, self.survey(wanted))
        return replace(plan, steps=tuple(step for step in plan.steps if step.phase != "gate"))

    def roll_out(self, system: RenderedSystem | None = None) -> RolloutPlan:
        """Plan and perform a roll-out as `deployer roll-out` does; return the plan. Raises DeployerError."""
        return self._performed(self.plan(system))

    def tear_down(self) -> RolloutPlan:
        """Plan and perform a tear-down; return the plan. Raises DeployerError."""
        return self._performed(plan_tear_down(self.environment, self.survey()))

    def standing(self) -> Standing:
        """Return what `deployer status` judges."""
        regions = ((PEER, "primary"), (HOME, "secondary"))
        return judge_standing(self.survey(), suffix=self.suffix, regions=regions, home_region=HOME)

    def drift(self) -> DriftReport:
        """Return what `deployer drift` finds."""
        return take_drift(self.aws(), self.environment, self.survey(), SystemClock())

    def drift_ends(self) -> DeployerError | None:
        """Return the error that `deployer drift` ends with, None when all is as rolled out."""
        return objection_to(self.drift(), "params.yaml")

    def mend(self) -> Mending:
        """Mend what can be mended, as `deployer mend --yes` does; return what that was. Raises DeployerError."""
        survey = self.survey()
        standing = {stack.stack_id: standing_resources(self.aws(), stack.stack_id, stack.region) for stack in unfinished(survey)}
        mending = plan_mending(self.environment, survey, standing)
        assert mending.objections == ()
        mend(mending, self.aws(), self.hear, SystemClock())
        return mending

    def stack_id(self, region: str) -> str:
        """Return the StackId of a Region's instance."""
        return str(self.sets.instance(self.set_name, region)["StackId"])

    def cloudformation(self, region: str) -> Any:
        """Return somebody else's way to a Region's stacks."""
        return self.embedded.clients("cloudformation", region)

    def updated_past_us(self, body: str, regions: tuple[str, ...] = (HOME, PEER), **members: Any) -> str:
        """Begin an update of the StackSet's instances in `regions` from outside, parameters as they stand; return the operation's id."""
        standing = self.sets.client.describe_stack_set(StackSetName=self.set_name)["StackSet"]
        answer = self.sets.client.update_stack_set(
            StackSetName=self.set_name,
            TemplateBody=body,
            Parameters=standing["Parameters"],
            AdministrationRoleARN=standing["AdministrationRoleARN"],
            ExecutionRoleName=standing["ExecutionRoleName"],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Accounts=[self.sets.account],
            Regions=list(regions),
            OperationPreferences={"RegionOrder": list(regions)},
            **members,
        )
        return str(answer["OperationId"])

    def fail_gate_of_global_stack(self) -> None:
        """Let the global stack fail at its gate, once it waits there."""
        stack, deadline = name_of("global stack", suffix=self.suffix), time.monotonic() + _WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            with suppress(ClientError):
                self.cloudformation(HOME).signal_resource(StackName=stack, LogicalResourceId="Gate", UniqueId="1", Status="FAILURE")
                return
            time.sleep(_LOOK_SECONDS)
        raise TimeoutError(f"{stack} never waited at its gate")

    def _with_regional(self, body: str) -> RenderedSystem:
        system = self.system()
        return replace(system, regional=replace(system.regional, body=body))

    def _performed(self, plan: RolloutPlan) -> RolloutPlan:
        refuse_blocked(plan)
        if plan.steps_to_do:
            roll_out(plan, self.aws(), self.hear, SystemClock())
        return plan


def _at_once(template: RenderedTemplate) -> RenderedTemplate:
    """Return the template without the resources that take their time, which only the matrices' embedded AWS knows."""
    body = json.loads(template.body)
    body["Resources"] = {name: resource for name, resource in body["Resources"].items() if resource["Type"] != SLOW_TYPE}
    return replace(template, body=json.dumps(body))
