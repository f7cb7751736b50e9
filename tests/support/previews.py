"""Previews for tests: stacks that were asked, and what is made of their answers."""

from __future__ import annotations

from typing import Any

from deployer.aws.change_sets import ChangedResource
from deployer.planning.preview import Preview, PreviewColumn, PreviewedStack, build_preview
from tests.support.plans import ACCOUNT_ID

REGIONS = ("us-east-2", "us-east-1")


def a_column(region: str = "us-east-2", **fields: Any) -> PreviewColumn:
    """Return the column of one Region's regional stack, asked by a change set."""
    given: dict[str, Any] = {
        "kind": "regional",
        "stack_name": "StackSet-payment-regional-local-1",
        "region": region,
        "account_id": ACCOUNT_ID,
        "stack_id": f"arn:aws:cloudformation:{region}:{ACCOUNT_ID}:stack/StackSet-payment-regional-local-1/1",
        "state": "asked",
        "note": "",
        "unsettled": (),
    }
    return PreviewColumn(**given | fields)


def a_stack(*changes: ChangedResource, region: str = "us-east-2", body: str = "", **fields: Any) -> PreviewedStack:
    """Return one Region's regional stack with these changes."""
    return PreviewedStack(column=a_column(region, **fields), changes=changes, template_body=body)


def a_preview(*changes: ChangedResource, words: tuple[str, ...] = (), other: tuple[ChangedResource, ...] | None = None) -> Preview:
    """Return a preview of both Regions: the same changes in each, or `other` in the second."""
    first, second = REGIONS
    return build_preview((a_stack(*changes, region=first), a_stack(*(changes if other is None else other), region=second)), words)
