"""A small system rolled out for real on the embedded AWS: one SSM parameter a Region, a global stack that needs both, a package.

Everything carries a suffix of its own, so tests share one embedded AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from deployer.aws.session import Aws, AwsAccess, AwsCall
from deployer.params.model import Environment
from deployer.planning.plan import (
    ArtifactUpload,
    Bounds,
    BucketEmptying,
    RolloutPlan,
    StackApply,
    StackRemoval,
    StackSetRemoval,
    StackSetRollout,
    Step,
)
from deployer.planning.survey import Survey
from deployer.planning.survey_taking import take_survey
from deployer.rollout.result import RolloutResult
from deployer.rollout.runner import roll_out
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.events import Event
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf, StackParameter
from tests.support.embedded import EmbeddedAws
from tests.support.parameter_files import values
from tests.support.stack_set_rules import ADMINISTRATION_ROLE, EXECUTION_ROLE, stack_sets

HOME, PEER = "us-east-2", "us-east-1"
PARAMETER = "AWS::SSM::Parameter"


def template(resources: dict[str, Any], outputs: dict[str, Any] | None = None, **parameters: Any) -> str:
    """Return a body with these resources; `outputs` maps a name to its value, `parameters` a name to its default."""
    return json.dumps(
        {
            "Parameters": {name: {"Type": "String", "Default": value} for name, value in parameters.items()},
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in (outputs or {}).items()},
        }
    )


def a_setting(value: Any, **properties: Any) -> dict[str, Any]:
    """Return an SSM parameter of this value."""
    return {"Type": PARAMETER, "Properties": {"Type": "String", "Value": value, **properties}}


BUCKET = {
    "Type": "AWS::S3::Bucket",
    "Properties": {
        "BucketName": {"Fn::Sub": "payment-artifacts-${Suffix}-${AWS::AccountId}-${AWS::Region}"},
        "VersioningConfiguration": {"Status": "Enabled"},
    },
}
BOOTSTRAP = template({"Bucket": BUCKET}, {"Bucket": {"Ref": "Bucket"}}, Suffix="none")
REGIONAL = template({"Setting": a_setting({"Ref": "Value"})}, {"Setting": {"Ref": "Setting"}}, Value="one")
GLOBAL = template({"Both": a_setting({"Fn::Sub": "${Home} ${Peer}"})}, {"Both": {"Ref": "Both"}}, Home="", Peer="")


@dataclass
class RealSystem:
    """One system under test. `calls` are all AWS calls made for it, `events` all that was told."""

    embedded: EmbeddedAws
    folder: Path
    suffix: str = field(default_factory=lambda: uuid4().hex[:8])
    calls: list[AwsCall] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    hear: Callable[[Event], None] = lambda event: None

    def __post_init__(self) -> None:
        """Make sure of the StackSet roles, and write the package."""
        stack_sets(self.embedded)
        (self.folder / "payment.zip").write_bytes(self.suffix.encode())

    @property
    def account_id(self) -> str:
        """The account everything is in."""
        return self.embedded.state.account_id

    @property
    def changes(self) -> list[AwsCall]:
        """The calls that may change something."""
        return [call for call in self.calls if call.mutating]

    def name(self, kind: str, region: str = HOME) -> str:
        """Return the physical name of this kind in this system."""
        return name_of(kind, suffix=self.suffix, account_id=self.account_id, region=region)

    def aws(self) -> Aws:
        """Return the deployer's way to the embedded AWS, observed."""
        state = self.embedded.state
        access = AwsAccess(endpoint_url=state.endpoint, access_key_id=state.access_key_id, secret_access_key=state.secret_access_key)
        return Aws(access, observer=self.calls.append)

    def survey(self) -> Survey:
        """Take the survey of this system."""
        return take_survey(self.aws(), Environment.model_validate(values(suffix=self.suffix)), ())

    def perform(self, *steps: Step, operation_seconds_max: float = 60, **different: Any) -> RolloutResult:
        """Perform these steps as a plan that carries all templates of this module and `bodies`."""
        bodies = (BOOTSTRAP, REGIONAL, GLOBAL, *different.pop("bodies", ()))
        plan = RolloutPlan(
            **{
                "plan_id": digest(repr(steps)),
                "intent": "roll-out",
                "suffix": self.suffix,
                "account_id": self.account_id,
                "home_region": HOME,
                "steps": steps,
                "blockers": (),
                "templates": tuple((digest(body), body) for body in bodies),
                "bounds": Bounds(operation_seconds_max=operation_seconds_max, poll_seconds=0.05),
                **different,
            }
        )
        return roll_out(plan, self.aws(), self._told, SystemClock())

    def bootstrap(self, region: str) -> StackApply:
        """Return the step that makes a Region's artifact bucket."""
        return self._apply("bootstrap", self.name("bootstrap stack"), region, BOOTSTRAP, {"Suffix": self.suffix})

    def upload(self, region: str) -> ArtifactUpload:
        """Return the step that uploads the package."""
        path = self.folder / "payment.zip"
        return ArtifactUpload(
            phase="artifacts",
            action="create",
            region=region,
            bucket=self.name("artifact bucket", region),
            key="payment.zip",
            path=str(path),
            digest=sha256(path.read_bytes()).hexdigest(),
            reason="missing",
        )

    def regional(self, body: str = REGIONAL, *, operation: str = "first", **parameters: str) -> StackSetRollout:
        """Return the step that rolls the StackSet out, secondary first."""
        return StackSetRollout(
            phase="regional",
            action="create",
            stack_set_name=self.name("stack set"),
            region=HOME,
            accounts=(self.account_id,),
            wave="1 of 1",
            regions=(HOME, PEER),
            earlier_regions=(),
            new_regions=(HOME, PEER),
            template_digest=digest(body),
            parameters=_parameters(parameters),
            tags=(("owner", "payments"),),
            administration_role_arn=f"arn:aws:iam::{self.account_id}:role/{ADMINISTRATION_ROLE}",
            execution_role_name=EXECUTION_ROLE,
            operation_id=f"{operation}-{self.suffix}",
            changes=(),
            reason="missing",
        )

    def global_(self) -> StackApply:
        """Return the step that makes the global stack out of both Regions' outputs."""
        settings = {
            name: OutputOf(stack_name=self.name("stack set"), region=region, output="Setting")
            for name, region in (("Home", HOME), ("Peer", PEER))
        }
        return self._apply("global", self.name("global stack"), HOME, GLOBAL, settings)

    def tear_down(self) -> tuple[Step, ...]:
        """Return the steps that take everything down."""
        gone: dict[str, Any] = {"action": "delete", "reason": "tear-down"}
        return (
            *(
                BucketEmptying(phase="regional", region=region, bucket=self.name("artifact bucket", region), objects_count=1, **gone)
                for region in (PEER, HOME)
            ),
            StackRemoval(phase="global", stack_name=self.name("global stack"), region=HOME, **gone),
            StackSetRemoval(
                phase="regional",
                stack_set_name=self.name("stack set"),
                region=HOME,
                account_id=self.account_id,
                regions=(PEER, HOME),
                operation_id=f"removal-{self.suffix}",
                **gone,
            ),
            *(StackRemoval(phase="bootstrap", stack_name=self.name("bootstrap stack"), region=region, **gone) for region in (PEER, HOME)),
        )

    def everything(self) -> tuple[Step, ...]:
        """Return the steps of a first roll-out."""
        regions = (HOME, PEER)
        return (
            *(self.bootstrap(region) for region in regions),
            *(self.upload(region) for region in regions),
            self.regional(),
            self.global_(),
        )

    def value_of(self, setting: str, region: str = HOME) -> str:
        """Return an SSM parameter's value."""
        return str(self.embedded.clients("ssm", region).get_parameter(Name=setting)["Parameter"]["Value"])

    def clean(self) -> None:
        """Take down whatever stands, so that one embedded AWS stays small."""
        with suppress(Exception):
            self.perform(*self.tear_down(), intent="tear-down")

    def _told(self, event: Event) -> None:
        self.events.append(event)
        self.hear(event)

    def _apply(self, phase: str, stack_name: str, region: str, body: str, parameters: dict[str, Any]) -> StackApply:
        return StackApply(
            phase=phase,
            action="create",
            stack_name=stack_name,
            region=region,
            template_digest=digest(body),
            parameters=_parameters(parameters),
            tags=(("owner", "payments"),),
            changes=(),
            reason="missing",
        )


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()


def _parameters(pairs: dict[str, Any]) -> tuple[StackParameter, ...]:
    return tuple(StackParameter(name=name, value=value) for name, value in pairs.items())
