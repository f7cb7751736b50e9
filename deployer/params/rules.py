"""Rules across fields, and of facts about AWS: what each field's own type cannot tell.

A rule is a small function from the values it reads to breaches; `RULES` says which fields those are, so that the loader can
run every rule whose fields are sound even while others are not. Rules read nothing else and call nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import Final

from deployer.params.breach import Breach, Rule
from deployer.params.delivery import CiParameters, RolloutParameters
from deployer.params.failover import worst_case_recovery
from deployer.params.model import FailoverParameters, FunctionParameters, RetentionParameters
from deployer.params.nearest import nearest_name
from deployer.params.payments import PaymentsParameters
from deployer.params.regions import KNOWN_REGIONS, STRONG_REGION_SETS
from deployer.params.spare_rules import (
    spare_blocks_are_free,
    spares_have_one_kind_of_owner,
    spares_stand_beyond_the_pair,
    suffix_fits_spares,
)
from deployer.params.vpc_blocks import block_fault
from deployer.vocabulary.names import PATTERNS, suffix_characters_max


def blocks_fit_a_vpc(*cidrs: str) -> Iterator[Breach]:
    """Each VPC block is a private IPv4 network of /16 to /24 with no host bits [RFC 1918; ec2:CreateVpc]."""
    for index, cidr in enumerate(cidrs):
        fault = block_fault(cidr)
        if fault:
            yield Breach(field=f"regions.{index}.vpc_cidr", sentence=f"{cidr} {fault}. Example: 10.{index}.0.0/16.")


def blocks_do_not_overlap(*cidrs: str) -> Iterator[Breach]:
    """No two VPC blocks share an address; blocks that are no networks are another rule's business."""
    sound = [(index, IPv4Network(cidr)) for index, cidr in enumerate(cidrs) if not block_fault(cidr)]
    for (_, one), (index, other) in combinations(sound, 2):
        if one.overlaps(other):
            yield Breach(field=f"regions.{index}.vpc_cidr", sentence=f"{other} overlaps {one}; the two VPCs need blocks of their own")


def roles_are_distinct(*roles: str) -> Iterator[Breach]:
    """One Region is primary and one is secondary."""
    for index, role in enumerate(roles):
        if role in roles[:index]:
            other = "secondary" if role == "primary" else "primary"
            yield Breach(field=f"regions.{index}.role", sentence=f"{role} is given twice; one of the two Regions has to be {other}")


def regions_are_distinct(*names: str) -> Iterator[Breach]:
    """The pair is two different Regions: one would fall with the other."""
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Breach(field=f"regions.{index}.name", sentence=f"{name} is given twice; the pair needs two different Regions")


def region_is_known(field: str) -> Callable[[str | None], Iterator[Breach]]:
    """Return the rule that this field names a Region of AWS's commercial partition."""

    def known(name: str | None) -> Iterator[Breach]:
        if name is not None and name not in KNOWN_REGIONS:
            yield Breach(field=field, sentence=f"{name} is no AWS Region this tool knows", nearest=nearest_name(name, KNOWN_REGIONS))

    return known


def table_regions_fit_its_consistency(consistency: str, first: str, second: str, witness: str) -> Iterator[Breach]:
    """A strongly consistent table has two replicas and a witness elsewhere, all three in one Region set (F1.5, F1.6)."""
    if consistency != "strong" or first == second or not {first, second, witness} <= set(KNOWN_REGIONS):
        return
    if witness in (first, second):
        yield Breach(field="witness_region", sentence=f"{witness} holds a replica already; a strong table's witness needs a third Region")
        return
    pair = {first, second}
    homes = [one for one in STRONG_REGION_SETS if pair <= one]
    if not homes:
        sets = "; ".join(", ".join(sorted(one)) for one in STRONG_REGION_SETS)
        yield Breach(
            field="table.consistency",
            sentence=f"strong consistency joins only Regions of one set ({sets}), not {first} and {second}; choose such a pair or eventual",
        )
    elif witness not in homes[0]:
        choices = ", ".join(sorted(homes[0] - pair))
        yield Breach(field="witness_region", sentence=f"{witness} cannot witness for {first} and {second}; choose {choices}")


def suffix_fits_every_name(suffix: str) -> Iterator[Breach]:
    """The suffix leaves every physical name within its service's limit; the strictest name decides."""
    characters_max, kind = suffix_characters_max()
    if len(suffix) > characters_max:
        pattern, limit = PATTERNS[kind]
        yield Breach(
            field="suffix",
            sentence=f"{suffix} has {len(suffix)} characters; at most {characters_max} fit, since the {kind} {pattern} may have {limit}",
        )


def administration_is_in_the_pair(administration: str | None, *names: str) -> Iterator[Breach]:
    """StackSet and global stack live in one of the pair; the primary is allowed, though decision 3 advises against it."""
    if administration is not None and administration not in names:
        yield Breach(field="administration_region", sentence=f"{administration} is not one of the pair; choose {' or '.join(names)}")


def glacier_comes_after_infrequent_access(retention: RetentionParameters) -> Iterator[Breach]:
    """Objects stay at least 30 days in infrequent access before Glacier [s3 lifecycle-transition-general-considerations]."""
    earliest = retention.audit_infrequent_access_days + 30
    if retention.audit_glacier_days < earliest:
        yield Breach(
            field="retention.audit_glacier_days",
            sentence=f"{retention.audit_glacier_days} days is too early: objects stay 30 days in infrequent access, so at least {earliest}",
        )


def recovery_fits_its_bound(failover: FailoverParameters) -> Iterator[Breach]:
    """The worst case of a failover stays within `recovery_seconds_max` (decision 5)."""
    recovery = worst_case_recovery(failover)
    if recovery.worst_case_seconds > failover.recovery_seconds_max:
        yield Breach(
            field="failover.recovery_seconds_max",
            sentence=f"the worst case takes longer than {failover.recovery_seconds_max} s: {recovery.sentence}",
        )


def health_answers_within_a_probe(timeout_seconds: int) -> Iterator[Breach]:
    """A Route 53 checker gives an endpoint 2 s for its status line (F2.2), of which the function may use 1."""
    if timeout_seconds > 1:
        yield Breach(
            field="functions.health.timeout_seconds",
            sentence=f"{timeout_seconds} s is too long: a health checker hangs up 2 s after connecting, so the function has 1",
        )


def functions_reach_what_they_ask(interface_endpoints: tuple[str, ...]) -> Iterator[Breach]:
    """Functions in the VPC ask Secrets Manager and Parameter Store, and have no other way out (F6.7); an endpoint is made once."""
    lost = {
        "secretsmanager": "the health function cannot see the API key and calls its Region sick",
        "ssm": "the payment function cannot read on which terms payments are taken, and hears of no pause",
    }
    for service in sorted(lost.keys() - set(interface_endpoints)):
        yield Breach(field="network.interface_endpoints", sentence=f"{service} is missing: without it {lost[service]}")
    for service in sorted({one for one in interface_endpoints if interface_endpoints.count(one) > 1}):
        yield Breach(field="network.interface_endpoints", sentence=f"{service} is given twice; one endpoint serves the whole VPC")


def warm_environments_fit_the_share(function: str) -> Callable[[FunctionParameters], Iterator[Breach]]:
    """Return the rule that this function keeps no more environments warm than are reserved for it [Lambda guide: concurrency]."""

    def fit(size: FunctionParameters) -> Iterator[Breach]:
        reserved = size.reserved_concurrency_count
        if reserved is not None and size.provisioned_concurrency_count > reserved:
            yield Breach(
                field=f"functions.{function}.provisioned_concurrency_count",
                sentence=f"{size.provisioned_concurrency_count} are more than the {reserved} reserved for the function",
            )

    return fit


def locked_records_outlive_the_stack(object_lock: str, on_tear_down: str) -> Iterator[Breach]:
    """Nobody can empty a bucket of locked records, and CloudFormation deletes only an empty one (F5.7, F5.9)."""
    if object_lock != "none" and on_tear_down == "delete":
        yield Breach(
            field="retention.on_tear_down",
            sentence=f"delete cannot be done while audit.object_lock is {object_lock}: locked records cannot be deleted; choose retain",
        )


def ceilings_are_of_currencies_taken(payments: PaymentsParameters) -> Iterator[Breach]:
    """A ceiling is for a currency that is taken, and there is one for each."""
    limited = [ceiling.currency for ceiling in payments.ceilings]
    for index, currency in enumerate(limited):
        if currency in limited[:index]:
            yield Breach(field=f"payments.ceilings.{index}.currency", sentence=f"{currency} has a ceiling already")
        elif payments.currencies and currency not in payments.currencies:
            yield Breach(
                field=f"payments.ceilings.{index}.currency",
                sentence=f"{currency} is not taken, so it needs no ceiling; payments.currencies has {', '.join(payments.currencies)}",
            )


def pipeline_is_named_whole(ci: CiParameters) -> Iterator[Breach]:
    """A role is bound to one repository and one environment of it; with half of that it would trust either nobody or too many."""
    if ci.github_repository is not None and ci.environment is None:
        yield Breach(field="ci.environment", sentence="it is missing: ci.github_repository may roll out from one GitHub environment alone")
    if ci.github_repository is None and (ci.environment is not None or ci.provider_exists):
        yield Breach(field="ci.github_repository", sentence="it is missing: without it nothing else of ci has a meaning")


def gate_can_be_passed(rollout: RolloutParameters) -> Iterator[Breach]:
    """A burn-in holds more than one look, and leaves its gate time for one look more."""
    needed_seconds = rollout.gate_burn_in_seconds + rollout.gate_sample_seconds
    if needed_seconds > rollout.gate_seconds_max:
        yield Breach(
            field="rollout.gate_seconds_max",
            sentence=f"{rollout.gate_seconds_max:g} s are too few: a burn-in and one more look take {needed_seconds:g} s",
        )
    if rollout.gate_sample_seconds > rollout.gate_burn_in_seconds:
        yield Breach(
            field="rollout.gate_sample_seconds",
            sentence=f"{rollout.gate_sample_seconds:g} s are longer than the burn-in of {rollout.gate_burn_in_seconds:g} s",
        )


def gate_asks_the_new_authorizer(target: str, burn_in_seconds: float, key_cache_seconds: int) -> Iterator[Breach]:
    """A gate's key is one that API Gateway has just had an answer for; only when that is forgotten does a changed authorizer get a say.

    Source: "Use API Gateway Lambda authorizers", API Gateway Developer Guide: an answer is kept for its time to live. On the embedded AWS
    nobody waits as long.
    """
    if target == "aws" and burn_in_seconds <= key_cache_seconds:
        yield Breach(
            field="rollout.gate_burn_in_seconds",
            sentence=f"{burn_in_seconds:g} s are too few: API Gateway keeps what it knows of a key for secret.key_cache_seconds,"
            f" {key_cache_seconds} s, so that a gate would pass an authorizer that it never asked",
        )


def _both(field: str) -> tuple[str, ...]:
    return tuple(f"regions.{index}.{field}" for index in (0, 1))


RULES: Final = (
    Rule(reads=_both("vpc_cidr"), check=blocks_fit_a_vpc),
    Rule(reads=_both("vpc_cidr"), check=blocks_do_not_overlap),
    Rule(reads=_both("role"), check=roles_are_distinct),
    Rule(reads=_both("name"), check=regions_are_distinct),
    *(Rule(reads=(field,), check=region_is_known(field)) for field in (*_both("name"), "witness_region", "administration_region")),
    Rule(reads=("table.consistency", *_both("name"), "witness_region"), check=table_regions_fit_its_consistency),
    Rule(reads=("suffix",), check=suffix_fits_every_name),
    Rule(reads=("spares", *_both("name")), check=spares_stand_beyond_the_pair),
    Rule(reads=("spares", *_both("vpc_cidr")), check=spare_blocks_are_free),
    Rule(reads=("spares", "account_id"), check=spares_have_one_kind_of_owner),
    Rule(reads=("spares", "suffix"), check=suffix_fits_spares),
    Rule(reads=("administration_region", *_both("name")), check=administration_is_in_the_pair),
    Rule(reads=("retention",), check=glacier_comes_after_infrequent_access),
    Rule(reads=("failover",), check=recovery_fits_its_bound),
    Rule(reads=("functions.health.timeout_seconds",), check=health_answers_within_a_probe),
    Rule(reads=("network.interface_endpoints",), check=functions_reach_what_they_ask),
    Rule(reads=("payments",), check=ceilings_are_of_currencies_taken),
    *(Rule(reads=(f"functions.{one}",), check=warm_environments_fit_the_share(one)) for one in ("payment", "health", "authorizer")),
    Rule(reads=("ci",), check=pipeline_is_named_whole),
    Rule(reads=("rollout",), check=gate_can_be_passed),
    Rule(reads=("target", "rollout.gate_burn_in_seconds", "secret.key_cache_seconds"), check=gate_asks_the_new_authorizer),
    Rule(reads=("audit.object_lock", "retention.on_tear_down"), check=locked_records_outlive_the_stack),
)
