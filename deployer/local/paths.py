"""Paths of the endpoint that are the embedded AWS's own and no AWS API's."""

from __future__ import annotations

from typing import Final

INERT_RESOURCES: Final = "/_deployer/inert-resources"
FAULTS: Final = "/_deployer/faults"
HEALTH_CHECKS: Final = "/_deployer/health-checks"
REPLICATION: Final = "/_deployer/replication"
KEY_HEADER: Final = "x-deployer-key"
