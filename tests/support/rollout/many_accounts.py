"""Three accounts × four Regions on the embedded AWS: a pair in one account, spares in all others, tiny stacks of one SSM parameter.

Self-managed, roles in each account do the work; service-managed, the organization does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from deployer.aws.session import Aws, AwsAccess
from deployer.aws.stack_sets import list_instances, newest_operation
from deployer.planning.plan import Bounds, RolloutPlan, StackSetRemoval, StackSetRollout, Step
from deployer.planning.spare_steps import plan_spares
from deployer.planning.spares import SpareRollout, SpareTargets
from deployer.planning.survey import OperationFacts, StackInstanceFacts, StackSetFacts
from deployer.rollout.runner import roll_out
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.events import Event
from deployer.vocabulary.places import Place
from deployer.vocabulary.values import StackParameter
from tests.support.embedded import EmbeddedAws
from tests.support.organizations import an_organization, clients_of
from tests.support.rollout.real import digest
from tests.support.stack_set_rules import add_role

PAIR: Final = ("us-east-2", "us-east-1")
OTHERS: Final = ("us-west-2", "eu-west-1")
HOME: Final = PAIR[0]
KEPT_PREPARED: Final = (("Activation", "Prepared"),)


def a_body(value: str, *, broken_at: Place | None = None) -> str:
    """Return a template that writes down its value and its activation; the stack of `broken_at` fails."""
    account, region = broken_at or ("nobody", "nowhere")
    here = [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, account]}, {"Fn::Equals": [{"Ref": "AWS::Region"}, region]}]
    setting = {"Type": "String", "Value": {"Fn::Sub": f"{value} ${{Activation}}"}}
    return json.dumps(
        {
            "Parameters": {"Activation": {"Type": "String", "Default": "Prepared"}},
            "Conditions": {"Breaks": {"Fn::And": here}},
            "Resources": {
                "Setting": {"Type": "AWS::SSM::Parameter", "Properties": setting},
                "Broken": {"Type": "AWS::SSM::Parameter", "Condition": "Breaks", "Properties": {"Type": "Nonsense", "Value": "x"}},
            },
            "Outputs": {"Said": {"Value": {"Fn::GetAtt": ["Setting", "Value"]}}},
        }
    )


@dataclass
class ManyAccounts:
    """A pair in `home` and spares in `others` too; `units` are the organization's when it does the work."""

    embedded: EmbeddedAws
    home: str
    others: tuple[str, ...]
    units: tuple[str, ...] = ()
    suffix: str = field(default_factory=lambda: uuid4().hex[:8])
    events: list[Event] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The StackSet's name."""
        return f"payment-regional-{self.suffix}"

    @property
    def targets(self) -> SpareTargets:
        """Every account in every Region but for the pair."""
        return SpareTargets(
            regions=(*PAIR, *OTHERS),
            accounts=(self.home, *self.others),
            pair=frozenset((self.home, region) for region in PAIR),
            overrides=KEPT_PREPARED,
            concurrent_count=2,
        )

    def aws(self) -> Aws:
        """Return the deployer's way in, as the home account."""
        state = self.embedded.state
        return Aws(
            AwsAccess(
                endpoint_url=state.endpoint,
                access_key_id=self.home,
                secret_access_key=state.secret_access_key,
                organizational_units=self.units,
            )
        )

    def standing(self) -> StackSetFacts | None:
        """Return the StackSet as a survey tells it, as far as spares are judged by it."""
        aws = self.aws()
        instances, newest = list_instances(aws, self.name, HOME), newest_operation(aws, self.name, HOME)
        return StackSetFacts(
            name=self.name,
            region=HOME,
            stack_set_id="",
            template_body="",
            parameters=(),
            tags=(),
            administration_role_arn="",
            execution_role_name="",
            instances=tuple(
                StackInstanceFacts(
                    account_id=one.account_id,
                    region=one.region,
                    status=one.status,
                    detailed_status=one.detailed_status,
                    status_reason=one.status_reason,
                    overrides=KEPT_PREPARED,
                    stack=None,
                )
                for one in instances
            ),
            last_operation=OperationFacts(operation_id=newest.operation_id, action=newest.action, status=newest.status) if newest else None,
        )

    def pair(self, body: str, run: str) -> tuple[StackSetRollout, ...]:
        """Return the pair's waves to `body`, live."""
        role = {} if self.units else {"role": f"arn:aws:iam::{self.home}:role/administration-{self.suffix}"}
        return tuple(
            StackSetRollout(
                phase="regional",
                action="update",
                stack_set_name=self.name,
                region=HOME,
                accounts=(self.home,),
                wave=f"{index + 1} of 2",
                regions=(region,),
                earlier_regions=PAIR[:index],
                new_regions=(),
                template_digest=digest(body),
                parameters=(StackParameter(name="Activation", value="Live"),),
                tags=(),
                administration_role_arn=role.get("role", ""),
                execution_role_name="" if self.units else f"execution-{self.suffix}",
                operation_id=f"regional-{run}-{region}",
                changes=(),
                reason="it differs",
            )
            for index, region in enumerate(PAIR)
        )

    def spares(self, body: str, *, definition_moves: bool = True) -> tuple[SpareRollout, ...]:
        """Return the waves of spares as they are planned from what stands now."""
        return plan_spares(
            self.targets,
            stack_set_name=self.name,
            home_account=self.home,
            home_region=HOME,
            standing=self.standing(),
            definition=digest(body),
            definition_moves=definition_moves,
        )

    def roll_out(self, body: str, run: str) -> tuple[Step, ...]:
        """Roll `body` out to everything; return the steps."""
        steps = (*self.pair(body, run), *self.spares(body))
        self.perform(steps, body)
        return steps

    def perform(self, steps: Sequence[Step], body: str = "{}", intent: Any = "roll-out") -> None:
        """Perform these steps as one plan."""
        plan = RolloutPlan(
            plan_id=digest(repr(steps)),
            intent=intent,
            suffix=self.suffix,
            account_id=self.home,
            home_region=HOME,
            steps=tuple(steps),
            blockers=(),
            templates=((digest(body), body),),
            bounds=Bounds(operation_seconds_max=120, poll_seconds=0.05),
        )
        roll_out(plan, self.aws(), self.events.append, SystemClock())

    def tear_down(self) -> None:
        """Remove every instance and the StackSet."""
        step = StackSetRemoval(
            phase="regional",
            action="delete",
            stack_set_name=self.name,
            region=HOME,
            account_id=self.home,
            regions=(*reversed(PAIR), *OTHERS),
            operation_id=f"removal-{self.suffix}",
            reason="tear-down",
        )
        self.perform((step,), intent="tear-down")

    def said(self) -> dict[Place, str]:
        """Return what each account's own stack says of itself, asked in that account and Region."""
        found = {}
        for account in (self.home, *self.others):
            for region in (*PAIR, *OTHERS):
                stacks = clients_of(self.embedded, "cloudformation", region, account).describe_stacks()["Stacks"]
                for stack in stacks:
                    if f"StackSet-{self.name}-" in stack["StackName"]:
                        found[account, region] = next(one["OutputValue"] for one in stack["Outputs"])
        return found

    def statuses(self) -> dict[Place, str]:
        """Return each instance's status."""
        return {one.place: one.status for one in list_instances(self.aws(), self.name, HOME)}


def self_managed(embedded: EmbeddedAws) -> ManyAccounts:
    """Return three new accounts with roles of this system's own."""
    home, *others = (f"8{uuid4().int % 10**11:011d}" for _ in range(3))
    system = ManyAccounts(embedded=embedded, home=home, others=tuple(others))
    trust = {"Service": "cloudformation.amazonaws.com"}
    execution = f"execution-{system.suffix}"
    administration = add_role(
        embedded, f"administration-{system.suffix}", trust, "sts:AssumeRole", f"arn:aws:iam::*:role/{execution}", account=home
    )
    for account in (home, *others):
        add_role(embedded, execution, {"AWS": administration}, "*", account=account)
    return system


def service_managed(embedded: EmbeddedAws) -> ManyAccounts:
    """Return an organization whose delegated administrator is the pair's account, with two members."""
    organization = an_organization(embedded)
    return ManyAccounts(
        embedded=embedded, home=organization.administrator, others=tuple(sorted(organization.members)), units=(organization.unit,)
    )
