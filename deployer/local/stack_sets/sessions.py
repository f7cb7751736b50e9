"""The way into a target account: the administration role's session assumes the execution role (F4.1), or the organization's service.

Everything goes through the endpoint as an SDK's call would, under enforcement, so that a missing permission or trust
is refused by the embedded AWS itself. Only the first step, CloudFormation assuming the administration role as a
service, has no call of its own.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import md5
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deployer.local.attach_stack_sets import SessionCredentials, service_session

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

_SERVICE: Final = "cloudformation.amazonaws.com"
_ORGANIZATION_SERVICE: Final = "stacksets.cloudformation.amazonaws.com"
# One session for all clients: botocore's service models are read once. Making clients is not safe across threads.
_botocore: Final = botocore.session.Session()
_making_clients: Final = Lock()
_config: Final = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 3, "mode": "standard"})


class NotTrusted(Exception):
    """A role that could not be assumed; the text is what the operation's result says."""


def execution_client(
    *, stack_set_arn: str, administration_role_arn: str, execution_role_name: str, account: str, region: str
) -> CloudFormationClient:
    """Return a CloudFormation client in the account and Region, with the execution role's own session.

    Raises NotTrusted when either role is missing, does not trust who assumes it, or the administration role may not
    assume the execution role.
    """
    administrator = _administration_session(stack_set_arn, administration_role_arn, account)
    sts = _client("sts", stack_set_arn.split(":")[3], administrator)
    administration_role = administration_role_arn.rsplit("/", 1)[-1]
    try:
        session = sts.assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{execution_role_name}",
            RoleSessionName=administration_role[:64],
        )["Credentials"]
    except (ClientError, BotoCoreError) as error:
        raise NotTrusted(
            f"Account {account} should have '{execution_role_name}' role with trust relationship to Role '{administration_role}'. ({error})"
        ) from error
    keys = SessionCredentials(
        access_key_id=session["AccessKeyId"],
        secret_access_key=session["SecretAccessKey"],
        session_token=session["SessionToken"],
    )
    return _client("cloudformation", region, keys)  # type: ignore[no-any-return]


def service_client(*, stack_set_id: str, account: str, region: str) -> CloudFormationClient:
    """Return a CloudFormation client in a member account, with the session of the role that the service makes there for a stack set.

    Source: CloudFormation user guide, "Activate trusted access": the role is called `stacksets-exec-<hash>` and may do everything.
    """
    name = f"stacksets-exec-{md5(stack_set_id.encode(), usedforsecurity=False).hexdigest()}"
    root = SessionCredentials(access_key_id=account, secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"], session_token="")
    iam = _client("iam", "us-east-1", root)
    # Several Regions of one account may come here at the same time.
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=_policy(Principal={"Service": _ORGANIZATION_SERVICE}, Action="sts:AssumeRole")
        )
    iam.put_role_policy(RoleName=name, PolicyName="AdministratorAccess", PolicyDocument=_policy(Action="*", Resource="*"))
    keys = service_session(f"arn:aws:iam::{account}:role/{name}", _ORGANIZATION_SERVICE, "StackSets", {})
    return _client("cloudformation", region, keys)  # type: ignore[no-any-return]


def _policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _administration_session(stack_set_arn: str, role_arn: str, account: str) -> SessionCredentials:
    own_account = stack_set_arn.split(":")[4]
    try:
        return service_session(role_arn, _SERVICE, "StackSets", {"aws:SourceAccount": own_account, "aws:SourceArn": stack_set_arn})
    except PermissionError as error:
        raise NotTrusted(
            f"Account {own_account} should have '{role_arn.rsplit('/', 1)[-1]}' role with trust relationship to "
            f"CloudFormation service, to reach account {account}."
        ) from error


def _client(service: str, region: str, keys: SessionCredentials) -> Any:
    with _making_clients:
        return _botocore.create_client(
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token or None,
            config=_config,
        )
