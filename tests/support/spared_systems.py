"""A whole system with spares in two accounts, and what a person does in the other account before the first roll-out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from deployer.cli.rooms import Rooms
from deployer.local import control
from deployer.planning.lint import Finding
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.places import Place
from tests.support.embedded import EmbeddedAws
from tests.support.main_job import Copy, a_copy
from tests.support.outbox import hasten
from tests.support.stack_set_rules import add_role

HOME_ACCOUNT: Final = control.DEFAULT_ACCOUNT_ID
OTHER_ACCOUNT: Final = "222233334444"
PAIR: Final = ("us-east-2", "us-east-1")
SPARE_REGION: Final = "us-west-1"
SUFFIX: Final = "local"
STACK_SET: Final = f"payment-regional-{SUFFIX}"
SPARES: Final = tuple((account, SPARE_REGION) for account in (HOME_ACCOUNT, OTHER_ACCOUNT))
_EXECUTION: Final = f"payment-stackset-execution-{SUFFIX}"


class UnlintedRooms(Rooms):
    """The real rooms without cfn-lint, which looks at these very bodies in tests/templates."""

    def lint(self, system: RenderedSystem, regions: tuple[str, ...]) -> tuple[Finding, ...]:
        """Find nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class SparedSystem:
    """A copy of the project whose parameters ask for spares in one Region beyond the pair's, in two accounts."""

    copy: Copy

    def run(self, *words: str) -> tuple[int, str]:
        """Return exit code and output of `deployer COMMAND PARAMS WORDS`."""
        command, *options = words
        ended = self.copy.run(command, self.copy.params, *options)
        return ended.exit_code, ended.output

    def statuses(self) -> dict[Place, str]:
        """Return each instance's status."""
        listed = self.copy.client("cloudformation", PAIR[0]).list_stack_instances(StackSetName=STACK_SET)["Summaries"]
        return {(one["Account"], one["Region"]): one["Status"] for one in listed}

    def activations(self) -> dict[Place, str]:
        """Return what each instance's own stack was given, asked in its own account."""
        found = {}
        for account, region in self.statuses():
            for stack in self.copy.client("cloudformation", region, account).describe_stacks()["Stacks"]:
                if f"StackSet-{STACK_SET}-" in stack["StackName"]:
                    values = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
                    found[account, region] = values["Activation"]
        return found

    def code(self) -> dict[Place, str]:
        """Return the digest of the payment function's code in each place."""
        names = {"us-east-1": "primary", "us-east-2": "secondary"}
        found = {}
        for account, region in self.statuses():
            name = f"payment-processor-{names.get(region, region)}-{SUFFIX}"
            function = self.copy.client("lambda", region, account).get_function(FunctionName=name)
            found[account, region] = function["Configuration"]["CodeSha256"]
        return found

    def events(self) -> list[dict[str, Any]]:
        """Return what the event log holds of the last roll-out."""
        lines = (self.copy.folder / "build" / SUFFIX / "events.jsonl").read_text().splitlines()
        events = [json.loads(line) for line in lines]
        return events[max(index for index, event in enumerate(events) if event["event"] == "rollout_started") :]

    @contextmanager
    def broken_in_other_account(self) -> Iterator[None]:
        """Let the regional templates hold, for a while, a resource that cannot be made in the other account's spare."""
        path = self.copy.folder / "templates" / "regional.yaml.j2"
        good = path.read_text()
        where = f'  IsElsewhere: !Equals [!Ref "AWS::AccountId", "{OTHER_ACCOUNT}"]\n\nResources:\n'
        broken = "  Broken: {Type: AWS::SSM::Parameter, Condition: IsElsewhere, Properties: {Type: Nonsense, Value: x}}\n"
        path.write_text(good.replace("\nResources:\n", where + broken))
        try:
            yield
        finally:
            path.write_text(good)


@contextmanager
def a_spared_system(folder: Path) -> Iterator[SparedSystem]:
    """Start an embedded AWS in which the other account is ready for spares; nothing is rolled out yet."""
    with a_copy(folder) as copied:
        copy = replace(copied, rooms=UnlintedRooms)
        hasten(copy.folder)
        values = yaml.safe_load(copy.params.read_text())
        values["account_id"] = HOME_ACCOUNT
        values["spares"] = {
            "regions": [{"name": SPARE_REGION, "vpc_cidr": "10.2.0.0/16"}],
            "accounts": [HOME_ACCOUNT, OTHER_ACCOUNT],
        }
        values["rollout"] |= {"gate_burn_in_seconds": 1, "gate_bad_seconds_max": 4}
        copy.params.write_text(yaml.safe_dump(values))
        control.start(copy.home, ("us-east-1", "us-east-2"), port=0, edge_port=0, dns_port=0)
        make_ready(copy, OTHER_ACCOUNT)
        administration = f"arn:aws:iam::{HOME_ACCOUNT}:role/payment-stackset-administration-{SUFFIX}"
        add_role(EmbeddedAws(state=copy.state), _EXECUTION, {"AWS": administration}, "*", account=OTHER_ACCOUNT)
        yield SparedSystem(copy)


def make_ready(copy: Copy, account: str) -> None:
    """Let API Gateway write logs in an account's Region of spares, as who owns the account does."""
    role = add_role(EmbeddedAws(state=copy.state), "api-logs", {"Service": "apigateway.amazonaws.com"}, "logs:*", account=account)
    gateway = copy.client("apigateway", SPARE_REGION, account)
    gateway.update_account(patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}])
