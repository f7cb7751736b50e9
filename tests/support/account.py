"""An account to try contracts on: a real one, or the embedded AWS as if it were one. What is made here is named, and taken down.

Nothing here knows which of the two it is but the way in: ambient credentials, or those of the embedded AWS. Templates hold SSM
parameters, which cost nothing; names carry a suffix of the run's own.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import uuid4

from deployer.aws import stack_set_operations as operations
from deployer.aws.buckets import empty_bucket
from deployer.aws.session import Aws, AwsAccess
from deployer.aws.stack_set_operations import Operation, RegionResult, StackSetRequest
from deployer.aws.stack_sets import StackInstance, list_instances
from deployer.aws.stacks import GONE, Stack, StackRequest, create_stack, delete_stack, read_stack, update_stack
from deployer.aws.template_source import TemplateSource
from deployer.vocabulary.errors import AwsRefused
from tests.support.embedded import EmbeddedAws

HOME: Final = "us-east-2"
PEER: Final = "us-east-1"
REGIONS: Final = (HOME, PEER)
# Names the real account to use, and so is consent to use it; without it everything is tried on the embedded AWS.
ACCOUNT_VARIABLE: Final = "CONTRACT_ACCOUNT_ID"
PREFIX: Final = "payment-contract-"

# A new role is known everywhere only after a while [IAM user guide: Troubleshoot IAM, "Changes that I make are not always visible"].
_ROLE_SECONDS: Final = 20.0
_WAIT_SECONDS_MAX: Final = 900.0
_HANDLE: Final = {"Type": "AWS::CloudFormation::WaitConditionHandle"}

Found = TypeVar("Found")


def body(text: str = "one", *, broken_in: str = "", waits_seconds: int = 0, **more: Any) -> str:
    """Return a template with one SSM parameter that holds `text` and what the template's parameter `Value` adds; both are outputs.

    `broken_in` is a Region where the stack fails; with `waits_seconds` the stack is at work for so long, and fails then; `more` are
    further resources.
    """
    value = {"Fn::Join": ["", [text, {"Ref": "Value"}]]}
    resources: dict[str, Any] = {"Setting": setting(value)}
    # Nobody signals, so it fails by itself when its time is over: at work, where no validation before it can know.
    if broken_in:
        resources |= {"BrokenHandle": _HANDLE, "Broken": _waiting("BrokenHandle", 1) | {"Condition": "Breaks"}}
    if waits_seconds:
        resources |= {"Handle": _HANDLE, "Wait": _waiting("Handle", waits_seconds)}
    return json.dumps(
        {
            "Parameters": {"Value": {"Type": "String", "Default": ""}},
            "Conditions": {"Breaks": {"Fn::Equals": [{"Ref": "AWS::Region"}, broken_in or "nowhere"]}},
            "Resources": resources | more,
            "Outputs": {"Setting": {"Value": {"Ref": "Setting"}}, "Value": {"Value": value}},
        }
    )


def _waiting(handle: str, seconds: int) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": handle}, "Timeout": str(seconds)}}


def setting(value: Any, **properties: Any) -> dict[str, Any]:
    """Return an SSM parameter of this value."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value, **properties}}


@dataclass(kw_only=True)
class Account:
    """One account, both Regions. `made` is what has to be taken down again, in the order it was made."""

    aws: Aws
    account_id: str
    poll_seconds: float
    suffix: str = field(default_factory=lambda: uuid4().hex[:8])
    made: list[Callable[[], object]] = field(default_factory=list)

    @property
    def administration_role(self) -> str:
        """The name of the role that StackSets here are administered by."""
        return f"{PREFIX}administration-{self.suffix}"

    @property
    def execution_role(self) -> str:
        """The name of the role that StackSets here make stacks with."""
        return f"{PREFIX}execution-{self.suffix}"

    def client(self, service: str, region: str = HOME) -> Any:
        """Return boto3's own client, for what the deployer never calls."""
        return self.aws.client(service, region)

    def name(self, kind: str = "set") -> str:
        """Return a name nobody else uses."""
        return f"{PREFIX}{kind}-{self.suffix}-{uuid4().hex[:6]}"

    def awaited(self, what: str, look: Callable[[], Found | None]) -> Found:
        """Look until there is something to return; raises TimeoutError naming `what` when it takes too long."""
        deadline = time.monotonic() + _WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            found = look()
            if found is not None:
                return found
            time.sleep(self.poll_seconds)
        raise TimeoutError(what)

    def stack(self, template: str, *, region: str = HOME, name: str = "", token: str = "", **values: str) -> Stack:
        """Create the stack or, when one of that name stands, update it; return it when it has settled."""
        request = StackRequest(
            name=name or self.name("stack"),
            template=TemplateSource(body=template),
            parameters=tuple(values.items()),
            tags=(("owner", "payments"),),
            token=token or f"contract-{uuid4().hex}",
        )
        if read_stack(self.aws, request.name, region) is None:
            self.made.append(lambda: self.remove_stack(request.name, region))
            create_stack(self.aws, request, region)
        else:
            update_stack(self.aws, request, region)
        return self.settled(request.name, region)

    def settled(self, name_or_id: str, region: str) -> Stack:
        """Return the stack once CloudFormation is done with it."""

        def look() -> Stack | None:
            stack = read_stack(self.aws, name_or_id, region)
            return None if stack is None or stack.in_progress else stack

        return self.awaited(f"{name_or_id} to settle", look)

    def remove_stack(self, name_or_id: str, region: str) -> None:
        """Delete the stack and wait until it is gone; one that is gone already is fine."""
        stack = read_stack(self.aws, name_or_id, region)
        if stack is None or stack.status == GONE:
            return
        if stack.termination_protection:
            self.client("cloudformation", region).update_termination_protection(StackName=stack.stack_id, EnableTerminationProtection=False)
        delete_stack(self.aws, stack.stack_id, region, token=f"gone-{uuid4().hex}")
        ended = self.settled(stack.stack_id, region)
        if ended.status != GONE:
            raise AssertionError(f"{stack.name} in {region} is {ended.status}: {ended.status_reason}")

    def request(self, name: str, template: str, **values: str) -> StackSetRequest:
        """Return what a StackSet should be, with this account's roles."""
        return StackSetRequest(
            name=name,
            template=TemplateSource(body=template),
            parameters=tuple(values.items()),
            tags=(("owner", "payments"),),
            administration_role_arn=f"arn:aws:iam::{self.account_id}:role/{self.administration_role}",
            execution_role_name=self.execution_role,
        )

    def stack_set(self, template: str, regions: Sequence[str] = REGIONS, **values: str) -> str:
        """Create a StackSet with a current instance in each Region, the first one first; return its name."""
        name = self.name()
        self.made.append(lambda: self.remove_stack_set(name))
        operations.create_stack_set(self.aws, self.request(name, template, **values), HOME, token=f"set-{uuid4().hex}")
        if regions:
            operation = self.add(name, regions)
            assert operation.status == "SUCCEEDED", self.reasons(name, operation)
        return name

    def add(self, name: str, regions: Sequence[str]) -> Operation:
        """Create instances, one Region after another, and return the operation at its end."""
        operation_id = f"add-{uuid4().hex}"
        operations.create_instances(self.aws, name, HOME, operation_id=operation_id, accounts=(self.account_id,), regions=tuple(regions))
        return self.ended(name, operation_id)

    def update(
        self, name: str, template: str, regions: Sequence[str] = REGIONS, *, failures_tolerated: int = 0, **values: str
    ) -> Operation:
        """Update the StackSet and its instances in these Regions, in this order; return the operation at its end."""
        operation_id = self.begin_update(name, template, regions, failures_tolerated=failures_tolerated, **values)
        return self.ended(name, operation_id)

    def begin_update(
        self,
        name: str,
        template: str,
        regions: Sequence[str] = REGIONS,
        *,
        operation_id: str = "",
        failures_tolerated: int = 0,
        **values: str,
    ) -> str:
        """Begin the same; return the operation's id."""
        operation_id = operation_id or f"update-{uuid4().hex}"
        operations.update_stack_set(
            self.aws,
            self.request(name, template, **values),
            HOME,
            operation_id=operation_id,
            accounts=(self.account_id,),
            regions=tuple(regions),
            failures_tolerated=failures_tolerated,
        )
        return operation_id

    def ended(self, name: str, operation_id: str) -> Operation:
        """Return the operation once it has ended, and its results with it."""

        def look() -> Operation | None:
            operation = operations.read_operation(self.aws, name, HOME, operation_id)
            # Results follow the operation only after a while (fact 4.10).
            settled = all(result.settled for result in self.results(name, operation))
            return None if operation.under_way or not settled else operation

        return self.awaited(f"operation {operation_id} to end", look)

    def results(self, name: str, operation: Operation) -> tuple[RegionResult, ...]:
        """Return the operation's result in each Region."""
        return operations.read_results(self.aws, name, HOME, operation.operation_id)

    def outcomes(self, name: str, operation: Operation) -> dict[str, str]:
        """Return the operation's result by Region."""
        return {result.region: result.status for result in self.results(name, operation)}

    def reasons(self, name: str, operation: Operation) -> dict[str, str]:
        """Return AWS's reason of each Region's result."""
        return {result.region: result.reason for result in self.results(name, operation)}

    def instance(self, name: str, region: str) -> StackInstance:
        """Return one instance of a StackSet."""
        return next(one for one in list_instances(self.aws, name, HOME) if one.region == region)

    def statuses(self, name: str) -> dict[str, str]:
        """Return the instances' statuses by Region."""
        return {one.region: one.status for one in list_instances(self.aws, name, HOME)}

    def instance_stack(self, name: str, region: str) -> Stack:
        """Return an instance's own stack."""
        stack = read_stack(self.aws, self.instance(name, region).stack_id, region)
        assert stack is not None
        return stack

    def value(self, name: str, region: str) -> str:
        """Return what an instance's stack made of the template's `Value`."""
        return dict(self.instance_stack(name, region).outputs)["Value"]

    def values(self, name: str) -> tuple[str, str]:
        """Return the same of both Regions, the first one's first."""
        return self.value(name, HOME), self.value(name, PEER)

    def remove_stack_set(self, name: str) -> None:
        """Delete instances, stacks and StackSet; what is gone already is fine."""
        instances = list_instances(self.aws, name, HOME)
        if instances:
            operation_id = f"remove-{uuid4().hex}"
            operations.delete_instances(
                self.aws,
                name,
                HOME,
                operation_id=operation_id,
                accounts=(self.account_id,),
                regions=tuple(one.region for one in reversed(instances)),
            )
            operation = self.ended(name, operation_id)
            assert operation.status == "SUCCEEDED", self.reasons(name, operation)
        operations.delete_stack_set(self.aws, name, HOME)

    def take_down(self, since: int = 0) -> None:
        """Take down what was made since `made` had that length, newest first; raises what was refused when all was tried."""
        refused: list[Exception] = []
        while len(self.made) > since:
            try:
                self.made.pop()()
            except (AwsRefused, AssertionError, TimeoutError) as error:
                refused.append(error)
        if refused:
            raise ExceptionGroup("not everything could be taken down", refused)


@contextmanager
def an_account(embedded: Callable[[], EmbeddedAws]) -> Iterator[Account]:
    """Yield the real account that the environment names, else `embedded`, with the roles StackSets need; take it all down."""
    named = os.environ.get(ACCOUNT_VARIABLE, "")
    account = _real(named) if named else _embedded(embedded())
    try:
        _make_roles(account, settle_seconds=_ROLE_SECONDS if named else 0)
        yield account
    finally:
        account.take_down()


def _real(account_id: str) -> Account:
    aws = Aws(AwsAccess())
    found = aws.account_id(HOME)
    if found != account_id:
        raise AssertionError(f"the credentials belong to account {found}, {ACCOUNT_VARIABLE} names {account_id}")
    return Account(aws=aws, account_id=account_id, poll_seconds=3.0)


def _embedded(running: EmbeddedAws) -> Account:
    state = running.state
    access = AwsAccess(endpoint_url=state.endpoint, access_key_id=state.access_key_id, secret_access_key=state.secret_access_key)
    return Account(aws=Aws(access), account_id=state.account_id, poll_seconds=0.03)


def _make_roles(account: Account, *, settle_seconds: float) -> None:
    """Make the two roles that StackSets need (facts 4.1, 4.2), allowed what the templates here ask for."""
    execution = f"arn:aws:iam::{account.account_id}:role/{account.execution_role}"
    _make_role(account, account.administration_role, {"Service": "cloudformation.amazonaws.com"}, ["sts:AssumeRole"], execution)
    # The second role trusts the first one, which IAM has to know by then.
    time.sleep(settle_seconds)
    administration = f"arn:aws:iam::{account.account_id}:role/{account.administration_role}"
    _make_role(account, account.execution_role, {"AWS": administration}, ["cloudformation:*", "ssm:*"], "*")
    time.sleep(settle_seconds)


def _make_role(account: Account, name: str, trusted: dict[str, str], actions: list[str], resource: str) -> None:
    iam = account.client("iam")
    account.made.append(lambda: _remove_role(iam, name))
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}))
    iam.put_role_policy(
        RoleName=name, PolicyName="all", PolicyDocument=_policy({"Effect": "Allow", "Action": actions, "Resource": resource})
    )


def _remove_role(iam: Any, name: str) -> None:
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_role_policy(RoleName=name, PolicyName="all")
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.delete_role(RoleName=name)


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def artifact_bucket(account: Account) -> str:
    """Make a versioned bucket in the first Region as the bootstrap stack does, emptied and deleted in the end; return its name."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
    stack = account.stack(json.dumps({"Resources": {"B": bucket}, "Outputs": {"B": {"Value": {"Ref": "B"}}}}))
    name = dict(stack.outputs)["B"]
    account.made.append(lambda: empty_bucket(account.aws, name, HOME))
    return name
