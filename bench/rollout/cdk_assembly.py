"""Lays an order out as a cloud assembly, the folder that `cdk deploy --app FOLDER` reads, without an app that would make it.

What a StackSet would be is a stack in each Region, the second depending on the first, so that both tools keep to the same order.
Source: the cloud assembly schema that comes with the CDK (aws-cdk-lib/cloud-assembly-schema).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Final

from bench.rollout.order import Body, Order
from deployer.planning.template_text import read_template

SCHEMA: Final = "36.0.0"


def lay_out_assembly(order: Order, folder: Path) -> None:
    """Write `order` to `folder`, which is made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for body in order.bodies:
        # The CDK CLI reads JSON alone: the same template, spelled otherwise.
        (folder / f"{body.name}.json").write_text(json.dumps(read_template(Path(body.template).read_text("utf-8"))), "utf-8")
    artifacts: dict[str, Any] = {}
    for region in order.regions:
        artifacts |= _stack(order, order.bootstrap, region, after=[])
    before: list[str] = []
    for region in order.regions:
        assets = f"assets-{region}"
        (folder / f"{assets}.json").write_text(json.dumps(_assets(order, region)), "utf-8")
        artifacts[assets] = {"type": "cdk:asset-manifest", "properties": {"file": f"{assets}.json"}}
        stack = _stack(order, order.regional, region, after=[*before, assets])
        stack[f"regional-{region}"]["properties"]["stackTemplateAssetObjectUrl"] = f"s3://{order.bucket(region)}/{_template_key(order)}"
        artifacts |= stack
        before = [f"regional-{region}"]
    artifacts |= _stack(order, order.global_, order.home_region, after=before)
    (folder / "manifest.json").write_text(json.dumps({"version": SCHEMA, "artifacts": artifacts}), "utf-8")


def _stack(order: Order, body: Body, region: str, *, after: list[str]) -> dict[str, Any]:
    return {
        f"{body.name}-{region}": {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{order.account_id}/{region}",
            "dependencies": after,
            "properties": {
                "templateFile": f"{body.name}.json",
                "stackName": f"payment-{body.name}-{region}-{order.suffix}",
                "tags": dict(order.tags),
            },
        }
    }


def _assets(order: Order, region: str) -> dict[str, Any]:
    """Return what is to lie in a Region's bucket, under the keys that the template names."""
    files = {upload.key: upload.path for upload in order.uploads} | {_template_key(order): "regional.json"}
    return {
        "version": SCHEMA,
        "files": {
            key: {
                "source": {"path": path, "packaging": "file"},
                "destinations": {region: {"bucketName": order.bucket(region), "objectKey": key, "region": region}},
            }
            for key, path in files.items()
        },
    }


def _template_key(order: Order) -> str:
    # Named by its content as an asset is: one that lies there is not published again.
    return f"cdk/{Path(order.regional.template).parent.name}.json"
