"""Lays an order out as a Sceptre project: a stack group for each Region, and a stack for each body in it.

What a StackSet would be is a stack in each Region, the second depending on the first. The packages go up in a hook, by the AWS CLI:
Sceptre carries none. Source: Sceptre's own documentation (Stack Config, Resolvers, Hooks).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bench.rollout.order import ACTIVATION, Awaited, Body, Order


def lay_out_project(order: Order, folder: Path, *, packages: Path) -> None:
    """Write `order` to `folder`, which is made anew; `packages` is laid out as the buckets are to be."""
    shutil.rmtree(folder, ignore_errors=True)
    for body in order.bodies:
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        shutil.copy(body.template, folder / "templates" / f"{body.name}.yaml")
    root = folder / "config" / order.suffix
    _write(folder / "config" / "config.yaml", ["project_code: payment", f"region: {order.home_region}"])
    before = ""
    for region in order.regions:
        _write(root / region / "config.yaml", [f"region: {region}"])
        _write(root / region / "bootstrap.yaml", _stack(order, order.bootstrap))
        own = f"{order.suffix}/{region}"
        after = [f"{own}/bootstrap.yaml", *([before] if before else [])]
        hook = f"aws s3 sync {packages} s3://{order.bucket(region)} --region {region} --size-only --no-progress"
        more = [
            f"template_bucket_name: {order.bucket(region)}",
            "template_key_prefix: sceptre",
            f"dependencies: {json.dumps(after)}",
            "hooks:",
            "  before_launch:",
            f"    - !cmd {json.dumps(hook)}",
        ]
        before = f"{own}/regional.yaml"
        _write(root / region / "regional.yaml", [*_stack(order, order.regional), *more])
    _write(root / order.home_region / "global.yaml", _stack(order, order.global_))


def _stack(order: Order, body: Body) -> list[str]:
    known = [
        f"  {name}: '{{{{ var.activation }}}}'" if name == ACTIVATION else f"  {name}: {json.dumps(value)}" for name, value in body.known
    ]
    tags = [f"  {name}: {json.dumps(value)}" for name, value in order.tags]
    awaited = [line for one in body.awaited for line in _awaited(order, one)]
    return ["template:", "  type: file", f"  path: {body.name}.yaml", "stack_tags:", *tags, "parameters:", *known, *awaited]


def _awaited(order: Order, one: Awaited) -> list[str]:
    """Return the lines of a parameter that another stack's output tells."""
    if one.body != "global":
        return [f"  {one.name}: !stack_output {order.suffix}/{one.region}/{one.body}.yaml::{one.output}"]
    # Told as a dependency it would close a circle: the global stack depends on the regional ones.
    return ["{% if var.activation == 'Live' %}", f"  {one.name}: '{{{{ var.{one.name} }}}}'", "{% endif %}"]


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
