"""The choices of an environment that no file in params/ makes, so that what depends on them is tested all the same."""

from __future__ import annotations

from typing import Any, Final

from tests.support.rendering import a_region

BOUNDARY: Final = "arn:aws:iam::111122223333:policy/boundary"

# Every optional part there is, and the dearer of two ways.
EVERYTHING: Final[dict[str, Any]] = {
    "network": {
        "zones_per_vpc_count": 3,
        "interface_endpoints": ["secretsmanager", "logs", "ssm", "monitoring", "kms"],
        "flow_logs": True,
    },
    "audit": {"encryption": "KMS", "object_lock": "governance", "replication_time_control": True},
    "backup": {"enabled": True},
    "security": {"permissions_boundary_arn": BOUNDARY},
    "functions": {"payment": {"provisioned_concurrency_count": 2, "reserved_concurrency_count": 10}},
}

# The other way wherever there are two: a given zone, an eventual table, Regions of unknown prefix lists, no firewall.
THE_OTHER_WAY: Final[dict[str, Any]] = {
    "regions": [a_region("us-east-1", "primary"), a_region("sa-east-1", "secondary", vpc_cidr="10.1.0.0/24")],
    "zone": {"name": "pay.example.test", "hosted_zone_id": "Z0123456789ABC"},
    "table": {"consistency": "eventual"},
    "waf": {"enabled": False},
    "audit": {"object_lock": "compliance", "object_lock_days": 3650},
}
