"""The rules across fields, one by one, and the file place each points at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.params.load import load_environment
from deployer.params.rules import blocks_do_not_overlap, blocks_fit_a_vpc
from deployer.vocabulary.names import suffix_characters_max
from tests.support.parameter_files import mistakes_in, sentences_in, values, write

BREACHES: list[Any] = [
    pytest.param({"regions__0__vpc_cidr": "10.0.0.0/15"}, "regions.0.vpc_cidr: 10.0.0.0/15 is not /16 to /24", id="block too large"),
    pytest.param({"regions__0__vpc_cidr": "10.0.0.0/25"}, "is not /16 to /24", id="block too small"),
    pytest.param({"regions__0__vpc_cidr": "8.8.0.0/16"}, "8.8.0.0/16 is not private", id="public block"),
    pytest.param({"regions__0__vpc_cidr": "100.64.0.0/16"}, "is not private", id="carrier block is not RFC 1918"),
    pytest.param({"regions__0__vpc_cidr": "10.2.3.4/16"}, "has host bits set; the block is 10.2.0.0/16", id="host bits"),
    pytest.param({"regions__0__vpc_cidr": "fd00::/16"}, "is no IPv4 block", id="IPv6"),
    pytest.param({"regions__0__vpc_cidr": "all of it"}, "is no IPv4 block", id="no block"),
    pytest.param({"regions__0__vpc_cidr": "10.0.0.0"}, "is not /16 to /24", id="no prefix"),
    pytest.param({"regions__1__vpc_cidr": "10.0.0.0/16"}, "overlaps", id="same block"),
    pytest.param({"regions__1__role": "primary"}, "primary is given twice; one of the two Regions has to be secondary", id="two primaries"),
    pytest.param({"regions__0__role": "secondary"}, "one of the two Regions has to be primary", id="two secondaries"),
    pytest.param({"regions__1__name": "us-east-1"}, "us-east-1 is given twice", id="same Region"),
    pytest.param({"regions__1__name": "us-esat-2"}, "us-esat-2 is no AWS Region this tool knows", id="unknown Region"),
    pytest.param({"regions__1__name": "cn-north-1", "table__consistency": "eventual"}, "is no AWS Region", id="other partition"),
    pytest.param({"witness_region": "us-east-2"}, "us-east-2 holds a replica already", id="witness in the pair"),
    pytest.param(
        {"witness_region": "eu-west-1"}, "eu-west-1 cannot witness for us-east-1 and us-east-2; choose us-west-2", id="far witness"
    ),
    pytest.param({"regions__1__name": "eu-west-1"}, "strong consistency joins only Regions of one set", id="strong across sets"),
    pytest.param({"administration_region": "us-west-2"}, "us-west-2 is not one of the pair", id="steered from outside"),
    pytest.param(
        {"retention__audit_glacier_days": 60, "retention__audit_infrequent_access_days": 31}, "so at least 61", id="Glacier too early"
    ),
    pytest.param({"functions__health": {"memory_megabytes": 128, "timeout_seconds": 2}}, "a health checker hangs up", id="slow health"),
    pytest.param(
        {"failover__request_interval_seconds": 30, "failover__failure_threshold_count": 3},
        "longer than 60 s: 3 × (30 s between probes + 6 s for a silent endpoint) + 10 s publication + 10 s TTL = 128 s",
        id="the failover sum",
    ),
    pytest.param({"network__interface_endpoints": ["ssm"]}, "secretsmanager is missing: without it the health function", id="blind health"),
    pytest.param(
        {"network__interface_endpoints": ["secretsmanager"]}, "ssm is missing: without it the payment function", id="deaf payment"
    ),
    pytest.param(
        {"payments__ceilings": [{"currency": "USD", "amount_max": 1}, {"currency": "USD", "amount_max": 2}]},
        "payments.ceilings.1.currency: USD has a ceiling already",
        id="two ceilings",
    ),
    pytest.param(
        {"payments__currencies": ["EUR"], "payments__ceilings": [{"currency": "USD", "amount_max": 1}]},
        "payments.ceilings.0.currency: USD is not taken",
        id="ceiling of a currency not taken",
    ),
    pytest.param(
        {"rollout": {"gate_burn_in_seconds": 600, "gate_sample_seconds": 10, "gate_seconds_max": 609}},
        "rollout.gate_seconds_max: 609 s are too few: a burn-in and one more look take 610 s",
        id="gate shorter than its burn-in",
    ),
    pytest.param(
        {"rollout": {"gate_burn_in_seconds": 10, "gate_sample_seconds": 11}},
        "rollout.gate_sample_seconds: 11 s are longer than the burn-in of 10 s",
        id="burn-in of one look",
    ),
    pytest.param(
        {"target": "aws", "rollout": {"gate_burn_in_seconds": 60}, "secret__key_cache_seconds": 60},
        "rollout.gate_burn_in_seconds: 60 s are too few: API Gateway keeps what it knows of a key for secret.key_cache_seconds, 60 s",
        id="burn-in that asks no authorizer",
    ),
    pytest.param({"ci__github_repository": "example/payments"}, "ci.environment: it is missing", id="pipeline of no environment"),
    pytest.param({"ci__environment": "production"}, "ci.github_repository: it is missing", id="pipeline of no repository"),
    pytest.param({"ci__github_repository": "payments", "ci__environment": "production"}, "ci.github_repository", id="no owner"),
    pytest.param({"ci__github_repository": "example/*", "ci__environment": "production"}, "ci.github_repository", id="any repository"),
    pytest.param({"payments__currencies": ["usd"]}, "payments.currencies", id="currency in small letters"),
    pytest.param({"secret__rotation_days": 1001}, "secret.rotation_days", id="rotation too rare"),
    pytest.param({"secret__key_cache_seconds": 61}, "secret.key_cache_seconds", id="keys kept too long"),
    pytest.param({"network__interface_endpoints": ["secretsmanager", "ssm", "ssm"]}, "ssm is given twice", id="same endpoint"),
    pytest.param(
        {"functions__payment__provisioned_concurrency_count": 3, "functions__payment__reserved_concurrency_count": 2},
        "functions.payment.provisioned_concurrency_count: 3 are more than the 2 reserved for the function",
        id="more warm than reserved",
    ),
    pytest.param(
        {"audit__object_lock": "governance", "retention__on_tear_down": "delete"},
        "delete cannot be done while audit.object_lock is governance",
        id="locked records in a bucket to be deleted",
    ),
    pytest.param({"security__permissions_boundary_arn": "boundary"}, "security.permissions_boundary_arn", id="boundary is no ARN"),
]


@pytest.mark.parametrize(("changes", "sentence"), BREACHES)
def test_breach_is_told_in_words(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    """Each rule says what stands there and what would do."""
    told = sentences_in(tmp_path, values(**changes))

    assert sentence in told
    assert len(told.splitlines()) == 1


SOUND: list[Any] = [
    pytest.param({"administration_region": "us-east-1"}, id="steered from the primary"),
    pytest.param(
        {"target": "aws", "rollout": {"gate_burn_in_seconds": 61}, "secret__key_cache_seconds": 60}, id="burn-in that outlasts an answer"
    ),
    pytest.param({"target": "local", "rollout": {"gate_burn_in_seconds": 15}}, id="burn-in that nobody waits for"),
    pytest.param({"regions__1__name": "eu-west-1", "table__consistency": "eventual"}, id="eventual across sets"),
    pytest.param({"witness_region": "us-east-1", "table__consistency": "eventual"}, id="eventual needs no witness"),
    pytest.param(
        {"regions__0__name": "eu-west-1", "regions__1__name": "eu-central-1", "witness_region": "eu-west-3"}, id="strong in Europe"
    ),
    pytest.param({"regions__0__vpc_cidr": "172.31.0.0/16", "regions__1__vpc_cidr": "192.168.7.0/24"}, id="other private blocks"),
    pytest.param(
        {
            "failover": {
                "request_interval_seconds": 30,
                "failure_threshold_count": 3,
                "record_ttl_seconds": 60,
                "recovery_seconds_max": 178,
            }
        },
        id="30 s × 3 with a bound that admits it",
    ),
    pytest.param({"audit__object_lock": "compliance", "retention__on_tear_down": "retain"}, id="locked records that stay"),
    pytest.param(
        {"functions__payment__provisioned_concurrency_count": 2, "functions__payment__reserved_concurrency_count": 2}, id="all warm"
    ),
]


@pytest.mark.parametrize("changes", SOUND)
def test_what_the_rules_allow_is_accepted(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Rules refuse what cannot work, and nothing else."""
    environment = load_environment(write(tmp_path, values(**changes)))

    assert environment.suffix == "test"


def test_longest_suffix_that_fits_is_accepted_and_one_more_is_not(tmp_path: Path) -> None:
    """The strictest name decides, and is named."""
    characters_max, kind = suffix_characters_max()

    longest = load_environment(write(tmp_path, values(suffix="s" * characters_max)))
    told = sentences_in(tmp_path, values(suffix="s" * (characters_max + 1)))

    assert len(longest.suffix) == characters_max
    assert f"at most {characters_max} fit, since the {kind}" in told


def test_rule_waits_while_a_field_it_reads_is_unsound(tmp_path: Path) -> None:
    """One fault is told once: a Region whose role is no role breaks no rule about roles."""
    told = sentences_in(tmp_path, values(regions__0__role="first", regions__1__role="primary"))

    assert "given twice" not in told


def test_overlap_is_not_looked_for_in_what_is_no_block() -> None:
    """Two rules share a field without telling its fault twice."""
    overlaps = list(blocks_do_not_overlap("nonsense", "10.0.0.0/16"))
    faults = list(blocks_fit_a_vpc("nonsense", "10.0.0.0/16"))

    assert overlaps == []
    assert [fault.field for fault in faults] == ["regions.0.vpc_cidr"]


def test_unknown_region_names_the_nearest(tmp_path: Path) -> None:
    """us-esat-2 was meant as us-east-2."""
    [mistake] = mistakes_in(tmp_path, values(regions__1__name="us-esat-2"))

    assert mistake.nearest == "us-east-2"
