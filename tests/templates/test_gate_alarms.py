"""The alarms that a gate looks at are the system's own."""

from __future__ import annotations

import pytest

from deployer.planning.gates import plan_gate
from deployer.rendering.rendered import RenderedSystem
from tests.support.choices import EVERYTHING
from tests.support.live_resources import live_names
from tests.support.rendering import an_environment

KINDS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2"])
def test_every_alarm_of_a_region_is_looked_at_or_left_out_on_purpose(full_system: RenderedSystem, region: str) -> None:
    """A new alarm is looked at by itself; those that are not say nothing of what was just rolled out here."""
    [gated] = plan_gate(an_environment(**EVERYTHING), (region,), reason="").regions
    stand = {name for kind in KINDS for name in live_names(full_system, region, kind, "AlarmName")}
    not_looked_at = {name.removesuffix(f"-{gated.role}-test").removeprefix("payment-") for name in stand - set(gated.alarm_names)}

    assert {name for name in not_looked_at if "peer" not in name} <= {
        *(
            "standby-traffic",
            "watcher-doubt",
            "refused-requests",
            "audit-gap",
            "audit-unproved",
            "reconciliation",
            "certificate",
            "key-age",
        ),
        *("primary-check", "secondary-check"),
    }
    assert len(stand & set(gated.alarm_names)) > 20
    # Route 53's own metrics are in one Region alone.
    assert {name for name in gated.sure_alarm_names if "-check-" not in name} <= stand
