"""Every physical name the system owns, and how long a suffix each of them leaves room for.

The names given by the architecture (section 6) are kept to the letter; the others follow their shape. A role is
`primary` or `secondary`. Limits: S3 bucket 63, Lambda function 64, IAM role 64, CloudWatch alarm 255, SNS topic 256,
StackSet 128, SQS queue 80, EventBridge rule 64, Synthetics canary 255, secret 512, DynamoDB table 255, budget 100,
AWS Backup's vaults and plans 50 [the services' own quota pages].
"""

from __future__ import annotations

from typing import Final

PRIMARY: Final = "primary"
SECONDARY: Final = "secondary"
ROLES: Final = (PRIMARY, SECONDARY)

# kind -> (pattern, longest name the service takes)
PATTERNS: Final[dict[str, tuple[str, int]]] = {
    "audit bucket": ("payment-audit-logs-{role}-{suffix}", 63),
    "artifact bucket": ("payment-artifacts-{suffix}-{account_id}-{region}", 63),
    "table": ("payment-transactions-{suffix}", 255),
    "payment function": ("payment-processor-{role}-{suffix}", 64),
    "health function": ("payment-health-{role}-{suffix}", 64),
    "hold table": ("payment-hold-{suffix}", 255),
    "hold function": ("payment-hold-{role}-{suffix}", 64),
    "failover latch function": ("payment-failover-latch-{role}-{suffix}", 64),
    "authorizer function": ("payment-authorizer-{role}-{suffix}", 64),
    "audit function": ("payment-audit-{role}-{suffix}", 64),
    "reconciliation function": ("payment-reconciliation-{role}-{suffix}", 64),
    "stream lookup function": ("payment-stream-lookup-{role}-{suffix}", 64),
    "rotation function": ("payment-rotation-{role}-{suffix}", 64),
    "audit dead letters": ("payment-audit-dead-letters-{role}-{suffix}", 80),
    "reconciliation rule": ("payment-reconciliation-{role}-{suffix}", 64),
    "key age rule": ("payment-key-age-{role}-{suffix}", 64),
    "shared layer": ("payment-shared-{role}-{suffix}", 140),
    "api": ("payment-api-{role}-{suffix}", 255),
    "server errors alarm": ("payment-server-errors-{role}-{suffix}", 255),
    "health alarm": ("payment-health-{role}-{suffix}", 255),
    "error rate alarm": ("payment-error-rate-{role}-{suffix}", 255),
    "latency alarm": ("payment-latency-{role}-{suffix}", 255),
    "refused requests alarm": ("payment-refused-requests-{role}-{suffix}", 255),
    "payment errors alarm": ("payment-processor-errors-{role}-{suffix}", 255),
    "health errors alarm": ("payment-health-errors-{role}-{suffix}", 255),
    "hold errors alarm": ("payment-hold-errors-{role}-{suffix}", 255),
    "failover latch errors alarm": ("payment-failover-latch-errors-{role}-{suffix}", 255),
    "authorizer errors alarm": ("payment-authorizer-errors-{role}-{suffix}", 255),
    "audit errors alarm": ("payment-audit-errors-{role}-{suffix}", 255),
    "reconciliation errors alarm": ("payment-reconciliation-errors-{role}-{suffix}", 255),
    "stream lookup errors alarm": ("payment-stream-lookup-errors-{role}-{suffix}", 255),
    "rotation errors alarm": ("payment-rotation-errors-{role}-{suffix}", 255),
    "key age alarm": ("payment-key-age-{role}-{suffix}", 255),
    "function throttles alarm": ("payment-function-throttles-{role}-{suffix}", 255),
    "table throttles alarm": ("payment-table-throttles-{role}-{suffix}", 255),
    "table errors alarm": ("payment-table-errors-{role}-{suffix}", 255),
    "table replication alarm": ("payment-table-replication-{role}-{suffix}", 255),
    "audit lag alarm": ("payment-audit-lag-{role}-{suffix}", 255),
    "audit failures alarm": ("payment-audit-failures-{role}-{suffix}", 255),
    "audit dead letters alarm": ("payment-audit-dead-letters-{role}-{suffix}", 255),
    "audit delay alarm": ("payment-audit-delay-{role}-{suffix}", 255),
    "audit gap alarm": ("payment-audit-gap-{role}-{suffix}", 255),
    "audit unproved alarm": ("payment-audit-unproved-{role}-{suffix}", 255),
    "ledger changes alarm": ("payment-ledger-changes-{role}-{suffix}", 255),
    "reconciliation alarm": ("payment-reconciliation-{role}-{suffix}", 255),
    "certificate alarm": ("payment-certificate-{role}-{suffix}", 255),
    "own canary alarm": ("payment-own-canary-{role}-{suffix}", 255),
    "peer canary alarm": ("payment-peer-canary-{role}-{suffix}", 255),
    "peer health canary alarm": ("payment-peer-health-canary-{role}-{suffix}", 255),
    "watcher doubt alarm": ("payment-watcher-doubt-{role}-{suffix}", 255),
    "silent canary alarm": ("payment-silent-canary-{role}-{suffix}", 255),
    "region sick alarm": ("payment-region-sick-{role}-{suffix}", 255),
    "peer lost alarm": ("payment-peer-lost-{role}-{suffix}", 255),
    "primary check alarm": ("payment-primary-check-{role}-{suffix}", 255),
    "secondary check alarm": ("payment-secondary-check-{role}-{suffix}", 255),
    "standby traffic alarm": ("payment-standby-traffic-{role}-{suffix}", 255),
    "canary bucket": ("payment-canaries-{suffix}-{account_id}-{region}", 63),
    "canary role": ("payment-canary-{role}-{suffix}", 64),
    "own canary": ("payment-own-{role}-{suffix}", 255),
    "peer canary": ("payment-peer-{role}-{suffix}", 255),
    "peer health canary": ("payment-peer-health-{role}-{suffix}", 255),
    "dashboard": ("payment-dashboard-{suffix}", 255),
    "budget": ("payment-monthly-{suffix}", 100),
    "backup vault": ("payment-ledger-{suffix}-{stack}", 50),
    "backup plan": ("payment-ledger-{suffix}", 50),
    "backup role": ("payment-backup-{suffix}", 64),
    "restore testing plan": ("payment-restore-{suffix}", 50),
    "firewall": ("payment-firewall-{role}-{suffix}", 128),
    "firewall log group": ("aws-waf-logs-payment-{role}-{suffix}", 512),
    "flow log group": ("/aws/vpc/payment-{role}-{suffix}", 512),
    "flow log role": ("payment-flow-logs-{role}-{suffix}", 64),
    "sampling rule": ("payment-health-{suffix}", 32),
    "hold sampling rule": ("payment-hold-{suffix}", 32),
    "topic": ("payment-failover-topic-{role}-{suffix}", 256),
    "secret": ("payment-api-secret-{suffix}", 512),
    "configuration parameter": ("/payment-processing/{suffix}/config", 1011),
    "stack set": ("payment-regional-{suffix}", 128),
    "global stack": ("payment-global-{suffix}", 128),
    "bootstrap stack": ("payment-bootstrap-{suffix}", 128),
    "stack set administration role": ("payment-stackset-administration-{suffix}", 64),
    "plan role": ("payment-plan-{suffix}", 64),
    "roll-out role": ("payment-roll-out-{suffix}", 64),
    "stack set execution role": ("payment-stackset-execution-{suffix}", 64),
}

_LONGEST: Final = {"role": "secondary", "account_id": "0" * 12, "region": "ap-southeast-1", "stack": "0" * 8}


# An audit bucket's name is one of all the world: the pair's are given, a spare's says which account and Region it is in.
_SPARE_AUDIT_BUCKET: Final = "payment-audit-logs-{region}-{suffix}-{account_id}"
_BUCKET_CHARACTERS_MAX: Final = 63


def name_of(kind: str, *, suffix: str, **parts: str) -> str:
    """Return the physical name of `kind` (a key of `PATTERNS`); raises KeyError when a part it needs is missing."""
    return PATTERNS[kind][0].format(suffix=suffix, **parts)


def spare_audit_bucket(suffix: str, account_id: str, region: str) -> str:
    """Return the name of the audit bucket of a spare; either part may be a template's own words for it."""
    return _SPARE_AUDIT_BUCKET.format(suffix=suffix, account_id=account_id, region=region)


def suffix_characters_max() -> tuple[int, str]:
    """Return (characters, kind): the longest suffix that fits every name, and the kind whose limit decides it."""
    room = {kind: limit - len(pattern.format(suffix="", **_LONGEST)) for kind, (pattern, limit) in PATTERNS.items()}
    strictest = min(room, key=lambda kind: room[kind])
    return room[strictest], strictest


def spare_suffix_characters_max(region: str) -> tuple[int, str]:
    """Return (characters, pattern): the longest suffix that fits every name of a spare in a Region, and the pattern that decides it.

    A spare's names carry the Region where the pair's carry a role.
    """
    patterns = [
        (pattern, limit) for pattern, limit in PATTERNS.values() if "{role}" in pattern and not pattern.startswith("payment-audit-logs")
    ]
    parts = {**_LONGEST, "role": region, "region": region}
    room = {
        pattern: limit - len(pattern.format(suffix="", **parts))
        for pattern, limit in (*patterns, (_SPARE_AUDIT_BUCKET, _BUCKET_CHARACTERS_MAX))
    }
    strictest = min(room, key=lambda pattern: room[pattern])
    return room[strictest], strictest
