"""Bodies of environments that nobody wrote: whatever the model takes, cfn-lint and the project's own rules have nothing to say about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployer.planning.lint import lint_system
from deployer.rendering.render import render_system
from tests.support.choices import BOUNDARY
from tests.support.rendering import a_project, an_environment

_FLAG = st.booleans()
_CONCURRENCY = st.fixed_dictionaries(
    {"provisioned_concurrency_count": st.integers(0, 20), "reserved_concurrency_count": st.none() | st.integers(20, 100)}
)
_SIZE = st.builds(dict.__or__, st.fixed_dictionaries({"memory_megabytes": st.integers(128, 10240)}), _CONCURRENCY)


# Two terms of payments: the plainest, and one with all there is.
_TERMS = st.sampled_from(
    [
        {},
        {
            "paused": True,
            "currencies": ["EUR", "USD"],
            "ceilings": [{"currency": "USD", "amount_max": 10000}, {"currency": "EUR", "amount_max": 1}],
        },
    ]
)


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of an environment that decide which resources there are, and the figures in them."""
    lock = draw(st.sampled_from(["none", "governance", "compliance"]))
    access_days = draw(st.integers(30, 300))
    return {
        "target": draw(st.sampled_from(["local", "aws"])),
        "zone": {"name": "pay.example.test", "hosted_zone_id": draw(st.sampled_from([None, "Z0123456789ABC"]))},
        "administration_region": draw(st.sampled_from([None, "us-east-1", "us-east-2"])),
        "table": {
            "consistency": draw(st.sampled_from(["strong", "eventual"])),
            "recovery_days": draw(st.integers(1, 35)),
            "deletion_protection": draw(_FLAG),
        },
        "network": {
            "zones_per_vpc_count": draw(st.integers(2, 3)),
            "interface_endpoints": ["secretsmanager", "ssm", *draw(st.sets(st.sampled_from(["logs", "monitoring", "kms"])).map(sorted))],
            "flow_logs": draw(_FLAG),
        },
        "secret": {"rotation_days": draw(st.sampled_from([0, 1, 30, 1000])), "key_cache_seconds": draw(st.integers(1, 60))},
        "payments": draw(_TERMS),
        "functions": {"payment": draw(_SIZE), "log_level": draw(st.sampled_from(["DEBUG", "INFO", "WARNING", "ERROR"]))},
        "failover": {"failure_threshold_count": draw(st.integers(1, 2)), "record_ttl_seconds": draw(st.integers(1, 18))},
        "retention": {
            "logs_days": draw(st.sampled_from([1, 7, 365])),
            "audit_infrequent_access_days": access_days,
            "audit_glacier_days": access_days + draw(st.integers(30, 100)),
            "on_tear_down": "retain" if lock != "none" else draw(st.sampled_from(["retain", "delete"])),
        },
        "waf": {"enabled": draw(_FLAG)},
        "audit": {
            "encryption": draw(st.sampled_from(["AES256", "KMS"])),
            "object_lock": lock,
            "replication_time_control": draw(_FLAG),
        },
        "backup": {"enabled": draw(_FLAG)},
        "security": {"permissions_boundary_arn": draw(st.sampled_from([None, BOUNDARY]))},
    }


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project to render, and where its packages go: one for all examples, as a checkout is."""
    root = tmp_path_factory.mktemp("generated")
    return a_project(root / "project"), root / "build"


# Linting three bodies takes ten seconds, so there are few examples, and always the same ones: a gate must not depend on luck.
@settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(fields=choices())
def test_whatever_the_model_takes_renders_clean(folders: tuple[Path, Path], fields: dict[str, Any]):
    """In both Regions and the witness's, informational findings included, by cfn-lint's rules and ours."""
    source, build = folders
    system = render_system(an_environment(**fields), source=source, build=build)

    findings = lint_system(system, ("us-east-1", "us-east-2", "us-west-2"))

    assert findings == ()
