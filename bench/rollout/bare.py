"""The floor: the CloudFormation operations of a roll-out and the waits for them, with everything known beforehand.

`python -m bench.rollout.bare ORDER JOB` looks at nothing first, checks nothing, tells nothing, and ends with a traceback when anything
is not as it has to be. Nobody should deploy like this; nothing that does the same job can do it with fewer operations.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from boto3.session import Session
from botocore.exceptions import ClientError

from bench.rollout.order import ACTIVATION, POLL_SECONDS, PREPARED, Body, Order, read_order

Outputs = dict[tuple[str, str], Mapping[str, str]]

_SIDE_BY_SIDE_MAX: Final = 8
_WAIT_SECONDS_MAX: Final = 600
_SESSION: Final = Session()
_NOTHING_TO_UPDATE: Final = "No updates are to be performed"


def main(order_file: str, job: str) -> None:
    """Do `job` (`first`, `no change` or `one function`) of the order."""
    order = read_order(Path(order_file))
    clients = {region: _SESSION.client("cloudformation", region_name=region) for region in order.regions}
    match job:
        case "first":
            _first(order, clients)
        case "no change":
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda region: _update(order, order.bootstrap, clients[region]), order.regions))
            _update_stack_set(order, clients[order.home_region], _kept(order.regional))
            _update(order, order.global_, clients[order.home_region])
        case "one function":
            _upload(order, [upload for upload in order.uploads if "/payment/" in upload.key])
            _update_stack_set(order, clients[order.home_region], _kept(order.regional))


def _first(order: Order, clients: Mapping[str, Any]) -> None:
    home = clients[order.home_region]
    outputs: Outputs = {}
    with ThreadPoolExecutor() as pool:
        created = pool.map(lambda region: _create(order, order.bootstrap, clients[region], outputs), order.regions)
        outputs.update({("bootstrap", region): found for region, found in zip(order.regions, created, strict=True)})
    _upload(order, order.uploads)
    prepared = _values(order.regional, outputs) | {ACTIVATION: PREPARED}
    home.create_stack_set(**_definition(order, prepared))
    begun = home.create_stack_instances(
        StackSetName=order.stack_set, Accounts=[order.account_id], Regions=list(order.regions), OperationPreferences=_preferences(order)
    )
    _ended(order, home, begun["OperationId"])
    for instance in home.list_stack_instances(StackSetName=order.stack_set)["Summaries"]:
        stack = clients[instance["Region"]].describe_stacks(StackName=instance["StackId"])["Stacks"][0]
        outputs["regional", instance["Region"]] = _outputs(stack)
    outputs["global", order.home_region] = _create(order, order.global_, home, outputs)
    _update_stack_set(order, home, _parameters(_values(order.regional, outputs)))


def _create(order: Order, body: Body, client: Any, outputs: Outputs) -> Mapping[str, str]:
    """Create the stack of a body and return its outputs."""
    name = f"payment-{body.name}-{order.suffix}"
    client.create_stack(StackName=name, Parameters=_parameters(_values(body, outputs)), **_request(order, body))
    return _outputs(_settled(client, name))


def _update(order: Order, body: Body, client: Any) -> None:
    """Update the stack of a body, should CloudFormation find anything to update."""
    name = f"payment-{body.name}-{order.suffix}"
    try:
        client.update_stack(StackName=name, Parameters=_kept(body), **_request(order, body))
    except ClientError as error:
        if _NOTHING_TO_UPDATE not in str(error):
            raise
        return
    _settled(client, name)


def _upload(order: Order, uploads: Iterable[Any]) -> None:
    """Put packages into both Regions' buckets, and the regional template into the home Region's."""
    clients = {region: _SESSION.client("s3", region_name=region) for region in order.regions}
    template = (order.home_region, order.regional.template, _template_key(order))
    with ThreadPoolExecutor(_SIDE_BY_SIDE_MAX) as pool:
        places = [template, *((region, upload.path, upload.key) for upload in uploads for region in order.regions)]
        puts = [
            pool.submit(clients[region].put_object, Bucket=order.bucket(region), Key=key, Body=Path(path).read_bytes())
            for region, path, key in places
        ]
        for put in puts:
            put.result()


def _update_stack_set(order: Order, home: Any, parameters: list[dict[str, Any]]) -> None:
    definition = _definition(order, {}) | {"Parameters": parameters}
    begun = home.update_stack_set(OperationPreferences=_preferences(order), **definition)
    _ended(order, home, begun["OperationId"])


def _definition(order: Order, values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "StackSetName": order.stack_set,
        "TemplateURL": f"https://s3.{order.home_region}.amazonaws.com/{order.bucket(order.home_region)}/{_template_key(order)}",
        "Parameters": _parameters(values),
        "Tags": [{"Key": key, "Value": value} for key, value in order.tags],
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "AdministrationRoleARN": order.administration_role_arn,
        "ExecutionRoleName": order.execution_role_name,
    }


def _request(order: Order, body: Body) -> dict[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in order.tags]
    return {"TemplateBody": Path(body.template).read_text("utf-8"), "Tags": tags, "Capabilities": ["CAPABILITY_NAMED_IAM"]}


def _preferences(order: Order) -> dict[str, Any]:
    return {"RegionOrder": list(order.regions)}


def _template_key(order: Order) -> str:
    return f"bare/{Path(order.regional.template).parent.name}.yaml"


def _values(body: Body, outputs: Outputs) -> dict[str, str]:
    """Return the body's values; what is awaited of a stack that does not stand yet is empty."""
    return dict(body.known) | {one.name: outputs.get((one.body, one.region), {}).get(one.output, "") for one in body.awaited}


def _parameters(values: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def _kept(body: Body) -> list[dict[str, Any]]:
    """Return the body's values for an update: what was awaited once is kept as it is."""
    return [*_parameters(dict(body.known)), *({"ParameterKey": one.name, "UsePreviousValue": True} for one in body.awaited)]


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def _settled(client: Any, name: str) -> Mapping[str, Any]:
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while time.monotonic() < deadline:
        stack: Mapping[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                raise RuntimeError(f"{name} is {stack['StackStatus']}")
            return stack
        time.sleep(POLL_SECONDS)
    raise TimeoutError(name)


def _ended(order: Order, home: Any, operation_id: str) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while time.monotonic() < deadline:
        asked = home.describe_stack_set_operation(StackSetName=order.stack_set, OperationId=operation_id)
        status = asked["StackSetOperation"]["Status"]
        if status not in ("RUNNING", "QUEUED"):
            if status != "SUCCEEDED":
                raise RuntimeError(f"operation {operation_id} {status}")
            return
        time.sleep(POLL_SECONDS)
    raise TimeoutError(operation_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
